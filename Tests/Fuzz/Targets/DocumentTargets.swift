import Engine
import OCI

extension FuzzTarget {
    /// config.json, from `create` to where something would be made of it.
    static let configuration = FuzzTarget("configuration", words: jsonWords) { bytes in
        guard let spec = try? Spec(configuration: bytes) else { return }
        _ = spec.warnings
        if let plan = try? MountPlan(spec, bundle: "/bundle") {
            for step in plan.steps { must(step.destination.hasPrefix("/"), step.destination) }
        }
        _ = try? SysctlPlan(spec.linux.sysctl, namespaces: spec.linux.namespaces)
        if let resources = spec.linux.resources {
            for controllers in allControllers {
                _ = try? CgroupPlan(resources, controllers: controllers)
            }
        }
        checkCgroupPath(spec.linux.cgroupsPath, id: "c")
        check(spec.linux.uidMappings, by: [0, 1, .max])
        if let capabilities = spec.process?.capabilities {
            let nothing = CapabilityHoldings(bounding: [], permitted: [], known: [])
            _ = CapabilityPlan(capabilities, holdings: nothing)
        }
    }

    /// `exec --process`.
    static let process = FuzzTarget("process", words: jsonWords) { bytes in
        guard let process = try? readJSON(OCI.Process.self, from: bytes, of: "process") else {
            return
        }
        _ = try? process.validate()
    }

    /// state.json: what was read can be written, and means the same.
    static let state = FuzzTarget("state", words: jsonWords) { bytes in
        guard let record = try? readJSON(StateRecord.self, from: bytes, of: "state.json") else {
            return
        }
        let again = try? readJSON(
            StateRecord.self, from: Array(record.jsonText().utf8), of: "state.json")
        must(again == record, "\(record) became \(String(describing: again))")
    }

    /// uid and gid maps: what is accepted gives every id its one place.
    static let mappings = FuzzTarget("mappings") { bytes in
        var reader = ByteReader(bytes)
        var mappings: [IDMapping] = []
        while !reader.isEmpty && mappings.count < 8 {
            mappings.append(
                IDMapping(
                    containerID: reader.identity(), hostID: reader.identity(),
                    size: reader.identity()))
        }
        var spec = Spec(root: Root(path: "/rootfs"))
        spec.linux.namespaces = [Namespace(.user)]
        spec.linux.uidMappings = mappings
        spec.linux.gidMappings = mappings
        guard (try? spec.validate()) != nil else { return }
        check(mappings, by: [0, 1, 999, .max] + mappings.map(\.containerID))
    }

    private static func check(_ mappings: [IDMapping], by ids: [UInt32]) {
        for id in ids {
            let expected = mappings.first {
                UInt64(id) >= UInt64($0.containerID)
                    && UInt64(id) < UInt64($0.containerID) + UInt64($0.size)
            }.map { UInt64($0.hostID) + UInt64(id) - UInt64($0.containerID) }
            let host = IDMap.host(of: id, mappings)
            must(
                host.map(UInt64.init) == expected,
                "\(id) by \(mappings): \(String(describing: host))")
        }
        must(IDMap.text(mappings).split(separator: "\n").count == mappings.count, "\(mappings)")
    }

    private static let allControllers = [
        CgroupControllers(v1: [
            "cpu", "cpuacct", "cpuset", "memory", "pids", "blkio", "devices", "freezer", "hugetlb",
            "net_cls", "net_prio", "rdma",
        ]),
        CgroupControllers(v2: [
            "cpu", "cpuset", "memory", "pids", "io", "hugetlb", "rdma", "misc",
        ]),
        CgroupControllers(),
    ]

    private static let jsonWords = [
        "{", "}", "[", "]", ",", ":", "\"", "null", "true", "false", "-1", "0", "1.5", "1e400",
        "18446744073709551615", "9223372036854775808", "-9223372036854775808", "\\u0000", "\\ud800",
        "/", "..", "/proc/self/fd/3", "\"linux\":", "\"process\":", "\"mounts\":", "\"args\":",
        "\"uidMappings\":", "\"resources\":", "\"limit\":", "\"namespaces\":", "\"type\":",
    ]
}

extension ByteReader {
    /// The numbers between which mistakes are made, and others.
    fileprivate mutating func identity() -> UInt32 {
        let edges: [UInt32] = [
            0, 1, 999, 1000, 65535, 65536, 0x7fff_ffff, 0x8000_0000, .max - 1, .max,
        ]
        let choice = number(below: edges.count + 2)
        return choice < edges.count ? edges[choice] : UInt32(truncatingIfNeeded: word())
    }
}
