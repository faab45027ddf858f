internal import Arguments
internal import Engine
internal import OCI

/// Prints what a container is and does, as JSON.
enum State {
    static let command = Command(
        "state", "Print the state of a container as JSON", synopsis: "ID", words: 1...1)

    static func run(_ call: Call) throws(Failure) -> Int32 {
        let container = try call.container()
        let state = try engine { () throws(EngineError) in try container.state() }
        // Callers compare the text: no newline at its end.
        try writeToStandardOutput(describe(container, state, owner: "").text(indent: 2))
        return 0
    }

    /// The members in the order that callers know. `owner` is a user's name in `list`, and empty in
    /// `state`.
    static func describe(
        _ container: Container, _ state: ContainerState, owner: String
    ) -> JSONValue {
        let record = container.record
        let created = Timestamp(
            seconds: record.createdSeconds, nanoseconds: record.createdNanoseconds)
        return .object {
            $0.set("ociVersion", record.ociVersion)
            $0.set("id", container.id)
            $0.set("pid", state.status == .stopped ? 0 : state.pid)
            $0.set("status", state.status)
            $0.set("bundle", record.bundle)
            $0.set("rootfs", record.rootfs)
            $0.set("created", created.preciseText)
            $0.set("annotations", map: record.annotations)
            $0.set("owner", owner)
        }
    }
}
