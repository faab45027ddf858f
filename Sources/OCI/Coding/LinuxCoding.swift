extension LinuxSection: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            namespaces: try json.list("namespaces"),
            uidMappings: try json.list("uidMappings"),
            gidMappings: try json.list("gidMappings"),
            timeOffsets: try json.value("timeOffsets", default: TimeOffsets()),
            devices: try json.list("devices"),
            netDevices: try json.map("netDevices"),
            cgroupsPath: try json.optional("cgroupsPath"),
            resources: try json.optional("resources"),
            rootfsPropagation: try Self.propagation(json),
            seccomp: try json.optional("seccomp"),
            sysctl: try json.map("sysctl"),
            maskedPaths: try json.list("maskedPaths"),
            readonlyPaths: try json.list("readonlyPaths"),
            mountLabel: try json.optional("mountLabel"),
            personality: try json.optional("personality"),
            intelRdt: try json.optional("intelRdt"),
            memoryPolicy: try json.optional("memoryPolicy"))
    }

    /// Writers in Go leave an empty string where they mean none.
    private static func propagation(
        _ json: JSONNode
    ) throws(DocumentError) -> RootfsPropagation? {
        if (try? json.optional("rootfsPropagation") as String?) == "" { return nil }
        return try json.optional("rootfsPropagation")
    }

    package var json: JSONValue {
        .object {
            $0.set("uidMappings", list: uidMappings)
            $0.set("gidMappings", list: gidMappings)
            $0.set("sysctl", map: sysctl)
            $0.set("resources", resources)
            $0.set("cgroupsPath", cgroupsPath)
            $0.set("namespaces", list: namespaces)
            $0.set("devices", list: devices)
            $0.set("netDevices", map: netDevices)
            $0.set("seccomp", seccomp)
            $0.set("rootfsPropagation", rootfsPropagation)
            $0.set("maskedPaths", list: maskedPaths)
            $0.set("readonlyPaths", list: readonlyPaths)
            $0.set("mountLabel", mountLabel)
            $0.set("intelRdt", intelRdt)
            $0.set("memoryPolicy", memoryPolicy)
            $0.set("personality", personality)
            $0.set("timeOffsets", timeOffsets.isEmpty ? nil : timeOffsets)
        }
    }
}

extension Namespace: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        let path: String? = try json.optional("path")
        self.init(try json.required("type"), path: path?.isEmpty == true ? nil : path)
    }

    package var json: JSONValue {
        .object {
            $0.set("type", kind)
            $0.set("path", path)
        }
    }
}

extension IDMapping: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            containerID: try json.required("containerID"), hostID: try json.required("hostID"),
            size: try json.required("size"))
    }

    package var json: JSONValue {
        .object {
            $0.set("containerID", containerID)
            $0.set("hostID", hostID)
            $0.set("size", size)
        }
    }
}

extension TimeOffsets: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        for (clock, _) in try json.members() where clock != "monotonic" && clock != "boottime" {
            throw DocumentError(
                path: [.key(clock)], "unknown clock \"\(clock)\": expected monotonic, boottime")
        }
        self.init(
            monotonic: try json.optional("monotonic"), boottime: try json.optional("boottime"))
    }

    package var json: JSONValue {
        .object {
            $0.set("monotonic", monotonic)
            $0.set("boottime", boottime)
        }
    }
}

extension TimeOffsets.Offset: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            seconds: try json.value("secs", default: 0),
            nanoseconds: try json.value("nanosecs", default: 0))
    }

    package var json: JSONValue {
        .object {
            $0.set("secs", seconds)
            $0.set("nanosecs", nanoseconds)
        }
    }
}

extension Device: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            try json.required("type"),
            path: try json.required("path"),
            major: try json.value("major", default: 0),
            minor: try json.value("minor", default: 0),
            fileMode: try json.optional("fileMode"),
            uid: try json.optional("uid"),
            gid: try json.optional("gid"))
    }

    package var json: JSONValue {
        .object {
            $0.set("path", path)
            $0.set("type", kind)
            $0.set("major", major)
            $0.set("minor", minor)
            $0.set("fileMode", fileMode)
            $0.set("uid", uid)
            $0.set("gid", gid)
        }
    }
}

extension NetDevice: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(name: try json.optional("name"))
    }

    package var json: JSONValue { .object { $0.set("name", name) } }
}

extension Personality: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(domain: try json.required("domain"), flags: try json.list("flags"))
    }

    package var json: JSONValue {
        .object {
            $0.set("domain", domain)
            $0.set("flags", list: flags)
        }
    }
}

extension IntelRdt: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            closID: try json.optional("closID"),
            schemata: try json.list("schemata"),
            l3CacheSchema: try json.optional("l3CacheSchema"),
            memBwSchema: try json.optional("memBwSchema"),
            enableMonitoring: try json.value("enableMonitoring", default: false))
    }

    package var json: JSONValue {
        .object {
            $0.set("closID", closID)
            $0.set("schemata", list: schemata)
            $0.set("l3CacheSchema", l3CacheSchema)
            $0.set("memBwSchema", memBwSchema)
            $0.set("enableMonitoring", flag: enableMonitoring)
        }
    }
}

extension MemoryPolicy: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            mode: try json.required("mode"), nodes: try json.value("nodes", default: ""),
            flags: try json.list("flags"))
    }

    package var json: JSONValue {
        .object {
            $0.set("mode", mode)
            $0.set("nodes", nodes.isEmpty ? nil : nodes)
            $0.set("flags", list: flags)
        }
    }
}
