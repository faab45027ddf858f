import Foundation
import TestSupport
import Testing

@testable import Linux

struct KernelCallTests {
    @Test func aWalkStaysBelowItsRoot() throws {
        let directory = TemporaryDirectory("openat2")
        defer { directory.remove() }
        directory.write("out", "outside")
        let inside = directory.directory("in")
        try FileManager.default.createSymbolicLink(
            atPath: inside + "/link", withDestinationPath: "../out")
        let root = try openFile(inside, OpenMode.pathDirectory.flags)
        #expect { _ = try openFile(in: root, "link", .read) } throws: {
            ($0 as? SystemError)?.code == ENOENT
        }
        #expect { _ = try openFile(in: root, "../out", .read, resolve: .beneath) } throws: {
            ($0 as? SystemError)?.code == EXDEV
        }
    }

    @Test func aNewFileIsNotMadeThroughALink() throws {
        let directory = TemporaryDirectory("openat2")
        defer { directory.remove() }
        try FileManager.default.createSymbolicLink(
            atPath: directory.file("link"), withDestinationPath: "target")
        let root = try openFile(directory.path, OpenMode.pathDirectory.flags)
        #expect(throws: SystemError.self) { _ = try openFile(in: root, "link", .create(0o600)) }
        #expect(!FileManager.default.fileExists(atPath: directory.file("target")))
    }

    @Test func theKindOfANamespaceIsTold() throws {
        for (name, kind) in [
            ("mnt", Namespaces.mount), ("pid", .pid), ("net", .network), ("user", .user),
            ("time", .time), ("cgroup", .cgroup), ("ipc", .ipc), ("uts", .uts),
        ] {
            let file = try openFile("/proc/self/ns/\(name)")
            #expect(try Namespaces(of: file) == kind)
        }
        #expect(try Namespaces(of: try openFile("/proc/self/status")) == nil)
    }

    @Test func aProcessIsFoundByNumberAndStartTime() throws {
        let own = try #require(ProcessStatus(pid: getpid()))
        #expect(own.startTime > 0 && !own.hasEnded)
        let isFound = try Pidfd.find(pid: getpid(), startTime: own.startTime) != nil
        #expect(isFound)
        // The number is in use again by a process that began at another time.
        let isOther = try Pidfd.find(pid: getpid(), startTime: own.startTime + 1) == nil
        #expect(isOther)
    }

    @Test func theTerminalsPeerBelongsToItsMaster() throws {
        let multiplexer = try openFile("/dev/ptmx", O_RDWR | O_NOCTTY)
        let terminal = try Terminal(multiplexer: multiplexer)
        try Terminal.resize(terminal.master, rows: 24, columns: 80)
        try terminal.peer.writeAll(Array("hello".utf8))
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = try terminal.master.read(into: &buffer)
        #expect(String(decoding: buffer[..<count], as: UTF8.self) == "hello")
        #expect(try FilesystemMagic(of: terminal.peer) == .devpts)
    }

    @Test func aLockIsHeldByOneOpening() throws {
        let directory = TemporaryDirectory("lock")
        defer { directory.remove() }
        let first = try openFile(directory.path, O_RDONLY | O_DIRECTORY)
        let second = try openFile(directory.path, O_RDONLY | O_DIRECTORY)
        #expect(try FileLock.tryLock(first))
        #expect(try !FileLock.tryLock(second))
    }

    @Test(.needsRoot) func aDetachedMountIsAFilesystemThatNobodySees() throws {
        let context = try FilesystemContext("tmpfs")
        try context.set("size", to: "64k")
        let mount = try context.mount([.readOnly, .noSetuid])
        #expect(try FilesystemMagic(of: mount) == .tmpfs)
        #expect(try mount.isOnReadOnlyMount)
        #expect(throws: SystemError.self) { try mount.makeDirectory("x", mode: 0o755) }
    }

    @Test(.needsRoot) func theKernelSaysWhatIsWrongWithAnOption() throws {
        let context = try FilesystemContext("tmpfs")
        #expect { try context.set("size", to: "banana") } throws: {
            "\($0)".contains("Bad value for 'size'")
        }
    }
}
