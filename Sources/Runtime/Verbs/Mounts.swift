internal import Arguments
internal import Engine
internal import OCI

/// Mounts and unmounts in a container that runs, as crun does.
enum Mounts {
    static let command = Command(
        "mounts", "Mount in a running container, or unmount there", synopsis: "add|remove ID FILE",
        words: 3...3,
        discussion:
            "The file holds the list of mounts of config.json, or an object with the member mounts;\n"
            + "- reads standard input. Of mounts to be removed only the destination matters.")

    static func run(_ call: Call) throws(Failure) -> Int32 {
        let action = call.options.words[0]
        guard action == "add" || action == "remove" else {
            throw Failure("mounts", "unknown action \"\(action)\"", hint: "add or remove")
        }
        let list: MountList = try call.read(call.options.words[2], named: "mounts")
        try document { () throws(DocumentError) in try list.validate() }
        let container = try call.container()
        try engine { () throws(EngineError) in
            action == "add" ? try container.add(list.mounts) : try container.remove(list.mounts)
        }
        return 0
    }
}
