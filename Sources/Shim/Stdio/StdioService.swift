internal import RPC
internal import Wire

/// Serves apus.shim.v1.Stdio and apus.shim.v1.Inspect.
struct StdioService {
    /// Bytes in one Write.
    private static let longestWrite = 1 << 20

    let tasks: Tasks

    func register(in table: inout ServiceTable) {
        table.on(ShimAPI.StdioService.attach) { request, sink in
            do throws(Failure) {
                try tasks.container(request.id).process(request.execID).streams.attach(sink)
            } catch {
                sink.fail(error.rpcError)
            }
        }
        table.on(ShimAPI.StdioService.write) { request, reply in
            do throws(Failure) {
                guard request.data.count <= Self.longestWrite else {
                    throw .invalid("a write of \(request.data.count) bytes")
                }
                let process = try tasks.container(request.id).process(request.execID)
                process.streams.write(request.data) { result in
                    switch result {
                    case .success(let given): reply.succeed(ShimAPI.WriteResponse(given: given))
                    case .failure(let failure): reply.fail(failure.rpcError)
                    }
                }
            } catch {
                reply.fail(error.rpcError)
            }
        }
        table.on(ShimAPI.StdioService.reopenLog) { request, reply in
            answer(reply) { () throws(Failure) in
                try tasks.container(request.id).process(request.execID).streams.reopenLog()
                return Empty()
            }
        }
        table.on(ShimAPI.InspectService.timeline) { request, reply in
            answer(reply) { () throws(Failure) in
                ShimAPI.TimelineResponse(phases: try tasks.container(request.id).phases)
            }
        }
    }
}
