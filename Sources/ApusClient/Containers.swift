internal import AsyncRPC
public import Wire

extension Apus.Client {
    /// Containers and their processes. A container is named by its id (64 hexadecimal digits), a
    /// unique beginning of it, or its name; an empty `execID` means its first process.
    ///
    /// Where no container has the name, calls throw `notFound`; where its state does not allow the
    /// call, `failedPrecondition`.
    public struct Containers: Sendable {
        let rpc: RPCClient

        /// Reserves id, name and file tree; nothing runs yet.
        ///
        /// - Throws: `notFound` for the image, `alreadyExists` where another has the name,
        ///   `invalidArgument` for a specification that cannot be.
        public func create(_ spec: Apus.ContainerSpec) async throws(ApusError) -> Apus.Container {
            try await rpc.ask(
                Apus.ContainersService.create, Apus.CreateContainerRequest(spec: spec),
                "create container")
        }

        /// Runs the container's program. Throws with `exitCode` 127 or 126 where it does not exist
        /// or cannot be executed.
        @discardableResult
        public func start(_ id: String) async throws(ApusError) -> Apus.Container {
            try await rpc.ask(
                Apus.ContainersService.start, Apus.ContainerRequest(id: id), "start container")
        }

        /// Sends the stop signal and, when the container has not ended by then, SIGKILL. Answers
        /// once it has ended.
        public func stop(_ id: String, timeoutSeconds: UInt32 = 10) async throws(ApusError) {
            _ = try await rpc.ask(
                Apus.ContainersService.stop,
                Apus.StopRequest(id: id, timeoutSeconds: timeoutSeconds), "stop container")
        }

        /// Sends a signal, by number or name: `9`, `KILL` or `SIGKILL`.
        ///
        /// - Parameter all: to every process of the container.
        public func kill(
            _ id: String, execID: String = "", signal: String = "KILL", all: Bool = false
        ) async throws(ApusError) {
            _ = try await rpc.ask(
                Apus.ContainersService.kill,
                Apus.KillContainerRequest(id: id, execID: execID, signal: signal, all: all),
                "send signal to container")
        }

        /// Freezes all processes.
        public func pause(_ id: String) async throws(ApusError) {
            _ = try await rpc.ask(
                Apus.ContainersService.pause, Apus.ContainerRequest(id: id), "pause container")
        }

        /// Lets frozen processes go on.
        public func resume(_ id: String) async throws(ApusError) {
            _ = try await rpc.ask(
                Apus.ContainersService.resume, Apus.ContainerRequest(id: id), "resume container")
        }

        /// Answers when the process has ended: its exit code, or 128 + signal. May be called
        /// before it starts.
        public func wait(
            _ id: String, execID: String = ""
        ) async throws(ApusError) -> Apus.WaitProcessResponse {
            try await rpc.ask(
                Apus.ContainersService.wait, Apus.ProcessRequest(id: id, execID: execID),
                "wait for container")
        }

        /// Removes a container with its file tree and its log.
        ///
        /// - Parameter force: kill it first where it runs.
        public func remove(_ id: String, force: Bool = false) async throws(ApusError) {
            _ = try await rpc.ask(
                Apus.ContainersService.remove, Apus.RemoveContainerRequest(id: id, force: force),
                "remove container")
        }

        public func get(_ id: String) async throws(ApusError) -> Apus.Container {
            try await rpc.ask(
                Apus.ContainersService.get, Apus.ContainerRequest(id: id), "look up container")
        }

        /// Containers that run, or `all`; only those with all the given labels, where an empty
        /// value matches any.
        public func list(
            all: Bool = false, labels: [String: String] = [:]
        ) async throws(ApusError) -> [Apus.Container] {
            try await rpc.ask(
                Apus.ContainersService.list,
                Apus.ListContainersRequest(all: all, labels: labels), "list containers"
            ).containers
        }

        /// The container's processes, by their numbers on the host.
        public func pids(_ id: String) async throws(ApusError) -> [Apus.ContainerPid] {
            try await rpc.ask(
                Apus.ContainersService.pids, Apus.ContainerRequest(id: id),
                "list processes of container"
            ).processes
        }

        /// What the container uses at this moment: bytes and nanoseconds of CPU time.
        public func stats(_ id: String) async throws(ApusError) -> Apus.ContainerStats {
            try await rpc.ask(
                Apus.ContainersService.stats, Apus.ContainerRequest(id: id), "measure container")
        }

        /// Changes limits of a container, also while it runs. Fields that are 0 stay as they are;
        /// -1 lifts a limit.
        public func update(_ change: Apus.UpdateContainerRequest) async throws(ApusError) {
            _ = try await rpc.ask(Apus.ContainersService.update, change, "update container")
        }

        /// Where the time of the last start went, through all programs; times are
        /// CLOCK_MONOTONIC in nanoseconds.
        public func timeline(_ id: String) async throws(ApusError) -> [RuntimeAPI.Phase] {
            try await rpc.ask(
                Apus.ContainersService.timeline, Apus.ContainerRequest(id: id),
                "read the timeline of container"
            ).phases
        }

        /// Registers a further process in a running container; answers its exec id.
        public func createExec(
            _ request: Apus.CreateExecRequest
        ) async throws(ApusError) -> String {
            try await rpc.ask(
                Apus.ContainersService.createExec, request, "execute in container"
            ).execID
        }

        /// Runs a registered process; answers its number on the host.
        @discardableResult
        public func startExec(_ id: String, execID: String) async throws(ApusError) -> UInt32 {
            try await rpc.ask(
                Apus.ContainersService.startExec, Apus.ProcessRequest(id: id, execID: execID),
                "execute in container"
            ).pid
        }
    }
}
