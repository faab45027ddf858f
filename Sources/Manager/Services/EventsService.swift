internal import AsyncRPC
internal import Wire

extension Services {
    /// Events for clients, and the service through which shims report theirs.
    func addEvents(_ table: inout AsyncServiceTable) {
        let journal = context.journal
        table.on(Apus.EventsService.subscribe) { request, _, writer in
            try await answer("follow events", "") {
                try await journal.follow(request) { try await writer.send($0) }
            }
        }
        let intake = ShimEvents(registry: registry, log: context.log)
        table.on(EventsAPI.EventsService.forward) { request, _ in
            guard let envelope = request.envelope else { return Empty() }
            try await answer("take a shim's event", envelope.topic) {
                try await intake.take(envelope)
            }
            return Empty()
        }
    }
}

/// What shims report. Whatever an event says is also learnt by asking; it only comes sooner so.
struct ShimEvents: Sendable {
    let registry: ContainerRegistry
    let log: Log

    func take(_ envelope: EventsAPI.Envelope) async throws {
        guard envelope.namespace == ShimProgram.namespace, let event = envelope.event else {
            return log.debug("an event of namespace \(envelope.namespace) is not ours")
        }
        if let exit = try event.unwrap(TaskEvents.TaskExit.self) {
            await container(exit.containerID)?.exited(exit)
        } else if let oom = try event.unwrap(TaskEvents.TaskOOM.self) {
            await container(oom.containerID)?.ranOutOfMemory()
        }
    }

    private func container(_ id: String) -> Container? {
        guard ContainerID.isWellFormed(id) else { return nil }
        return try? registry.find(id, "take a shim's event")
    }
}

extension Container {
    /// A process was killed for want of memory; the container may live on.
    func ranOutOfMemory() {
        guard record.state.isAlive, !record.oomKilled else { return }
        do {
            try move(to: record.state, events: [EventDraft(.oom, of: record)]) {
                $0.oomKilled = true
            }
        } catch { context.log.error("\(label): \(error)") }
    }
}
