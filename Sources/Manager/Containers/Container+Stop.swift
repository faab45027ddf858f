internal import RPC
internal import Wire

extension Container {
    /// Sends the stop signal, then SIGKILL when the time is up; returns once the program has ended.
    func stop(timeout: Duration) async throws {
        try require(.stop)
        guard record.state.isAlive else { return }
        let run = run
        let signal = SignalName.number(of: record.stopSignal) ?? SignalName.terminate
        try await signalForEnd(signal)
        if try await run.exited.value(within: timeout) == nil {
            try await signalForEnd(SignalName.kill)
            _ = try await run.exited.value()
        }
        if record.state != .removed { tell(.stop) }
        if record.spec.autoRemove { _ = try? await run.finished.value() }
    }

    /// A signal that shall end the program: one that is frozen could not obey.
    private func signalForEnd(_ signal: UInt32) async throws {
        try await inTurn {
            guard record.state.isAlive else { return }
            try await deliver(signal, all: false)
            if record.state == .paused { try await resumeInTurn() }
        }
    }

    func kill(signal text: String, exec: String, all: Bool) async throws {
        let signal: UInt32
        if text.isEmpty {
            signal = SignalName.kill
        } else if let number = SignalName.number(of: text) {
            signal = number
        } else {
            throw Failure(
                .invalidArgument, "kill container", record.name,
                "there is no signal \"\(text)\"", hint: "give a number, or a name such as TERM")
        }
        guard exec.isEmpty else { return try await killExec(exec, signal) }
        try require(.kill)
        if signal == SignalName.kill {
            try await signalForEnd(signal)
        } else {
            try await deliver(signal, all: all)
        }
    }

    private func deliver(_ signal: UInt32, all: Bool) async throws {
        let shim = try livingShim(for: .kill)
        do throws(Failure) {
            try await shim.kill(id, signal: signal, all: all)
        } catch {
            // It has ended meanwhile; whoever wanted that has it.
            guard error.code != .notFound else { return }
            throw error
        }
        tell(.kill, ["signal": String(signal)])
    }

    func pause() async throws {
        try await inTurn {
            let shim = try livingShim(for: .pause)
            try await shim.pause(id)
            guard record.state == .running else { return }
            try move(to: .paused, events: [EventDraft(.pause, of: record)])
        }
    }

    func resume() async throws {
        try await inTurn { try await resumeInTurn() }
    }

    private func resumeInTurn() async throws {
        let shim = try livingShim(for: .resume)
        try await shim.resume(id)
        guard record.state == .paused else { return }
        try move(to: .running, events: [EventDraft(.unpause, of: record)])
    }

    /// The end of the program, or of an exec.
    func wait(exec: String) async throws -> ProcessExit {
        let waitsForRemoval = record.spec.autoRemove && exec.isEmpty
        let run = try self.run(of: exec)
        return try await waitsForRemoval ? run.finished.value() : run.exited.value()
    }

    func run(of exec: String) throws(Failure) -> Run {
        exec.isEmpty ? run : try self.exec(exec).run
    }
}
