internal import CLinux
internal import Linux
internal import RPC
internal import Wire

/// What outlives a shim because somebody else keeps it too: names for it, and the way it comes back.
enum HoldingName {
    static let stdin = "stdin"
    static let stdout = "stdout"
    static let stderr = "stderr"
    static let terminal = "terminal"
    static let process = "process"
}

extension TaskProcess {
    /// What the shim has open for it now.
    var holdings: [ShimAPI.Holding] {
        let open = [(HoldingName.process, descriptor)] + streams.openEnds
        return open.compactMap { name, raw in
            guard raw >= 0, let status = try? FileStatus(raw: raw) else { return nil }
            return ShimAPI.Holding(
                execID: execID, name: name, descriptor: raw, device: status.device,
                inode: status.inode)
        }
    }
}

/// The holdings of an Adopt, taken from whoever keeps them.
final class TakenHoldings {
    private var streams: [String: StreamEnds] = [:]
    private var pidfds: [String: Int32] = [:]

    /// Those that the keeper has not any more are left out.
    init(_ request: ShimAPI.AdoptRequest) throws(SystemError) {
        guard request.holderPid > 0, !request.holdings.isEmpty else { return }
        let holder = try Pidfd(pid: request.holderPid)
        for holding in request.holdings {
            guard
                let end = holder.take(
                    holding.descriptor, device: holding.device, inode: holding.inode)
            else { continue }
            put(end, holding)
        }
    }

    deinit { for raw in pidfds.values { _ = OwnedDescriptor(owning: raw) } }

    func ends(of execID: String) -> StreamEnds { streams[execID] ?? StreamEnds() }

    /// The receiver owns it.
    func takePidfd(of execID: String) -> Int32? { pidfds.removeValue(forKey: execID) }

    private func put(_ end: consuming OwnedDescriptor, _ holding: ShimAPI.Holding) {
        let ends = streams[holding.execID] ?? StreamEnds()
        streams[holding.execID] = ends
        switch holding.name {
        case HoldingName.stdin: ends.stdin = consume end
        case HoldingName.stdout: ends.stdout = consume end
        case HoldingName.stderr: ends.stderr = consume end
        case HoldingName.terminal: ends.terminal = consume end
        case HoldingName.process: pidfds[holding.execID] = end.release()
        default: return
        }
    }
}
