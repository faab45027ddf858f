internal import Linux
internal import RPC

/// How long a server may leave us in its backlog.
private let patience = Duration.seconds(5)
private let pause = Duration.milliseconds(5)

/// Connects without blocking a thread. A full backlog is waited out, for some seconds.
func connectSocket(_ path: String) async throws(RPCError) -> OwnedDescriptor {
    let end = MonotonicTime.after(patience)
    while true {
        do throws(SystemError) {
            return try UnixSocket.connect(path, nonBlocking: true)
        } catch {
            guard error.isTemporary && MonotonicTime.now < end else {
                throw RPCError(code: .unavailable, message: "\(error)")
            }
        }
        try await rest(pause)
    }
}

private func rest(_ duration: Duration) async throws(RPCError) {
    let reactor: Reactor
    do throws(SystemError) { reactor = try Reactor.shared() } catch {
        throw RPCError(code: .unavailable, message: "\(error)")
    }
    let promise = Promise<Result<Void, RPCError>>()
    try await promise.value(
        until: .after(duration), on: reactor, timedOut: .success(()), canceled: .failure(.canceled)
    ).get()
}
