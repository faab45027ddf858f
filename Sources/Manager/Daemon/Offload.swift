internal import Dispatch

/// Work that blocks: disk, or the end of a child. The threads of Swift's own pool are as few as the
/// processors and must not wait.
func offload<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async {
            continuation.resume(with: Result { try body() })
        }
    }
}

/// Work that goes on when its caller goes away: a client that hangs up in the middle of a start must
/// not leave half of one behind.
func uncancelled<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await Task.detached { try await body() }.value
}
