internal import Linux
internal import RPC
internal import Wire

/// What makes a container the sandbox of a pod: the manager knows it by the calls of the sandbox
/// service, and hears no events of it.
struct Sandbox: Equatable {
    var createdAt: Timestamp
}

extension Container {
    /// Ends its first process; by force where that has not gone by itself in time.
    func end(within grace: Duration, _ done: @escaping () -> Void) {
        guard initial.state != .creating else {
            return lane.enqueue { [self] next in
                end(within: grace, done)
                next()
            }
        }
        guard initial.state.isAlive, initial.pid > 0 else { return done() }
        guard grace > .zero else {
            initial.whenEnded(done)
            return signal(9)
        }
        let timer = context.loop.after(grace) { [own = Weak(self)] in own.object?.signal(9) }
        initial.whenEnded { [loop = context.loop] in
            loop.cancel(timer)
            done()
        }
        signal(15)
    }

    private func signal(_ number: UInt32) {
        kill(initial, signal: number, all: false) { [self] failure in
            guard let failure, failure.code != .notFound else { return }
            context.log.warning("signal \(number) to container \(id): \(failure)")
        }
    }
}

/// The calls of the sandbox service, as far as they are about containers.
extension Tasks {
    func sandbox(_ id: String) throws(Failure) -> Container {
        guard let container = containers[id], container.isReady, container.sandbox != nil else {
            throw .notFound("sandbox \(id)")
        }
        return container
    }

    /// Ends the pod's containers, and with them its own process.
    func stopSandbox(
        _ request: SandboxAPI.StopSandboxRequest,
        _ done: @escaping (Result<Void, Failure>) -> Void
    ) {
        attempt(done) { () throws(Failure) in
            let sandbox = try self.sandbox(request.sandboxID)
            let ended = Countdown(containers.count) { done(.success(())) }
            for container in containers.values {
                let isOurs = container === sandbox
                let grace = isOurs ? Duration.seconds(Int64(request.timeoutSecs)) : .zero
                container.end(within: grace) { ended.step() }
            }
        }
    }

    /// Ends and removes everything. Where there is nothing, that is done already: a sandbox that
    /// could not be made is shut down too. What cannot be removed stays, and so does the shim.
    func shutdownSandbox(
        _ request: SandboxAPI.ShutdownSandboxRequest,
        _ done: @escaping (Result<Void, Failure>) -> Void
    ) {
        attempt(done) { () throws(Failure) in
            guard !containers.isEmpty else { return done(.success(())) }
            _ = try self.sandbox(request.sandboxID)
            var worst: Failure?
            let removed = Countdown(containers.count) {
                done(worst.map(Result.failure) ?? .success(()))
            }
            for container in containers.values {
                container.end(within: .zero) { [self] in
                    delete(.init(id: container.id)) { result in
                        if case .failure(let failure) = result { worst = failure }
                        removed.step()
                    }
                }
            }
        }
    }
}

/// Calls its body when as many have come as were expected.
private final class Countdown {
    private var missing: Int
    private let body: () -> Void

    init(_ count: Int, _ body: @escaping () -> Void) {
        missing = count
        self.body = body
    }

    func step() {
        missing -= 1
        if missing == 0 { body() }
    }
}
