internal import CLinux
internal import Glibc
internal import Linux
internal import Wire

/// The OCI runtime that a container lives under: which program, and the options that all its
/// commands get.
struct RuntimeProgram: Equatable {
    /// Absolute.
    var path: String
    /// Its state directory (--root).
    var root: String
    var systemdCgroup = false
    var debug = false

    /// True for apus-runtime, which answers on the report socket (--report-fd) as well.
    var reports: Bool { path.split(separator: "/").last == "apus-runtime" }

    /// The runtime that the options of a Create name; without a name it is ours, from beside the
    /// shim's own program or from PATH.
    init(options: RuncAPI.Options, namespace: String) throws(Failure) {
        path = try Self.find(options.binaryName)
        // Where containerd keeps runc's: each runtime, and each namespace, by itself.
        let name = path.split(separator: "/").last ?? "apus-runtime"
        root = options.root.isEmpty ? "/run/containerd/\(name)" : options.root
        root += "/" + namespace
        systemdCgroup = options.systemdCgroup
    }

    init(path: String, root: String, systemdCgroup: Bool) {
        self.path = path
        self.root = root
        self.systemdCgroup = systemdCgroup
    }

    /// The options before the verb.
    func globalArguments(log: String) -> [String] {
        ["--root", root, "--log", log, "--log-format", "json"]
            + (debug ? ["--debug"] : []) + (systemdCgroup ? ["--systemd-cgroup"] : [])
            + (reports ? ["--report-fd", "3"] : [])
    }

    private static func find(_ name: String) throws(Failure) -> String {
        if name.contains("/") {
            guard name.hasPrefix("/") else {
                throw .invalid("runtime \(name): give an absolute path or a bare name")
            }
            guard unsafe access(name, X_OK) == 0 else {
                throw .notFound("runtime \(name) cannot be executed")
            }
            return name
        }
        let wanted = name.isEmpty ? "apus-runtime" : name
        guard let path = search(wanted, beside: name.isEmpty ? ownDirectory : nil) else {
            throw .notFound("runtime \(wanted) is neither beside the shim nor in PATH")
        }
        return path
    }

    /// A program in a directory, or else in PATH.
    static func search(_ name: String, beside directory: String? = nil) -> String? {
        let folders = (directory.map { [$0] } ?? []) + SearchPath.directories
        return folders.lazy.map { "\($0)/\(name)" }.first { unsafe access($0, X_OK) == 0 }
    }

    private static var ownDirectory: String? {
        guard let own = readLink("/proc/self/exe"), let slash = own.lastIndex(of: "/") else {
            return nil
        }
        return String(own[..<slash])
    }
}

/// readlink(2); nil where there is none.
func readLink(_ path: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe readlink(path, $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
    }
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
}
