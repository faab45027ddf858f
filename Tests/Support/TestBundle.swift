import Foundation

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

    /// Adds an entry to `mounts`.
    public mutating func mount(
        _ destination: String, type: String, source: String, options: [String] = []
    ) {
        var mounts = config["mounts"] as! [[String: Any]]
        mounts.append([
            "destination": destination, "type": type, "source": source, "options": options,
        ])
        config["mounts"] = mounts
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

    /// What busybox calls itself.
    private static let names: [String] = {
        let list = Command.run(program, ["--list"])
        precondition(list.status == 0, "\(list)")
        return list.stdout.split(separator: "\n").map(String.init).filter { $0 != "busybox" }
    }()

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
        // One symbolic link under all names: hundreds of new files would cost more than most tests,
        // because ext4 looks long for inodes where as many were freed just now.
        let first = "\(path)/bin/\(names[0])"
        require(unsafe symlink("busybox", first), first)
        for name in names.dropFirst() {
            require(unsafe Glibc.link(first, "\(path)/bin/\(name)"), name)
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
