import Foundation
import Synchronization

/// An OCI bundle with busybox in it.
public struct TestBundle {
    public let path: String
    public var config: [String: Any]

    public var rootfs: String { path + "/rootfs" }

    /// Makes `DIRECTORY/NAME` with a busybox rootfs and the config that the real runc writes, or ours
    /// where there is no runc, with these arguments and without a terminal.
    public init(in directory: TemporaryDirectory, _ name: String = "bundle", args: [String]) {
        let writer = Programs.find("runc").map { RuntimeProgram($0) } ?? .ours
        self.init(in: directory, name, config: writer.defaultConfiguration)
        edit("process.args", args)
        save()
    }

    /// The same with a configuration, which is not written yet.
    init(in directory: TemporaryDirectory, _ name: String, config: [String: Any]) {
        path = directory.directory(name)
        TestRootfs.make(at: path + "/rootfs")
        self.config = config
        edit("process.terminal", false)
    }

    /// Sets a value by its dotted path; `nil` removes it.
    public mutating func edit(_ keyPath: String, _ value: Any?) {
        config = Self.set(config, keyPath.split(separator: ".").map(String.init)[...], value)
    }

    /// Changes one namespace: `nil` removes it, "" makes a new one, else joins the path.
    public mutating func namespace(_ type: String, _ path: String?) {
        var linux = config["linux"] as! [String: Any]
        var list = (linux["namespaces"] as! [[String: Any]]).filter {
            $0["type"] as? String != type
        }
        if let path { list.append(path.isEmpty ? ["type": type] : ["type": type, "path": path]) }
        linux["namespaces"] = list
        config["linux"] = linux
    }

    /// Writes config.json.
    public func save() {
        let data = try! JSONSerialization.data(withJSONObject: config, options: [.sortedKeys])
        try! data.write(to: URL(fileURLWithPath: path + "/config.json"))
    }

    public static func read(_ file: String) -> [String: Any] {
        let data = try! Data(contentsOf: URL(fileURLWithPath: file))
        return try! JSONSerialization.jsonObject(with: data) as! [String: Any]
    }

    private static func set(
        _ object: [String: Any], _ keys: ArraySlice<String>, _ value: Any?
    )
        -> [String: Any]
    {
        var object = object
        let key = keys.first!
        if keys.count == 1 {
            object[key] = value
        } else {
            object[key] = set(object[key] as? [String: Any] ?? [:], keys.dropFirst(), value)
        }
        return object
    }
}

/// A small root file system: busybox-static with all its names.
public enum TestRootfs {
    private static let program = Programs.find("busybox") ?? "/bin/busybox"

    /// A directory with a symbolic link for everything that busybox calls itself. Each rootfs gets hard
    /// links of these: hundreds of new files for each would cost more than most tests, because ext4
    /// looks long for the inodes of new files where as many were removed just now.
    private static let names: (directory: String, all: [String]) = {
        let list = Command.run(program, ["--list"])
        precondition(list.status == 0, "\(list)")
        let all = list.stdout.split(separator: "\n").map(String.init).filter { $0 != "busybox" }
        let directory = TemporaryDirectory("names")
        for name in all { require(unsafe symlink("busybox", directory.file(name)), name) }
        kept.withLock { $0 = (getpid(), directory) }
        // Nothing lives in it, so that there is nothing to sweep; and not of a forked child's.
        atexit {
            kept.withLock { kept in
                guard let kept, kept.owner == getpid() else { return }
                try? FileManager.default.removeItem(atPath: kept.directory.path)
            }
        }
        return (directory.path, all)
    }()

    private static let kept = Mutex<(owner: Int32, directory: TemporaryDirectory)?>(nil)

    public static func make(at path: String) {
        for name in ["bin", "etc", "tmp", "proc", "sys", "dev", "root"] {
            try! FileManager.default.createDirectory(
                atPath: "\(path)/\(name)", withIntermediateDirectories: true)
        }
        require(unsafe chmod("\(path)/tmp", 0o1777), "chmod")
        write(
            "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/home/user:/bin/sh\n",
            "\(path)/etc/passwd")
        write("root:x:0:\nuser:x:1000:\naudio:x:29:user\n", "\(path)/etc/group")
        try! FileManager.default.copyItem(
            atPath: URL(fileURLWithPath: program).resolvingSymlinksInPath().path,
            toPath: "\(path)/bin/busybox")
        for name in names.all {
            let link = "\(path)/bin/\(name)"
            guard unsafe Glibc.link("\(names.directory)/\(name)", link) != 0 else { continue }
            // Another file system, say.
            require(unsafe symlink("busybox", link), link)
        }
        precondition(FileManager.default.isExecutableFile(atPath: path + "/bin/sh"))
    }

    private static func write(_ text: String, _ path: String) {
        try! Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    private static func require(_ result: Int32, _ what: String) {
        precondition(result == 0, "\(what): \(unsafe String(cString: strerror(errno)))")
    }
}
