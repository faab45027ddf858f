public import Wire

extension Apus.Client {
    /// Makes a container and runs it, with everything it writes from its first byte on.
    ///
    /// ```swift
    /// let process = try await apus.run(Apus.ContainerSpec(image: "busybox", args: ["date"]))
    /// for try await chunk in process.output { print(String(decoding: chunk.data, as: UTF8.self)) }
    /// print("ended with", try await process.wait().exitStatus)
    /// ```
    ///
    /// Where it cannot be started, the container is removed again. Set `autoRemove` in the
    /// specification to have it removed after its end, too, whoever is connected then.
    public func run(_ spec: Apus.ContainerSpec) async throws(ApusError) -> Apus.RunningProcess {
        let container = try await containers.create(spec)
        do throws(ApusError) {
            let process = try await Apus.RunningProcess(container.id, "", self)
            try await containers.start(container.id)
            return process
        } catch {
            try? await containers.remove(container.id, force: true)
            throw error
        }
    }

    /// Runs a further process in a running container.
    public func execute(
        _ request: Apus.CreateExecRequest
    ) async throws(ApusError) -> Apus.RunningProcess {
        let execID = try await containers.createExec(request)
        let process = try await Apus.RunningProcess(request.id, execID, self)
        try await containers.startExec(request.id, execID: execID)
        return process
    }
}

extension Apus {
    /// A process of a container, with its streams.
    public struct RunningProcess: Sendable {
        /// The container's id.
        public let id: String
        /// Empty for the container's first process.
        public let execID: String
        /// What it writes. Iterate it once; ends when the process's streams have ended.
        public let output: Messages<OutputChunk>
        private let client: Client
        private let ending: Task<Result<WaitProcessResponse, ApusError>, Never>

        /// Attaches and begins to wait before the start, so that a process which ends at once, in a
        /// container which then goes at once, is not missed.
        init(_ id: String, _ execID: String, _ client: Client) async throws(ApusError) {
            self.id = id
            self.execID = execID
            self.client = client
            output = try await client.streams.attach(id, execID: execID)
            ending = Task {
                do throws(ApusError) {
                    return .success(try await client.containers.wait(id, execID: execID))
                } catch {
                    return .failure(error)
                }
            }
        }

        /// Its end: its exit code, or 128 + signal. May be asked any number of times.
        public func wait() async throws(ApusError) -> WaitProcessResponse {
            try await ending.value.get()
        }

        /// Sends a signal, by number or name.
        public func kill(signal: String = "KILL") async throws(ApusError) {
            try await client.containers.kill(id, execID: execID, signal: signal)
        }

        /// Feeds its stdin, where the specification has `stdinOpen`.
        public func write(_ bytes: [UInt8]) async throws(ApusError) {
            try await client.streams.write(bytes, to: id, execID: execID)
        }

        /// The process reads the end of its input.
        public func closeInput() async throws(ApusError) {
            try await client.streams.closeInput(id, execID: execID)
        }

        /// Tells its terminal its size, in characters.
        public func resize(columns: UInt32, rows: UInt32) async throws(ApusError) {
            try await client.streams.resize(id, execID: execID, columns: columns, rows: rows)
        }
    }
}
