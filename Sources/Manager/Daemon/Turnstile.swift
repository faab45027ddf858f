internal import Synchronization

/// Lets one operation through at a time, in the order in which they came.
///
/// An actor alone does not do that: while one of its methods waits, another may begin.
final class Turnstile: Sendable {
    private struct State {
        var isOccupied = false
        var queue: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// How many wait.
    var waiting: Int { state.withLock { $0.queue.count } }

    /// Waits for its turn. Whoever comes through must call `leave`.
    func enter() async {
        await withCheckedContinuation { continuation in
            let goesAtOnce = state.withLock { state in
                if state.isOccupied {
                    state.queue.append(continuation)
                    return false
                }
                state.isOccupied = true
                return true
            }
            if goesAtOnce { continuation.resume() }
        }
    }

    func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.queue.isEmpty {
                state.isOccupied = false
                return nil
            }
            return state.queue.removeFirst()
        }
        next?.resume()
    }
}
