internal import CLinux
internal import Glibc
internal import Linux
internal import RPC
internal import Wire

/// The containers of this shim, and the calls on them.
final class Tasks {
    private let context: ShimContext
    private let isDebug: Bool
    private(set) var containers: [String: Container] = [:]
    /// Called when nothing is left and the manager has said that nothing will come.
    private let onShutdown: () -> Void

    init(_ context: ShimContext, isDebug: Bool, onShutdown: @escaping () -> Void) {
        self.context = context
        self.isDebug = isDebug
        self.onShutdown = onShutdown
    }

    func container(_ id: String) throws(Failure) -> Container {
        guard let container = containers[id], container.isReady else {
            throw .notFound("container not created")
        }
        return container
    }

    func create(
        _ request: TaskAPI.CreateTaskRequest, sandbox: Sandbox? = nil,
        _ done: @escaping (Result<Int32, Failure>) -> Void
    ) {
        do throws(Failure) {
            guard containers[request.id] == nil else { throw .exists("container \(request.id)") }
            let container = try Container.make(request, in: context, isDebug: isDebug)
            container.sandbox = sandbox
            containers[request.id] = container
            container.lane.enqueue { [self] next in
                container.create(request) { [self] failure in
                    if let failure {
                        containers[request.id] = nil
                        done(.failure(failure))
                    } else {
                        container.isReady = true
                        done(.success(container.initial.pid))
                    }
                    next()
                    rest()
                }
            }
        } catch {
            done(.failure(error))
        }
    }

    func start(
        _ request: TaskAPI.StartRequest, _ done: @escaping (Result<Int32, Failure>) -> Void
    ) {
        attempt(done) { () throws(Failure) in
            let container = try self.container(request.id)
            let process = try container.process(request.execID)
            guard process.isInit else { return container.startExec(process, self.resting(done)) }
            container.lane.enqueue { next in
                container.startInit { result in
                    done(result)
                    next()
                    self.rest()
                }
            }
        }
    }

    func delete(
        _ request: TaskAPI.DeleteRequest,
        _ done: @escaping (Result<TaskAPI.DeleteResponse, Failure>) -> Void
    ) {
        attempt(done) { () throws(Failure) in
            // One that is just being made is deleted when it is there: who began that may be gone.
            let known = request.execID.isEmpty ? self.containers[request.id] : nil
            let container: Container
            if let known { container = known } else { container = try self.container(request.id) }
            let process = try container.process(request.execID)
            guard process.isInit else { return container.deleteExec(process, self.resting(done)) }
            container.lane.enqueue { next in
                guard self.containers[container.id] === container else {
                    done(.failure(.notFound("container \(container.id)")))
                    return next()
                }
                container.deleteInit { result in
                    if case .success = result { self.containers[container.id] = nil }
                    done(result)
                    next()
                    self.rest()
                }
            }
        }
    }

    /// Pause, Resume, Update: changes that wait for each other.
    func change(
        _ id: String, _ done: @escaping (Result<Void, Failure>) -> Void,
        _ body: @escaping (Container, @escaping (Failure?) -> Void) -> Void
    ) {
        attempt(done) { () throws(Failure) in
            let container = try self.container(id)
            container.lane.enqueue { next in
                body(container) { failure in
                    done(failure.map(Result.failure) ?? .success(()))
                    next()
                }
            }
        }
    }

    /// Kill does not wait for what is under way: it may be what ends it.
    func kill(_ request: TaskAPI.KillRequest, _ done: @escaping (Result<Void, Failure>) -> Void) {
        attempt(done) { () throws(Failure) in
            let container = try self.container(request.id)
            let process = try container.process(request.execID)
            container.kill(process, signal: request.signal, all: request.all) {
                done($0.map(Result.failure) ?? .success(()))
            }
        }
    }

    /// Takes up a container of a shim that is dead. One that is here already is none.
    ///
    /// What the dead one had under way is let end, and the runtime asked how far it came.
    func adopt(
        _ request: ShimAPI.AdoptRequest,
        _ done: @escaping (Result<ShimAPI.AdoptResponse, Failure>) -> Void
    ) {
        guard containers[request.id] == nil else {
            return attempt(done) { () throws(Failure) in done(.success(try adopt(request))) }
        }
        LeftCommands(bundle: request.bundle).whenGone(context.loop) { [self] in
            Container.askRuntime(request, in: context) { [self] known in
                attempt(done) { () throws(Failure) in
                    done(.success(try adopt(request, as: known)))
                }
            }
        }
    }

    /// `known`: the state that the runtime says; nil where the record is all there is.
    func adopt(
        _ request: ShimAPI.AdoptRequest, as known: ProcessState? = nil
    ) throws(Failure) -> ShimAPI.AdoptResponse {
        let container: Container
        if let known = containers[request.id] {
            container = known
        } else {
            container = try Container.adopting(
                request, as: known, in: context, isDebug: isDebug)
            containers[request.id] = container
            rest()
        }
        return ShimAPI.AdoptResponse(
            pid: UInt32(container.initial.pid), execs: container.execs.keys.sorted())
    }

    /// The containers as another program takes them up, where they can be.
    func handover() throws(Failure) -> [ShimAPI.AdoptRequest] {
        guard context.reaper.programsUnderWay.isEmpty else {
            throw .precondition("a command of the runtime is under way")
        }
        var requests: [ShimAPI.AdoptRequest] = []
        for container in containers.values {
            let processes = [container.initial] + container.execs.values
            guard container.isReady, !container.lane.isBusy, container.pendingExit == nil,
                !processes.contains(where: { $0.state == .added || $0.heldExit != nil })
            else { throw .precondition("something is under way in container \(container.id)") }
            guard processes.allSatisfy({ $0.streams.isQuiet }) else {
                throw .precondition("output of container \(container.id) waits for a reader")
            }
            requests.append(
                ShimAPI.AdoptRequest(
                    id: container.id, bundle: container.bundle.path, holderPid: getpid(),
                    holdings: processes.flatMap { $0.holdings }))
        }
        for container in containers.values { container.save() }
        return requests
    }

    func connect(_ request: TaskAPI.ConnectRequest) -> TaskAPI.ConnectResponse {
        TaskAPI.ConnectResponse(
            shimPid: UInt32(getpid()), taskPid: UInt32(containers[request.id]?.initial.pid ?? 0),
            version: Apus.version)
    }

    func shutdown() {
        guard containers.isEmpty else { return }
        onShutdown()
    }

    func attempt<Value>(
        _ done: (Result<Value, Failure>) -> Void, _ body: () throws(Failure) -> Void
    ) {
        do throws(Failure) { try body() } catch { done(.failure(error)) }
    }

    /// `done`, and then memory goes back.
    private func resting<Value>(
        _ done: @escaping (Result<Value, Failure>) -> Void
    ) -> (Result<Value, Failure>) -> Void {
        { result in
            done(result)
            self.rest()
        }
    }

    /// Much was allocated for a while; what comes now is waiting.
    private func rest() { context.repose.soon() }
}
