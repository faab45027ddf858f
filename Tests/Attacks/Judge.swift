import CLinux
import Foundation
import Linux
import TestSupport

/// Looks at what a container must not change, before and after: a tree of files outside of every
/// rootfs, switches of the kernel, device nodes, mounts. Whatever the test was about, a difference is
/// a loss.
struct Judge {
    private let canary: String
    private let place: String
    private let viewer: Int32
    private let before: [String: String]

    /// `viewer` sees the mounts that the runtime finds; `place` is where the attack happens: mounts
    /// in directories of other tests are none of its business.
    init(canary: String, within place: String, viewer: Int32) {
        self.canary = canary
        self.place = place
        self.viewer = viewer
        before = Self.look(canary, place, viewer)
    }

    /// What is different, in words.
    func losses() -> [String] {
        let after = Self.look(canary, place, viewer)
        let names = Set(before.keys).union(after.keys).sorted()
        return names.compactMap { name in
            guard before[name] != after[name] else { return nil }
            if name.hasPrefix("/proc/sys/"), let old = before[name] { Self.restore(name, old) }
            guard let old = before[name] else { return "made \(name) (\(after[name] ?? ""))" }
            guard let new = after[name] else { return "removed \(name)" }
            return "changed \(name) from \(old) to \(new)"
        }
    }

    private static func look(
        _ canary: String, _ place: String, _ viewer: Int32
    ) -> [String: String] {
        tree(canary).merging(switches()) { one, _ in one }.merging(nodes()) { one, _ in one }
            .merging(mounts(of: getpid(), place)) { one, _ in one }
            .merging(viewer == getpid() ? [:] : mounts(of: viewer, place)) { one, _ in one }
    }

    // MARK: Files

    /// Every name with inode, kind, mode, owner and content.
    private static func tree(_ top: String) -> [String: String] {
        var found = [top: describe(top)]
        let names = FileManager.default.enumerator(atPath: top)
        while let name = names?.nextObject() as? String {
            found["\(top)/\(name)"] = describe("\(top)/\(name)")
        }
        return found
    }

    private static func describe(_ path: String, withOwner: Bool = true) -> String {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return "nothing" }
        let kind = status.st_mode & S_IFMT
        var text = "inode \(status.st_ino) mode \(String(status.st_mode, radix: 8))"
        if withOwner { text += " owner \(status.st_uid):\(status.st_gid)" }
        text += " device \(status.st_rdev)"
        if kind == S_IFREG {
            let data = FileManager.default.contents(atPath: path) ?? Data()
            text += " content \(data.prefix(80).map { String($0, radix: 16) }.joined())"
        }
        if kind == S_IFLNK {
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path)
            text += " to \(target ?? "")"
        }
        return text
    }

    /// The host's own device nodes. Not who owns them: other programs of the machine may change that
    /// meanwhile, so that an attack of its own looks at it.
    private static func nodes() -> [String: String] {
        var found: [String: String] = [:]
        for name in ["null", "zero", "full", "random", "urandom", "tty", "console", "ptmx"] {
            found["/dev/\(name)"] = describe("/dev/\(name)", withOwner: false)
        }
        return found
    }

    // MARK: The kernel

    private static let names = [
        "kernel/core_pattern", "kernel/domainname", "kernel/hostname", "kernel/modprobe",
        "kernel/sysrq", "kernel/randomize_va_space", "kernel/pid_max", "net/ipv4/ip_forward",
        "vm/overcommit_memory", "fs/suid_dumpable",
    ]

    private static func switches() -> [String: String] {
        var files = names.map { "/proc/sys/" + $0 } + ["/sys/kernel/uevent_helper"]
        // Of cgroup v1: a program of the host's that root of a hierarchy may name.
        let hierarchies = try? FileManager.default.contentsOfDirectory(atPath: "/sys/fs/cgroup")
        files += (hierarchies ?? []).map { "/sys/fs/cgroup/\($0)/release_agent" }
        var found: [String: String] = [:]
        for file in files {
            found[file] = try? String(contentsOfFile: file, encoding: .utf8)
        }
        return found
    }

    /// A machine that was broken once need not stay so.
    private static func restore(_ file: String, _ value: String) {
        let handle = FileHandle(forWritingAtPath: file)
        try? handle?.write(contentsOf: Data(value.utf8))
        try? handle?.close()
    }

    /// Each mount with its options and its propagation.
    private static func mounts(of pid: Int32, _ place: String) -> [String: String] {
        let text = (try? String(contentsOfFile: "/proc/\(pid)/mountinfo", encoding: .utf8)) ?? ""
        var found: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 5 else { continue }
            let point = String(fields[4])
            if point.contains("/apus-test."), !point.hasPrefix(place) { continue }
            found["mount \(fields[0]) of \(pid) on \(point)"] =
                "\(fields[3]) " + fields[5...].joined(separator: " ")
        }
        return found
    }

    // MARK: Processes

    /// The descriptors of a process and what they name.
    static func descriptors(of pid: Int) -> [String: String] {
        let directory = "/proc/\(pid)/fd"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        var found: [String: String] = [:]
        for name in names {
            found[name] = try? FileManager.default.destinationOfSymbolicLink(
                atPath: directory + "/" + name)
        }
        return found
    }
}
