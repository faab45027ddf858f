internal import Synchronization

/// A value that is not known yet: any number of tasks wait for it, and it is settled once.
final class Settled<Value: Sendable>: Sendable {
    private struct State {
        var result: Result<Value, Failure>?
        var waiting: [Int: CheckedContinuation<Value, any Error>] = [:]
        var nextKey = 0
    }

    private let state = Mutex(State())

    var result: Result<Value, Failure>? { state.withLock { $0.result } }

    /// The first settlement counts; later ones are ignored.
    func settle(_ result: Result<Value, Failure>) {
        let waiting = state.withLock { state in
            guard state.result == nil else { return [CheckedContinuation<Value, any Error>]() }
            state.result = result
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { Self.resume(continuation, result) }
    }

    /// Waits for the value. Throws CancellationError where the task is cancelled before.
    func value() async throws -> Value {
        let key = state.withLock { state in
            state.nextKey += 1
            return state.nextKey
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                wait(continuation, key)
            }
        } onCancel: {
            let continuation = state.withLock { $0.waiting.removeValue(forKey: key) }
            continuation?.resume(throwing: CancellationError())
        }
    }

    /// The value, or nil where it is not settled in time.
    func value(within limit: Duration) async throws -> Value? {
        if let result { return try result.get() }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await self.value() }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next()!
        }
    }

    private func wait(_ continuation: CheckedContinuation<Value, any Error>, _ key: Int) {
        let result = state.withLock { state -> Result<Value, any Error>? in
            if let result = state.result { return result.mapError { $0 } }
            if Task.isCancelled { return .failure(CancellationError()) }
            state.waiting[key] = continuation
            return nil
        }
        if let result { continuation.resume(with: result) }
    }

    private static func resume(
        _ continuation: CheckedContinuation<Value, any Error>, _ result: Result<Value, Failure>
    ) {
        switch result {
        case .success(let value): continuation.resume(returning: value)
        case .failure(let failure): continuation.resume(throwing: failure)
        }
    }
}
