extension Resources: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            devices: try json.list("devices"),
            memory: try json.optional("memory"),
            cpu: try json.optional("cpu"),
            pids: try json.optional("pids"),
            blockIO: try json.optional("blockIO"),
            hugepageLimits: try json.list("hugepageLimits"),
            network: try json.optional("network"),
            rdma: try json.map("rdma"),
            unified: try json.map("unified"))
    }

    package var json: JSONValue {
        .object {
            $0.set("devices", list: devices)
            $0.set("memory", memory)
            $0.set("cpu", cpu)
            $0.set("pids", pids)
            $0.set("blockIO", blockIO)
            $0.set("hugepageLimits", list: hugepageLimits)
            $0.set("network", network)
            $0.set("rdma", map: rdma)
            $0.set("unified", map: unified)
        }
    }
}

extension Resources.DeviceRule: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        let empty = (try? json.optional("type") as String?) == ""
        let access: String = try json.value("access", default: "")
        self.init(
            allow: try json.required("allow"),
            kind: empty ? .all : try json.value("type", default: .all),
            major: try json.optional("major"),
            minor: try json.optional("minor"),
            access: access.isEmpty ? "rwm" : access)
    }

    package var json: JSONValue {
        .object {
            $0.set("allow", allow)
            $0.set("type", kind == .all ? nil : kind)
            $0.set("major", major)
            $0.set("minor", minor)
            $0.set("access", access)
        }
    }
}

extension Resources.Memory: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            limit: try json.optional("limit"),
            reservation: try json.optional("reservation"),
            swap: try json.optional("swap"),
            kernel: try json.optional("kernel"),
            kernelTCP: try json.optional("kernelTCP"),
            swappiness: try json.optional("swappiness"),
            disableOOMKiller: try json.optional("disableOOMKiller"),
            useHierarchy: try json.optional("useHierarchy"),
            checkBeforeUpdate: try json.optional("checkBeforeUpdate"))
    }

    package var json: JSONValue {
        .object {
            $0.set("limit", limit)
            $0.set("reservation", reservation)
            $0.set("swap", swap)
            $0.set("kernel", kernel)
            $0.set("kernelTCP", kernelTCP)
            $0.set("swappiness", swappiness)
            $0.set("disableOOMKiller", disableOOMKiller)
            $0.set("useHierarchy", useHierarchy)
            $0.set("checkBeforeUpdate", checkBeforeUpdate)
        }
    }
}

extension Resources.CPU: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            shares: try json.optional("shares"),
            quota: try json.optional("quota"),
            burst: try json.optional("burst"),
            period: try json.optional("period"),
            realtimeRuntime: try json.optional("realtimeRuntime"),
            realtimePeriod: try json.optional("realtimePeriod"),
            cpus: try json.optional("cpus"),
            mems: try json.optional("mems"),
            idle: try json.optional("idle"))
    }

    package var json: JSONValue {
        .object {
            $0.set("shares", shares)
            $0.set("quota", quota)
            $0.set("burst", burst)
            $0.set("period", period)
            $0.set("realtimeRuntime", realtimeRuntime)
            $0.set("realtimePeriod", realtimePeriod)
            $0.set("cpus", cpus)
            $0.set("mems", mems)
            $0.set("idle", idle)
        }
    }
}

extension Resources.Pids: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(limit: try json.optional("limit"))
    }

    package var json: JSONValue { .object { $0.set("limit", limit) } }
}

extension Resources.BlockIO: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            weight: try json.optional("weight"),
            leafWeight: try json.optional("leafWeight"),
            weightDevice: try json.list("weightDevice"),
            throttleReadBpsDevice: try json.list("throttleReadBpsDevice"),
            throttleWriteBpsDevice: try json.list("throttleWriteBpsDevice"),
            throttleReadIOPSDevice: try json.list("throttleReadIOPSDevice"),
            throttleWriteIOPSDevice: try json.list("throttleWriteIOPSDevice"))
    }

    package var json: JSONValue {
        .object {
            $0.set("weight", weight)
            $0.set("leafWeight", leafWeight)
            $0.set("weightDevice", list: weightDevice)
            $0.set("throttleReadBpsDevice", list: throttleReadBpsDevice)
            $0.set("throttleWriteBpsDevice", list: throttleWriteBpsDevice)
            $0.set("throttleReadIOPSDevice", list: throttleReadIOPSDevice)
            $0.set("throttleWriteIOPSDevice", list: throttleWriteIOPSDevice)
        }
    }
}

extension Resources.BlockIO.WeightDevice: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            major: try json.required("major"), minor: try json.required("minor"),
            weight: try json.optional("weight"), leafWeight: try json.optional("leafWeight"))
    }

    package var json: JSONValue {
        .object {
            $0.set("major", major)
            $0.set("minor", minor)
            $0.set("weight", weight)
            $0.set("leafWeight", leafWeight)
        }
    }
}

extension Resources.BlockIO.ThrottleDevice: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            major: try json.required("major"), minor: try json.required("minor"),
            rate: try json.required("rate"))
    }

    package var json: JSONValue {
        .object {
            $0.set("major", major)
            $0.set("minor", minor)
            $0.set("rate", rate)
        }
    }
}

extension Resources.HugepageLimit: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(pageSize: try json.required("pageSize"), limit: try json.required("limit"))
    }

    package var json: JSONValue {
        .object {
            $0.set("pageSize", pageSize)
            $0.set("limit", limit)
        }
    }
}

extension Resources.Network: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            classID: try json.optional("classID"), priorities: try json.list("priorities"))
    }

    package var json: JSONValue {
        .object {
            $0.set("classID", classID)
            $0.set("priorities", list: priorities)
        }
    }
}

extension Resources.Network.Priority: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(name: try json.required("name"), priority: try json.required("priority"))
    }

    package var json: JSONValue {
        .object {
            $0.set("name", name)
            $0.set("priority", priority)
        }
    }
}

extension Resources.Rdma: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            hcaHandles: try json.optional("hcaHandles"),
            hcaObjects: try json.optional("hcaObjects"))
    }

    package var json: JSONValue {
        .object {
            $0.set("hcaHandles", hcaHandles)
            $0.set("hcaObjects", hcaObjects)
        }
    }
}
