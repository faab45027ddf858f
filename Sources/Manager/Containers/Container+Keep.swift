internal import AsyncRPC
internal import Glibc
internal import Linux
internal import RPC
internal import Wire

/// Something that the shim has open for a process, held a second time: it outlives the shim so, and
/// another shim gets it.
final class Keepsake: Sendable {
    let execID: String
    let name: String
    let descriptor: OwnedDescriptor
    private let device: UInt64
    private let inode: UInt64

    static let stdin = "stdin"

    /// nil where the number means something else by now.
    init?(_ holding: ShimAPI.Holding, from shim: borrowing Pidfd) {
        guard
            let copy = shim.take(
                holding.descriptor, device: holding.device, inode: holding.inode)
        else { return nil }
        execID = holding.execID
        name = holding.name
        device = holding.device
        inode = holding.inode
        descriptor = copy
    }

    /// As a number of the manager's own.
    var holding: ShimAPI.Holding {
        ShimAPI.Holding(
            execID: execID, name: name, descriptor: descriptor.raw, device: device, inode: inode)
    }
}

extension Container {
    /// Keeps what the shim has open for a process: before that starts, for a shim that was killed
    /// meanwhile would leave only what /proc shows of the process, and an input without a writer has
    /// ended.
    func keep(exec execID: String = "") async {
        guard let shim, shim.isOurs else { return }
        let answer: ShimAPI.HoldingsResponse
        do throws(Failure) {
            answer = try await shim.call(
                ShimAPI.LifeService.holdings, .init(id: id, execID: execID),
                "keep what is open of container", id, limit: Deadlines.state)
        } catch {
            return context.log.debug("\(label): \(error)")
        }
        guard self.shim === shim, let process = try? Pidfd(pid: answer.shimPid) else { return }
        keepsakes.removeAll { $0.execID == execID }
        guard execID.isEmpty || execs[execID]?.record.state == .running else { return }
        for holding in answer.holdings {
            // An input that was closed would stay open for as long as its pipe is kept.
            guard holding.name != Keepsake.stdin || !closedInputs.contains(execID),
                let keepsake = Keepsake(holding, from: process)
            else { continue }
            keepsakes.append(keepsake)
        }
    }

    /// A shim that runs another program than those that are started now, because that was replaced
    /// meanwhile, goes on as the new one. It is tried once; a shim that is busy stays as it is.
    func renewShim() async {
        guard let shim, shim.isOurs, !hasRenewedShim else { return }
        hasRenewedShim = true
        let answer = try? await shim.call(
            TaskAPI.TaskService.connect, .init(id: id), "connect to shim", id,
            limit: Deadlines.state)
        guard let pid = answer?.shimPid,
            let now = try? FileStatus(path: "/proc/\(pid)/exe"),
            let wanted = try? FileStatus(path: context.shim.path),
            wanted.inode != now.inode
                || wanted.device != now.device
        else { return }
        do throws(Failure) {
            _ = try await shim.call(
                ShimAPI.LifeService.upgrade, .init(program: context.shim.path), "renew shim", id,
                limit: Deadlines.start)
        } catch {
            // There is no other answer of one that goes on as another program.
            guard error.code != .unavailable else {
                return context.log.info("\(label): its shim goes on as \(context.shim.path)")
            }
            context.log.info("\(label): its shim stays an older one: \(error)")
        }
    }

    func forgetKeepsakes(ofExec execID: String) {
        keepsakes.removeAll { $0.execID == execID }
        closedInputs.remove(execID)
        inputLines[execID] = nil
    }

    func forgetKeepsakes() {
        keepsakes = []
        closedInputs = []
        inputLines = [:]
    }

    /// Before the shim closes its end.
    func forgetInput(ofExec execID: String) {
        closedInputs.insert(execID)
        keepsakes.removeAll { $0.execID == execID && $0.name == Keepsake.stdin }
    }

    /// Makes another shim for a program whose shim is dead; nil where that cannot be done.
    func replaceShim() async -> (shim: ShimConnection, state: TaskAPI.StateResponse)? {
        guard record.state.isAlive, context.shim.isOurs else { return nil }
        do {
            let address = try await context.shim.start(
                id, bundle: bundle.directory, options: try runtimeOptions())
            let shim = try await ShimConnection.open(address, id: id)
            do throws(Failure) {
                return (shim, try await handOver(to: shim))
            } catch {
                await shim.shutdown(id)
                throw error
            }
        } catch {
            context.log.error("\(label): no other shim can take it up: \(error)")
            return nil
        }
    }

    /// Gives a shim that has no task yet the one that is there.
    func handOver(to shim: ShimConnection) async throws(Failure) -> TaskAPI.StateResponse {
        let answer = try await shim.call(
            ShimAPI.LifeService.adopt,
            ShimAPI.AdoptRequest(
                id: id, bundle: bundle.directory, holderPid: getpid(),
                holdings: keepsakes.map(\.holding)), "take up container", id,
            limit: Deadlines.start)
        context.log.warning(
            "\(label): another shim has taken up process \(answer.pid) and "
                + "\(answer.execs.count) execs")
        return try await shim.state(id)
    }
}
