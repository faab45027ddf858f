import Foundation
import Glibc
import Linux
import OCI
import Synchronization

@testable import Engine

/// A cgroup of a test, below a parent of its own; goes with everything in it when the test ends.
final class ScratchCgroup {
    private static let counter = Atomic(0)

    private(set) var cgroup: Cgroup
    let recorder = Recorder()
    let parent: String
    private var processes: [Foundation.Process] = []

    init(_ resources: Resources? = nil, make: Bool = true) throws {
        let number = Self.counter.add(1, ordering: .relaxed).newValue
        parent = "/apus-test-\(getpid())-\(number)"
        cgroup = try Cgroup(path: "\(parent)/c1", id: "c1", layout: .detect())
        if make { try self.make(resources) }
    }

    func make(_ resources: Resources?) throws { try cgroup.make(resources, recorder: recorder) }

    /// A program that is in the cgroup before it runs, by the slow way of another process's hand.
    @discardableResult
    func run(_ program: String, _ arguments: [String] = []) throws -> Foundation.Process {
        let (process, go) = try waiting(program, arguments)
        for directory in cgroup.directories {
            try KernelFile.write("\(process.processIdentifier)", to: directory.file("cgroup.procs"))
        }
        try go.write(contentsOf: Data("go\n".utf8))
        try go.close()
        return process
    }

    /// A program that nobody has put into the cgroup; it ends with the test all the same.
    func other(_ program: String, _ arguments: [String] = []) throws -> Foundation.Process {
        let (process, go) = try waiting(program, arguments)
        try go.write(contentsOf: Data("go\n".utf8))
        try go.close()
        return process
    }

    private func waiting(
        _ program: String, _ arguments: [String]
    ) throws -> (Foundation.Process, FileHandle) {
        let process = Foundation.Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "read go; exec \"$0\" \"$@\"", program] + arguments
        let input = Foundation.Pipe()
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        processes.append(process)
        return (process, input.fileHandleForWriting)
    }

    /// Forgets the v1 hierarchies, before anything is made.
    func keepV2Only() {
        cgroup = Cgroup(directories: cgroup.directories.filter { $0.version == .v2 })
    }

    func read(_ controller: String, _ file: String) -> String? {
        cgroup.file(controller, file).flatMap(KernelFile.readIfPresent)
    }

    /// Whether anything of it is left on the machine.
    var leftovers: [String] {
        let layout = (try? CgroupLayout.detect())?.hierarchies ?? []
        return layout.map { $0.mountPoint + parent }.filter { KernelFile.exists($0) }
    }

    deinit {
        try? cgroup.kill(SIGKILL)
        for process in processes where process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        try? cgroup.remove()
        for directory in cgroup.directories {
            _ = CgroupTree.remove(directory.path)
            if let parent = CgroupTree.parent(of: directory.path) { _ = CgroupTree.remove(parent) }
        }
    }
}

/// As somebody else makes one: without our mark.
func makeCgroup(_ path: String) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
}
