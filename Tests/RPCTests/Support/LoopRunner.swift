import Foundation
import Linux
import RPC
import Synchronization
import Wire

/// A `LoopServer` with its event loop on a thread of its own.
final class LoopRunner: Stopper {
    private enum Order { case stop, release }

    private let orders = Mutex<[Order]>([])
    private let wake: WakeDescriptor
    private let isStopped = Mutex(false)
    private let ended = DispatchSemaphore(value: 0)

    init(
        _ listener: consuming OwnedDescriptor, _ observed: Observations,
        _ authorize: @escaping @Sendable (PeerCredentials) -> Bool
    ) throws {
        wake = try WakeDescriptor()
        let raw = listener.release()
        let thread = Thread { [self] in
            run(OwnedDescriptor(owning: raw), observed, authorize)
            ended.signal()
        }
        thread.start()
    }

    func stop() {
        let isFirst = isStopped.withLock { stopped in
            defer { stopped = true }
            return !stopped
        }
        guard isFirst else { return }
        order(.stop)
        ended.wait()
    }

    func release() { order(.release) }

    private func order(_ order: Order) {
        orders.withLock { $0.append(order) }
        wake.wake()
    }

    private func run(
        _ listener: consuming OwnedDescriptor, _ observed: Observations,
        _ authorize: @escaping @Sendable (PeerCredentials) -> Bool
    ) {
        let loop = try! EventLoop()
        let held = HeldReplies()
        let server = try! LoopServer(
            loop: loop, listener: listener, services: services(loop, held, observed),
            authorize: authorize)
        try! loop.watch(wake.descriptor.raw, .readable) { [self] _ in
            wake.acknowledge()
            let waiting = orders.withLock { orders in
                defer { orders = [] }
                return orders
            }
            for order in waiting {
                switch order {
                case .stop: loop.stop()
                case .release: held.release()
                }
            }
        }
        try! loop.run()
        server.close()
        loop.unwatch(wake.descriptor.raw)
    }
}

private final class HeldReplies {
    private var waiting: [(Reply<TestService.Text>, TestService.Text)] = []

    func hold(_ reply: Reply<TestService.Text>, _ text: TestService.Text) {
        waiting.append((reply, text))
    }

    func release() {
        for (reply, text) in waiting { reply.succeed(text) }
        waiting = []
    }
}

private func services(
    _ loop: EventLoop, _ held: HeldReplies, _ observed: Observations
) -> ServiceTable {
    var table = ServiceTable()
    table.on(TestService.echo) { $1.succeed($0) }
    table.on(TestService.nothing) { $1.succeed(Empty()) }
    table.on(TestService.refuse) { text, reply in
        let details = [try! AnyMessage(TestService.refusal)]
        reply.fail(RPCError(code: .notFound, message: text.name, details: details))
    }
    table.on(TestService.bulk) { text, reply in
        reply.succeed(TestService.Chunk(data: [UInt8](repeating: 1, count: Int(text.name) ?? 0)))
    }
    table.on(TestService.hold) { text, reply in
        observed.held.withLock { $0 += 1 }
        reply.onAbandon = { observed.abandoned.withLock { $0 += 1 } }
        held.hold(reply, text)
    }
    table.on(TestService.metadata) { text, reply in
        let values = reply.context.values(of: text.name)
        reply.succeed(TestService.Text(name: values.joined(separator: ",")))
    }
    table.on(TestService.count) { text, sink in
        for number in 0..<(Int(text.name) ?? 0) { sink.send(TestService.chunk(number)) }
        sink.finish()
    }
    table.on(TestService.breakOff) { text, sink in
        for number in 0..<(Int(text.name) ?? 0) { sink.send(TestService.chunk(number)) }
        sink.fail(RPCError(code: .dataLoss, message: "broken off"))
    }
    table.on(TestService.drip) { text, sink in
        var numbers = (0..<(Int(text.name) ?? 0)).makeIterator()
        let pump = {
            while sink.isOpen && sink.pendingBytes == 0 {
                guard let number = numbers.next() else { return sink.finish() }
                sink.send(TestService.chunk(number))
            }
        }
        sink.onDrain = pump
        pump()
    }
    table.on(TestService.flood) { _, sink in
        let pump = {
            while sink.isOpen && sink.pendingBytes < 1 << 20 {
                sink.send(TestService.floodChunk)
                observed.flooded.withLock { $0 += 1 }
                observed.mostPending.withLock { $0 = max($0, sink.pendingBytes) }
            }
        }
        sink.onDrain = pump
        sink.onClose = { observed.floodsEnded.withLock { $0 += 1 } }
        pump()
    }
    return table
}
