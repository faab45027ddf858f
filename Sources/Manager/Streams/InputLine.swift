internal import RPC
internal import Wire

/// The way to a process's stdin: one write after the other, so that it is known what a shim that
/// died had not written.
struct InputLine {
    let turnstile = Turnstile()
    /// How many bytes the process has; nil where that has to be asked.
    var given: UInt64?
}

extension Container {
    static let mostInput = 1 << 20

    func writeStdin(exec reference: String, _ bytes: [UInt8]) async throws {
        guard bytes.count <= Self.mostInput else {
            throw Failure(
                .invalidArgument, "write to container", record.name,
                "\(bytes.count) bytes at once; \(Self.mostInput) are the most")
        }
        try require(.kill)
        let execID = try reference.isEmpty ? "" : exec(reference).record.id
        guard !execID.isEmpty || record.spec.stdinOpen else {
            throw Failure(
                .failedPrecondition, "write to container", record.name,
                "it was created without an open stdin", hint: "create it with -i")
        }
        if let foreign = foreignStreams(of: execID) { return try await foreign.write(bytes) }
        let line = inputLines[execID] ?? InputLine()
        inputLines[execID] = line
        let turnstile = line.turnstile
        await turnstile.enter()
        defer { turnstile.leave() }
        try await write(bytes, exec: execID)
    }

    /// What a shim that is killed has not written, the one in its place does.
    private func write(_ bytes: [UInt8], exec execID: String) async throws {
        var begin: UInt64?
        while true {
            do throws(Failure) {
                let given = try await given(execID)
                let start = begin ?? given
                begin = start
                try await give(bytes.dropFirst(Int(clamping: given - min(start, given))), execID)
                return
            } catch {
                guard error.code == .unavailable, try await isTakenUp(exec: execID) else {
                    throw error
                }
            }
        }
    }

    private func given(_ execID: String) async throws(Failure) -> UInt64 {
        if let known = inputLines[execID]?.given { return known }
        return try await give([], execID)
    }

    @discardableResult
    private func give(
        _ bytes: ArraySlice<UInt8>, _ execID: String
    ) async throws(Failure) -> UInt64 {
        let shim = try livingShim(for: .kill)
        inputLines[execID]?.given = nil
        let given = try await shim.call(
            ShimAPI.StdioService.write,
            ShimAPI.WriteRequest(id: id, execID: execID, data: Array(bytes)), "write to container",
            record.name, limit: nil
        ).given
        inputLines[execID]?.given = given
        return given
    }
}
