import RPC
import Synchronization
import Testing

@testable import Manager

@Suite struct TurnstileTests {
    @Test func onlyOneIsInsideAndAllComeThrough() async {
        let turnstile = Turnstile()
        let count = Count()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    await turnstile.enter()
                    count.enter()
                    await Task.yield()
                    count.leave()
                    turnstile.leave()
                }
            }
        }
        #expect(count.most == 1)
        #expect(count.done == 100)
    }

    /// How many are inside.
    private final class Count: Sendable {
        private let state = Mutex((inside: 0, most: 0, done: 0))

        var most: Int { state.withLock { $0.most } }
        var done: Int { state.withLock { $0.done } }

        func enter() {
            state.withLock {
                $0.inside += 1
                $0.most = max($0.most, $0.inside)
            }
        }

        func leave() {
            state.withLock {
                $0.inside -= 1
                $0.done += 1
            }
        }
    }

    private final class Order: Sendable {
        private let state = Mutex<[Int]>([])

        var numbers: [Int] { state.withLock { $0 } }
        func append(_ number: Int) { state.withLock { $0.append(number) } }
    }

    @Test func theyComeThroughInTheirOrder() async {
        let turnstile = Turnstile()
        let order = Order()
        await turnstile.enter()
        var tasks: [Task<Void, Never>] = []
        for number in 0..<10 {
            let (queued, signal) = AsyncStream.makeStream(of: Void.self)
            tasks.append(
                Task {
                    signal.yield()
                    await turnstile.enter()
                    order.append(number)
                    turnstile.leave()
                })
            for await _ in queued { break }
            // Between its signal and its place in the queue there is no other await.
            while turnstile.waiting <= number { await Task.yield() }
        }
        turnstile.leave()
        for task in tasks { await task.value }
        #expect(order.numbers == Array(0..<10))
    }
}

@Suite struct SettledTests {
    @Test func theFirstSettlementCounts() async throws {
        let settled = Settled<Int>()
        settled.settle(.success(1))
        settled.settle(.success(2))
        #expect(try await settled.value() == 1)
    }

    @Test func allWhoWaitAreTold() async throws {
        let settled = Settled<Int>()
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<10 { group.addTask { try await settled.value() } }
            group.addTask {
                settled.settle(.success(3))
                return 0
            }
            return try await group.reduce(0, +)
        }
        #expect(sum == 30)
    }

    @Test func waitingCanBeCancelled() async {
        let settled = Settled<Int>()
        let task = Task { try await settled.value() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func waitingHasALimit() async throws {
        let settled = Settled<Int>()
        #expect(try await settled.value(within: .milliseconds(1)) == nil)
        settled.settle(.success(5))
        #expect(try await settled.value(within: .seconds(60)) == 5)
    }

    @Test func failuresReachThoseWhoWait() async {
        let settled = Settled<Int>()
        settled.settle(.failure(Failure(.notFound, "a", "b", "c")))
        await #expect(throws: Failure.self) { try await settled.value() }
    }
}
