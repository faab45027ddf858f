internal import CLinux
internal import Glibc
internal import RPC
internal import Wire

/// Serves apus.shim.v1.Life: what makes containers outlive their shim.
struct LifeService {
    let tasks: Tasks
    let upgrade: Upgrade
    let context: ShimContext

    func register(in table: inout ServiceTable) {
        table.on(ShimAPI.LifeService.holdings) { request, reply in
            answer(reply) { () throws(Failure) in
                let process = try tasks.container(request.id).process(request.execID)
                return ShimAPI.HoldingsResponse(shimPid: getpid(), holdings: process.holdings)
            }
        }
        table.on(ShimAPI.LifeService.adopt) { request, reply in
            tasks.adopt(request) { answer(reply, $0) { $0 } }
        }
        table.on(ShimAPI.LifeService.upgrade) { request, reply in
            answer(reply) { () throws(Failure) in
                try upgrade.run(request.program, tasks, context)
                return Empty()
            }
        }
    }
}
