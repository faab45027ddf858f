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
    /// What busybox calls itself, asked once: a link each, and where programs start slowly a
    /// program each would take longer than most tests.
    private static let names: [String] = {
        let list = Command.run(Programs.find("busybox") ?? "busybox", ["--list"])
        precondition(list.status == 0, "\(list)")
        return list.stdout.split(separator: "\n").map(String.init).filter { $0 != "busybox" }
    }()

    public static func make(at path: String) {
        let script = """
            set -e
            mkdir -p '\(path)'/bin '\(path)'/etc '\(path)'/tmp '\(path)'/proc '\(path)'/sys '\(path)'/dev '\(path)'/root
            cp "$(command -v busybox)" '\(path)'/bin/busybox
            printf 'root:x:0:0:root:/root:/bin/sh\\nuser:x:1000:1000::/home/user:/bin/sh\\n' >'\(path)'/etc/passwd
            printf 'root:x:0:\\nuser:x:1000:\\naudio:x:29:user\\n' >'\(path)'/etc/group
            chmod 1777 '\(path)'/tmp
            """
        let made = Command.shell(script)
        precondition(made.status == 0, "\(made)")
        for name in names {
            let link = "\(path)/bin/\(name)"
            try! FileManager.default.createSymbolicLink(
                atPath: link, withDestinationPath: "busybox")
        }
        precondition(FileManager.default.isExecutableFile(atPath: path + "/bin/sh"))
    }
}
