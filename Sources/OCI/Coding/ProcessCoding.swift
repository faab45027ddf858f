extension Process: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            args: try json.list("args"),
            cwd: try json.required("cwd"),
            env: try json.list("env"),
            user: try json.value("user", default: User()),
            terminal: try json.value("terminal", default: false),
            consoleSize: try json.optional("consoleSize"),
            capabilities: try json.optional("capabilities"),
            rlimits: try json.list("rlimits"),
            noNewPrivileges: try json.value("noNewPrivileges", default: false),
            apparmorProfile: try json.optional("apparmorProfile"),
            selinuxLabel: try json.optional("selinuxLabel"),
            oomScoreAdj: try json.optional("oomScoreAdj"),
            scheduler: try json.optional("scheduler"),
            ioPriority: try json.optional("ioPriority"),
            execCPUAffinity: try json.optional("execCPUAffinity"))
    }

    package var json: JSONValue {
        .object {
            $0.set("terminal", flag: terminal)
            $0.set("consoleSize", consoleSize)
            $0.set("user", user)
            $0.set("args", list: args)
            $0.set("env", list: env)
            $0.set("cwd", cwd)
            $0.set("capabilities", capabilities)
            $0.set("rlimits", list: rlimits)
            $0.set("noNewPrivileges", flag: noNewPrivileges)
            $0.set("apparmorProfile", apparmorProfile)
            $0.set("oomScoreAdj", oomScoreAdj)
            $0.set("scheduler", scheduler)
            $0.set("selinuxLabel", selinuxLabel)
            $0.set("ioPriority", ioPriority)
            $0.set("execCPUAffinity", execCPUAffinity)
        }
    }
}

extension ConsoleSize: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(height: try json.required("height"), width: try json.required("width"))
    }

    package var json: JSONValue {
        .object {
            $0.set("height", height)
            $0.set("width", width)
        }
    }
}

extension User: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            uid: try json.value("uid", default: 0),
            gid: try json.value("gid", default: 0),
            umask: try json.optional("umask"),
            additionalGids: try json.list("additionalGids"))
    }

    package var json: JSONValue {
        .object {
            $0.set("uid", uid)
            $0.set("gid", gid)
            $0.set("umask", umask)
            $0.set("additionalGids", list: additionalGids)
        }
    }
}

extension Capabilities: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init()
        bounding = known(try json.list("bounding"), in: "bounding")
        effective = known(try json.list("effective"), in: "effective")
        inheritable = known(try json.list("inheritable"), in: "inheritable")
        permitted = known(try json.list("permitted"), in: "permitted")
        ambient = known(try json.list("ambient"), in: "ambient")
    }

    /// The names that exist; the others are kept for the warning that they deserve.
    private mutating func known(_ names: [String], in set: String) -> [Capability] {
        var result: [Capability] = []
        result.reserveCapacity(names.count)
        for (index, name) in names.enumerated() {
            if let capability = Capability(name: name) {
                result.append(capability)
            } else {
                unknown.append(UnknownCapability(path: "\(set)[\(index)]", name: name))
            }
        }
        return result
    }

    package var json: JSONValue {
        .object {
            $0.set("bounding", list: bounding)
            $0.set("effective", list: effective)
            $0.set("inheritable", list: inheritable)
            $0.set("permitted", list: permitted)
            $0.set("ambient", list: ambient)
        }
    }
}

extension Capability: JSONWritable {
    package var json: JSONValue { .string(name) }
}

extension Rlimit: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            try json.required("type"), soft: try json.value("soft", default: 0),
            hard: try json.value("hard", default: 0))
    }

    package var json: JSONValue {
        .object {
            $0.set("type", kind)
            $0.set("hard", hard)
            $0.set("soft", soft)
        }
    }
}

extension Scheduler: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            policy: try json.required("policy"),
            nice: try json.value("nice", default: 0),
            priority: try json.value("priority", default: 0),
            flags: try json.list("flags"),
            runtimeNanoseconds: try json.value("runtime", default: 0),
            deadlineNanoseconds: try json.value("deadline", default: 0),
            periodNanoseconds: try json.value("period", default: 0))
    }

    package var json: JSONValue {
        .object {
            $0.set("policy", policy)
            $0.set("nice", nice == 0 ? nil : nice)
            $0.set("priority", priority == 0 ? nil : priority)
            $0.set("flags", list: flags)
            $0.set("runtime", runtimeNanoseconds == 0 ? nil : runtimeNanoseconds)
            $0.set("deadline", deadlineNanoseconds == 0 ? nil : deadlineNanoseconds)
            $0.set("period", periodNanoseconds == 0 ? nil : periodNanoseconds)
        }
    }
}

extension IOPriority: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            class: try json.required("class"), priority: try json.value("priority", default: 0))
    }

    package var json: JSONValue {
        .object {
            $0.set("class", `class`)
            $0.set("priority", priority)
        }
    }
}

extension ExecCPUAffinity: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(initial: try json.optional("initial"), final: try json.optional("final"))
    }

    package var json: JSONValue {
        .object {
            $0.set("initial", initial)
            $0.set("final", final)
        }
    }
}
