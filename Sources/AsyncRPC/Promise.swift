internal import RPC
internal import Synchronization

/// A value that comes once, for one task that waits for it.
final class Promise<Value: Sendable>: Sendable {
    private enum State {
        case empty
        case awaited(CheckedContinuation<Value, Never>)
        case full(Value)
    }

    private let state = Mutex(State.empty)

    /// The first value stays; false for those that come later.
    @discardableResult
    func fulfil(_ value: Value) -> Bool {
        let (isFirst, continuation) = state.withLock { state in
            switch state {
            case .full: return (false, CheckedContinuation<Value, Never>?.none)
            case .empty:
                state = .full(value)
                return (true, nil)
            case .awaited(let continuation):
                state = .full(value)
                return (true, continuation)
            }
        }
        continuation?.resume(returning: value)
        return isFirst
    }

    /// Waits for the value.
    func value() async -> Value {
        await withCheckedContinuation { continuation in
            let value = state.withLock { state -> Value? in
                if case .full(let value) = state { return value }
                state = .awaited(continuation)
                return nil
            }
            if let value { continuation.resume(returning: value) }
        }
    }

    /// Waits for the value, or takes one of the others when the task is cancelled or the time is
    /// up before it comes.
    func value(
        until deadline: MonotonicTime? = nil, on reactor: Reactor, timedOut: Value, canceled: Value
    ) async -> Value {
        let timer = deadline.map { time in
            reactor.schedule(time) { self.fulfil(timedOut) }
        }
        defer { timer.map(reactor.cancel) }
        return await withTaskCancellationHandler {
            await value()
        } onCancel: {
            fulfil(canceled)
        }
    }
}
