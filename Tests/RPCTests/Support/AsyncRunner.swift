import AsyncRPC
import Foundation
import Linux
import RPC
import Synchronization
import Wire

/// An `RPCServer` with the same methods.
final class AsyncRunner: Stopper {
    private let server: RPCServer
    private let gate = Gate()
    private let isStopped = Mutex(false)

    init(
        _ listener: consuming OwnedDescriptor, _ observed: Observations,
        _ authorize: @escaping @Sendable (PeerCredentials) -> Bool
    ) {
        server = RPCServer(services: services(gate, observed), authorize: authorize)
        let raw = listener.release()
        Task { [server] in try await server.serve(OwnedDescriptor(owning: raw)) }
    }

    func stop() {
        let isFirst = isStopped.withLock { stopped in
            defer { stopped = true }
            return !stopped
        }
        guard isFirst else { return }
        Task { [server] in await server.shutdown(grace: .zero) }
    }

    func release() { gate.open() }
}

/// Lets everyone through once it is open; cancelled tasks go on too.
final class Gate: Sendable {
    private let waiters = Mutex<[UUID: CheckedContinuation<Void, Never>]>([:])

    func pass() async throws {
        let id = UUID()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiters.withLock { $0[id] = continuation }
                if Task.isCancelled { wake(id) }
            }
        } onCancel: {
            wake(id)
        }
        try Task.checkCancellation()
    }

    func open() {
        let all = waiters.withLock { waiters in
            defer { waiters = [:] }
            return waiters.values.map { $0 }
        }
        for waiter in all { waiter.resume() }
    }

    private func wake(_ id: UUID) { waiters.withLock { $0.removeValue(forKey: id) }?.resume() }
}

private func services(_ gate: Gate, _ observed: Observations) -> AsyncServiceTable {
    var table = AsyncServiceTable()
    table.on(TestService.echo) { text, _ in text }
    table.on(TestService.nothing) { _, _ in Empty() }
    table.on(TestService.refuse) { text, _ in
        let details = [try AnyMessage(TestService.refusal)]
        throw RPCError(code: .notFound, message: text.name, details: details)
    }
    table.on(TestService.bulk) { text, _ in
        TestService.Chunk(data: [UInt8](repeating: 1, count: Int(text.name) ?? 0))
    }
    table.on(TestService.hold) { text, _ in
        observed.held.withLock { $0 += 1 }
        do { try await gate.pass() } catch {
            observed.abandoned.withLock { $0 += 1 }
            throw error
        }
        return text
    }
    table.on(TestService.metadata) { text, context in
        TestService.Text(name: context.values(of: text.name).joined(separator: ","))
    }
    table.on(TestService.count) { text, _, writer in
        for number in 0..<(Int(text.name) ?? 0) { try await writer.send(TestService.chunk(number)) }
    }
    table.on(TestService.breakOff) { text, _, writer in
        for number in 0..<(Int(text.name) ?? 0) { try await writer.send(TestService.chunk(number)) }
        throw RPCError(code: .dataLoss, message: "broken off")
    }
    table.on(TestService.flood) { _, _, writer in
        defer { observed.floodsEnded.withLock { $0 += 1 } }
        while true {
            try await writer.send(TestService.floodChunk)
            observed.flooded.withLock { $0 += 1 }
        }
    }
    return table
}
