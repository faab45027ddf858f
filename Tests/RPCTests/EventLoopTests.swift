import Linux
import RPC
import Testing

@Suite struct EventLoopTests {
    @Test func timersFireInTheirOrderAndCancelledOnesNever() throws {
        let loop = try EventLoop()
        var fired: [Int] = []
        loop.after(.milliseconds(30)) {
            fired.append(3)
            loop.stop()
        }
        loop.after(.milliseconds(20)) { fired.append(2) }
        let cancelled = loop.after(.milliseconds(10)) { fired.append(1) }
        loop.after(.zero) {
            fired.append(0)
            loop.cancel(cancelled)
        }
        try loop.run()
        #expect(fired == [0, 2, 3])
    }

    @Test func aHandlerMayUnwatchItselfAndOthers() throws {
        let loop = try EventLoop()
        let first = try WakeDescriptor()
        let second = try WakeDescriptor()
        var calls = 0
        for raw in [first.descriptor.raw, second.descriptor.raw] {
            try loop.watch(raw, .readable) { _ in
                calls += 1
                loop.unwatch(first.descriptor.raw)
                loop.unwatch(second.descriptor.raw)
                loop.after(.zero) { loop.stop() }
            }
        }
        first.wake()
        second.wake()
        try loop.run()
        #expect(calls == 1)
    }

    @Test func aClosedPeerIsSeenWithoutAskingForAnything() throws {
        let loop = try EventLoop()
        let pair = try UnixSocket.pair()
        let raw = pair.first.raw
        var seen: Readiness = []
        try loop.watch(raw, []) { readiness in
            seen = readiness
            loop.unwatch(raw)
            loop.stop()
        }
        pair.second.shutDown()
        try loop.run()
        #expect(seen.contains(.hangUp))
    }

    @Test func timersAreTakenByTimeAndThenByAge() {
        var queue = TimerQueue<Int>()
        var random = Seeded(1)
        var expected: [(Int64, Int)] = []
        var timers: [Timer] = []
        for number in 0..<2000 {
            let time = Int64.random(in: 0..<50, using: &random)
            timers.append(queue.add(MonotonicTime(nanoseconds: time), number))
            expected.append((time, number))
        }
        for number in stride(from: 0, to: 2000, by: 3) { queue.cancel(timers[number]) }
        expected = expected.filter { $0.1 % 3 != 0 }.sorted { $0 < $1 }
        var taken: [Int] = []
        while let number = queue.popDue(MonotonicTime(nanoseconds: 50)) { taken.append(number) }
        #expect(taken == expected.map(\.1))
        #expect(queue.isEmpty && queue.first == nil)
    }
}
