internal import RPC
internal import Wire

/// Serves containerd.task.v2.Task and containerd.task.v3.Task: the same calls under two names.
struct TaskService {
    let tasks: Tasks
    let context: ShimContext

    func register(in table: inout ServiceTable) {
        for service in [TaskAPI.TaskService.name, TaskAPIv3.TaskService.name] {
            registerLife(service, &table)
            registerControl(service, &table)
            registerReports(service, &table)
        }
    }

    private typealias Methods = TaskAPI.TaskService

    private func registerLife(_ service: String, _ table: inout ServiceTable) {
        table.on(Methods.create.renamed(service: service)) { request, reply in
            tasks.create(request) { answer(reply, $0) { .init(pid: UInt32($0)) } }
        }
        table.on(Methods.start.renamed(service: service)) { request, reply in
            tasks.start(request) { answer(reply, $0) { .init(pid: UInt32($0)) } }
        }
        table.on(Methods.exec.renamed(service: service)) { request, reply in
            answer(reply) { () throws(Failure) in
                try tasks.container(request.id).addExec(request)
                return Empty()
            }
        }
        table.on(Methods.delete.renamed(service: service)) { request, reply in
            tasks.delete(request) { answer(reply, $0) { $0 } }
        }
        table.on(Methods.shutdown.renamed(service: service)) { _, reply in
            reply.succeed(Empty())
            tasks.shutdown()
        }
        table.on(Methods.connect.renamed(service: service)) { request, reply in
            context.publisher.hurry()
            reply.succeed(tasks.connect(request))
        }
    }

    private func registerControl(_ service: String, _ table: inout ServiceTable) {
        table.on(Methods.kill.renamed(service: service)) { request, reply in
            tasks.kill(request) { answer(reply, $0) { Empty() } }
        }
        table.on(Methods.pause.renamed(service: service)) { request, reply in
            tasks.change(request.id, { answer(reply, $0) { Empty() } }) { $0.pause($1) }
        }
        table.on(Methods.resume.renamed(service: service)) { request, reply in
            tasks.change(request.id, { answer(reply, $0) { Empty() } }) { $0.resume($1) }
        }
        table.on(Methods.update.renamed(service: service)) { request, reply in
            let resources = request.resources?.value ?? []
            tasks.change(request.id, { answer(reply, $0) { Empty() } }) {
                $0.update(resources, $1)
            }
        }
        table.on(Methods.checkpoint.renamed(service: service)) { request, reply in
            tasks.change(request.id, { answer(reply, $0) { Empty() } }) {
                $0.checkpoint(request.path, request.options, $1)
            }
        }
        table.on(Methods.resizePty.renamed(service: service)) { request, reply in
            answer(reply) { () throws(Failure) in
                guard let columns = UInt16(exactly: request.width),
                    let rows = UInt16(exactly: request.height)
                else { throw .invalid("terminal size \(request.width)x\(request.height)") }
                try tasks.container(request.id).process(request.execID).streams
                    .resize(columns: columns, rows: rows)
                return Empty()
            }
        }
        table.on(Methods.closeIO.renamed(service: service)) { request, reply in
            answer(reply) { () throws(Failure) in
                let process = try tasks.container(request.id).process(request.execID)
                if request.stdin { process.streams.closeInput() }
                return Empty()
            }
        }
    }

    private func registerReports(_ service: String, _ table: inout ServiceTable) {
        table.on(Methods.state.renamed(service: service)) { request, reply in
            answer(reply) { () throws(Failure) in
                try tasks.container(request.id).state(request.execID)
            }
        }
        table.on(Methods.pids.renamed(service: service)) { request, reply in
            answer(reply) { () throws(Failure) in
                TaskAPI.PidsResponse(processes: try tasks.container(request.id).pids())
            }
        }
        table.on(Methods.stats.renamed(service: service)) { request, reply in
            answer(reply) { () throws(Failure) in
                TaskAPI.StatsResponse(stats: try tasks.container(request.id).stats())
            }
        }
        table.on(Methods.wait.renamed(service: service)) { request, reply in
            do throws(Failure) {
                try tasks.container(request.id).process(request.execID).wait(reply) {
                    TaskAPI.WaitResponse(exitStatus: $0.status, exitedAt: $0.at)
                }
            } catch {
                reply.fail(error.rpcError)
            }
        }
    }
}

/// Answers with what a body makes, or with its failure.
func answer<Response: WireMessage>(
    _ reply: Reply<Response>, _ body: () throws(Failure) -> Response
) {
    do throws(Failure) { reply.succeed(try body()) } catch { reply.fail(error.rpcError) }
}

func answer<Response: WireMessage, Value>(
    _ reply: Reply<Response>, _ result: Result<Value, Failure>, _ make: (Value) -> Response
) {
    switch result {
    case .success(let value): reply.succeed(make(value))
    case .failure(let failure): reply.fail(failure.rpcError)
    }
}

extension Failure {
    /// As it goes over the wire; with structure where the runtime gave any.
    var rpcError: RPCError {
        let failures = details.compactMap { detail in
            try? AnyMessage(
                Apus.Failure(
                    stage: detail.stage, subject: detail.subject, cause: detail.cause,
                    hint: detail.hint))
        }
        return RPCError(code: code, message: message, details: failures)
    }
}
