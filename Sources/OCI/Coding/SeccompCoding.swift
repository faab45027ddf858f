extension Seccomp: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            defaultAction: try json.required("defaultAction"),
            defaultErrnoReturn: try json.optional("defaultErrnoRet"),
            architectures: try json.list("architectures"),
            flags: try json.list("flags"),
            listenerPath: try json.optional("listenerPath"),
            listenerMetadata: try json.optional("listenerMetadata"),
            syscalls: try json.list("syscalls"))
    }

    package var json: JSONValue {
        .object {
            $0.set("defaultAction", defaultAction)
            $0.set("defaultErrnoRet", defaultErrnoReturn)
            $0.set("architectures", list: architectures)
            $0.set("flags", list: flags)
            $0.set("listenerPath", listenerPath)
            $0.set("listenerMetadata", listenerMetadata)
            $0.set("syscalls", list: syscalls)
        }
    }
}

extension Seccomp.Rule: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            names: try json.list("names"),
            action: try json.required("action"),
            errnoReturn: try json.optional("errnoRet"),
            arguments: try json.list("args"))
    }

    package var json: JSONValue {
        .object {
            $0.set("names", list: names)
            $0.set("action", action)
            $0.set("errnoRet", errnoReturn)
            $0.set("args", list: arguments)
        }
    }
}

extension Seccomp.Argument: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            index: try json.required("index"),
            value: try json.required("value"),
            valueTwo: try json.value("valueTwo", default: 0),
            comparison: try json.required("op"))
    }

    package var json: JSONValue {
        .object {
            $0.set("index", index)
            $0.set("value", value)
            $0.set("valueTwo", valueTwo == 0 ? nil : valueTwo)
            $0.set("op", comparison)
        }
    }
}
