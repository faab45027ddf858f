extension Spec: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            ociVersion: try json.required("ociVersion"),
            root: try json.optional("root"),
            process: try json.optional("process"),
            hostname: try json.optional("hostname"),
            domainname: try json.optional("domainname"),
            mounts: try json.list("mounts"),
            hooks: try json.value("hooks", default: Hooks()),
            annotations: try json.map("annotations"),
            linux: try json.value("linux", default: LinuxSection()))
    }

    package var json: JSONValue {
        .object {
            $0.set("ociVersion", ociVersion)
            $0.set("process", process)
            $0.set("root", root)
            $0.set("hostname", hostname)
            $0.set("domainname", domainname)
            $0.set("mounts", list: mounts)
            $0.set("hooks", hooks == Hooks() ? nil : hooks)
            $0.set("annotations", map: annotations)
            $0.set("linux", linux == LinuxSection() ? nil : linux)
        }
    }
}

extension Root: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            path: try json.required("path"), readonly: try json.value("readonly", default: false))
    }

    package var json: JSONValue {
        .object {
            $0.set("path", path)
            $0.set("readonly", flag: readonly)
        }
    }
}

/// The `mounts` of a configuration alone: the list, or an object that has it.
package struct MountList: JSONReadable {
    package var mounts: [Mount]

    package init(_ mounts: [Mount]) { self.mounts = mounts }

    package init(json: JSONNode) throws(DocumentError) {
        mounts = json.kind == .array ? try [Mount](json: json) : try json.required("mounts")
    }
}

extension Mount: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            destination: try json.required("destination"),
            type: try json.optional("type"),
            source: try json.optional("source"),
            options: try json.list("options"),
            uidMappings: try json.list("uidMappings"),
            gidMappings: try json.list("gidMappings"))
    }

    package var json: JSONValue {
        .object {
            $0.set("destination", destination)
            $0.set("type", type)
            $0.set("source", source)
            $0.set("options", list: options)
            $0.set("uidMappings", list: uidMappings)
            $0.set("gidMappings", list: gidMappings)
        }
    }
}

extension Hooks: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            prestart: try json.list("prestart"),
            createRuntime: try json.list("createRuntime"),
            createContainer: try json.list("createContainer"),
            startContainer: try json.list("startContainer"),
            poststart: try json.list("poststart"),
            poststop: try json.list("poststop"))
    }

    package var json: JSONValue {
        .object { object in
            for point in Point.allCases { object.set(point.rawValue, list: self[point]) }
        }
    }
}

extension Hook: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            path: try json.required("path"),
            args: try json.list("args"),
            env: try json.optional("env"),
            timeoutSeconds: try json.optional("timeout"))
    }

    package var json: JSONValue {
        .object {
            $0.set("path", path)
            $0.set("args", list: args)
            $0.set("env", env)
            $0.set("timeout", timeoutSeconds)
        }
    }
}

extension ContainerState: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            id: try json.required("id"),
            status: try json.required("status"),
            pid: try json.value("pid", default: 0),
            bundle: try json.required("bundle"),
            annotations: try json.map("annotations"),
            ociVersion: try json.required("ociVersion"))
    }

    package var json: JSONValue {
        .object {
            $0.set("ociVersion", ociVersion)
            $0.set("id", id)
            $0.set("status", status)
            $0.set("pid", pid)
            $0.set("bundle", bundle)
            $0.set("annotations", map: annotations)
        }
    }
}
