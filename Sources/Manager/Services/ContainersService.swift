internal import AsyncRPC
internal import RPC
internal import Wire

extension Services {
    private typealias Service = Apus.ContainersService

    /// Containers as a whole.
    func addContainers(_ table: inout AsyncServiceTable) {
        let registry = registry
        table.on(Service.create) { request, _ in
            let spec = request.spec ?? Apus.ContainerSpec()
            return try await answer("create container", spec.name) {
                try await uncancelled {
                    let container = try await registry.create(spec)
                    return await container.description()
                }
            }
        }
        table.on(Service.start) { request, _ in
            let container = try registry.find(request.id, "start container")
            return try await answer("start container", request.id) {
                try await uncancelled {
                    try await container.start()
                    return await container.description()
                }
            }
        }
        table.on(Service.remove) { request, _ in
            let container = try registry.find(request.id, "remove container")
            return try await answer("remove container", request.id) {
                try await uncancelled { try await container.remove(force: request.force) }
                return Empty()
            }
        }
        table.on(Service.get) { request, _ in
            try await registry.find(request.id, "inspect container").description()
        }
        table.on(Service.list) { request, _ in
            await registry.list(request)
        }
        table.on(Service.update) { request, _ in
            let container = try registry.find(request.id, "update container")
            return try await answer("update container", request.id) {
                try await uncancelled { try await container.update(request) }
                return Empty()
            }
        }
        table.on(Service.timeline) { request, _ in
            do throws(Failure) {
                let container = try registry.find(request.id, "show timeline of container")
                return Apus.ContainerTimeline(phases: await container.timeline())
            } catch {
                guard let gone = registry.departed(request.id) else { throw error }
                return Apus.ContainerTimeline(phases: gone.phases)
            }
        }
    }

    /// The processes of containers.
    func addProcesses(_ table: inout AsyncServiceTable) {
        let registry = registry
        addSignals(&table)
        table.on(Service.wait) { request, _ in
            let exit = try await answer("wait for container", request.id) {
                do throws(Failure) {
                    let container = try registry.find(request.id, "wait for container")
                    return try await failing { try await container.wait(exec: request.execID) }
                } catch {
                    // It may have removed itself a moment ago.
                    guard error.code == .notFound, request.execID.isEmpty,
                        let gone = registry.departed(request.id)
                    else { throw error }
                    return gone.exit
                }
            }
            return Apus.WaitProcessResponse(
                exitStatus: exit.status, finishedAt: .init(exit.at), oomKilled: exit.oomKilled)
        }
        table.on(Service.pids) { request, _ in
            let container = try registry.find(request.id, "list processes of container")
            return try await answer("list processes of container", request.id) {
                try await container.pids()
            }
        }
        table.on(Service.stats) { request, _ in
            let container = try registry.find(request.id, "measure container")
            return try await answer("measure container", request.id) {
                try await container.stats()
            }
        }
        table.on(Service.createExec) { request, _ in
            let container = try registry.find(request.id, "execute in container")
            return try await answer("execute in container", request.id) {
                try await uncancelled {
                    Apus.CreateExecResponse(execID: try await container.createExec(request))
                }
            }
        }
        table.on(Service.startExec) { request, _ in
            let container = try registry.find(request.id, "execute in container")
            return try await answer("execute in container", request.id) {
                try await uncancelled {
                    Apus.StartExecResponse(pid: try await container.startExec(request.execID))
                }
            }
        }
    }

    private func addSignals(_ table: inout AsyncServiceTable) {
        let registry = registry
        table.on(Service.stop) { request, _ in
            let container = try registry.find(request.id, "stop container")
            return try await answer("stop container", request.id) {
                try await uncancelled {
                    try await container.stop(timeout: .seconds(Int64(request.timeoutSeconds)))
                }
                return Empty()
            }
        }
        table.on(Service.kill) { request, _ in
            let container = try registry.find(request.id, "kill container")
            return try await answer("kill container", request.id) {
                try await container.kill(
                    signal: request.signal, exec: request.execID, all: request.all)
                return Empty()
            }
        }
        table.on(Service.pause) { request, _ in
            let container = try registry.find(request.id, "pause container")
            return try await answer("pause container", request.id) {
                try await uncancelled { try await container.pause() }
                return Empty()
            }
        }
        table.on(Service.resume) { request, _ in
            let container = try registry.find(request.id, "resume container")
            return try await answer("resume container", request.id) {
                try await uncancelled { try await container.resume() }
                return Empty()
            }
        }
    }
}

/// Runs something whose failures are Failure or cancellation.
private func failing<Value>(
    _ body: () async throws -> Value
) async throws(Failure) -> Value {
    do { return try await body() } catch {
        throw Failure(error, "wait for container", "")
    }
}

extension ContainerRegistry {
    /// Those that match, the youngest first, as docker lists them.
    func list(_ request: Apus.ListContainersRequest) async -> Apus.ListContainersResponse {
        var found: [Apus.Container] = []
        for container in all {
            let description = await container.description()
            guard description.status != .unknown else { continue }
            let isAlive = description.status == .running || description.status == .paused
            guard request.all || isAlive else { continue }
            let labels = description.spec?.labels ?? [:]
            let matches = request.labels.allSatisfy { name, value in
                labels[name].map { value.isEmpty || $0 == value } ?? false
            }
            if matches { found.append(description) }
        }
        found.sort {
            ($0.createdAt?.seconds ?? 0, $0.createdAt?.nanos ?? 0, $0.id)
                > ($1.createdAt?.seconds ?? 0, $1.createdAt?.nanos ?? 0, $1.id)
        }
        return Apus.ListContainersResponse(containers: found)
    }
}
