internal import CLinux
internal import Glibc
internal import Linux
internal import RPC
internal import Wire

/// After the process's end, how long what it wrote may take to come to an end by itself. Strangers
/// who inherited a pipe can hold it open for ever.
private let drainTime = Duration.seconds(2)

extension ProcessStreams {
    /// The runtime has made the process: it has its ends, and a terminal's master is here.
    func processStarted() throws(Failure) {
        child.close()
        do throws(SystemError) {
            if plan.isTerminal { try receiveTerminal() }
            if let end = inputEnd.take() { try input?.connect(end) }
        } catch {
            throw .system(error)
        }
        hasStarted = true
        if program == nil { resumePumps() }
        // Without any output there is nothing to wait for.
        settle()
    }

    private func receiveTerminal() throws(SystemError) {
        guard let master = try console?.receive() else {
            throw SystemError("receive the terminal of \(name) from the runtime", ENODATA)
        }
        console = nil
        try takeTerminal(master)
    }

    func takeTerminal(_ master: consuming OwnedDescriptor) throws(SystemError) {
        try input?.connect(try master.duplicate())
        try addPump(try master.duplicate(), .stdout)
        if let size = windowSize {
            try Terminal.resize(master, rows: size.rows, columns: size.columns)
        }
        terminal = consume master
    }

    /// The process has ended; so has its input, and its output will.
    func processEnded() {
        input?.close()
        for pump in pumps { pump.processEnded() }
        guard !isClosed, drain == nil, program == nil else { return settle() }
        waitForRest()
    }

    /// What the process itself has written is in its pipes: on a busy machine we may not have come to
    /// it when the time is over.
    private func waitForRest() {
        drain = context.loop.after(drainTime) { [own = Weak(self)] in own.object?.takeTheRest() }
    }

    private func takeTheRest() {
        drain = nil
        guard !isHeldUp else { return waitForRest() }
        for pump in pumps { pump.readWhatIsThere() }
        announceEnd()
    }

    /// True while a living reader is so far behind that the process waits for it.
    private var isHeldUp: Bool { targets.values.contains { $0.isFull } }

    /// Calls `body` when everything is delivered, but at the latest after `limit`.
    func whenSettled(within limit: Duration, _ body: @escaping () -> Void) {
        guard !isSettled else { return body() }
        var waits = true
        let timer = context.loop.after(limit) {
            if waits { body() }
            waits = false
        }
        onSettled.append { [loop = context.loop] in
            loop.cancel(timer)
            if waits { body() }
            waits = false
        }
    }

    /// Lets everything go; what was not read is lost.
    func close() {
        drain.map(context.loop.cancel)
        drain = nil
        for pump in pumps { pump.close() }
        pumps = []
        announceEnd()
        for target in targets.values { target.close() }
        targets = [:]
        log = nil
        hold = nil
        input?.close()
        input = nil
        inputEnd = nil
        console = nil
        terminal = nil
        child.close()
        program?.stop()
        program = nil
    }

    /// Output that strangers still write goes nowhere from now on, but they are not halted.
    func discardRest() {
        for target in targets.values { target.close() }
        targets = [:]
        log = nil
        announceEnd()
        // One that was waited for is no more.
        resumePumps()
    }

    /// The log's file was renamed by somebody who keeps the old ones himself.
    func reopenLog() throws(Failure) {
        guard let log else { throw .precondition("\(name) has no log file") }
        do throws(SystemError) { try log.reopen() } catch { throw .system(error) }
    }

    /// The shim's ends, for whoever keeps them.
    var openEnds: [(name: String, descriptor: Int32)] {
        var ends = pumpEnds
        if let raw = terminal?.raw {
            ends = [(HoldingName.terminal, raw)]
        } else if let raw = inputEnd?.raw ?? input?.descriptor {
            ends.append((HoldingName.stdin, raw))
        }
        return ends
    }

    private var pumpEnds: [(name: String, descriptor: Int32)] {
        // A logging program reads the pipes itself.
        guard program == nil else { return [] }
        return pumps.map {
            ($0.stream == .stderr ? HoldingName.stderr : HoldingName.stdout, $0.descriptor)
        }
    }

    /// True where nothing is in the shim's memory alone.
    var isQuiet: Bool {
        !targets.values.contains { $0.holdsOutput } && !attachers.contains { $0.holdsOutput }
            && input?.isBusy != true && onSettled.isEmpty
    }

    /// True while somebody still holds the other end of a pipe.
    var isHeldOpen: Bool { pumps.contains { !$0.isEnded } }

    // MARK: Output

    func deliver(_ stream: OutputStream, _ bytes: ArraySlice<UInt8>) {
        let target = targets[stream]
        if let carry, let log {
            if !plan.isTerminal { carry.begin(stream, bytes, at: log.position) }
            log.take(stream, bytes)
            carry.keep(log.begunLines)
            if plan.isTerminal { carry.end() }
        } else if !isClosed || target?.outlivesProcess == true {
            target?.take(stream, bytes)
        }
        for attacher in attachers { attacher.take(stream, bytes) }
        if let target { pausePumps(for: target) }
    }

    /// Moves output where nobody else wants to see it.
    func move(_ stream: OutputStream, from pipe: Int32) -> Int? {
        guard attachers.isEmpty, !isClosed, let target = targets[stream],
            let count = target.move(from: pipe)
        else { return nil }
        pausePumps(for: target)
        return count
    }

    private func pausePumps(for target: any OutputSink) {
        guard target.isFull else { return }
        for pump in pumps { pump.pause() }
    }

    /// Where much comes larger pipes save many wake-ups. What they hold counts as the container's
    /// memory, so that one with little of it keeps what it has.
    func widen(_ stream: OutputStream, _ pipe: Int32) {
        guard let target = targets[stream], cgroup?.affordsLargePipes != false else { return }
        PipeSize.widen(pipe)
        target.widen()
    }

    func resumePumps() {
        guard hasStarted, !isHeldUp else { return }
        for pump in pumps { pump.resume() }
    }

    /// Looks whether something has come to its end.
    func settle() {
        guard hasStarted else { return }
        if pumps.allSatisfy({ $0.isEnded }) || program != nil { announceEnd() }
        guard isSettled else { return }
        let bodies = onSettled
        onSettled = []
        for body in bodies { body() }
    }

    private var isSettled: Bool { isClosed && targets.values.allSatisfy { $0.isFlushed } }

    private func announceEnd() {
        guard !isClosed else { return }
        isClosed = true
        drain.map(context.loop.cancel)
        drain = nil
        for target in targets.values { target.end() }
        let leaving = attachers
        attachers = []
        for attacher in leaving { attacher.end() }
        let bodies = isSettled ? onSettled : []
        if !bodies.isEmpty { onSettled = [] }
        for body in bodies { body() }
    }

    // MARK: Calls

    func attach(_ sink: StreamSink<ShimAPI.Output>) throws(Failure) {
        if case .program = plan.stdout {
            throw .precondition("output of \(name) goes to a logging program")
        }
        guard plan.isTerminal || plan.stdout != .null || plan.stderr != .null else {
            throw .precondition("output of \(name) goes to /dev/null")
        }
        let records = hold?.records ?? AttachRecords(directory: directory)
        if hold != nil {
            hold = nil
            targets = [:]
        }
        let attacher = Attacher(sink, records: records, context: context) {
            [own = Weak(self)] gone in
            own.object?.attachers.removeAll { $0 === gone }
        }
        if isClosed { attacher.end() } else { attachers.append(attacher) }
    }

    /// Answers how many bytes the process was given so far, with these.
    func write(_ bytes: [UInt8], done: @escaping (Result<UInt64, Failure>) -> Void) {
        guard let input, plan.stdin == .attach else {
            return done(
                .failure(.precondition("standard input of \(name) is not open for writing")))
        }
        do throws(SystemError) {
            let tally: InputTally
            if let open = input.tally { tally = open } else { tally = try openTally() }
            input.tally = tally
            input.write(bytes) { failure in
                done(failure.map { .failure($0) } ?? .success(tally.given))
            }
        } catch {
            done(.failure(.system(error)))
        }
    }

    private func openTally() throws(SystemError) -> InputTally {
        try InputTally(
            BundleFiles(path: directory).given(name), isNew: !isAdopted
        ) { [name, context] error in
            context.log.warning(
                "the input of \(name) may not go on rightly should this shim die: \(error)")
        }
    }

    func closeInput() { input?.end() }

    /// Remembered where the terminal is not there yet; nothing without one.
    func resize(columns: UInt16, rows: UInt16) throws(Failure) {
        guard plan.isTerminal else { return }
        windowSize = (columns, rows)
        guard terminal != nil else { return }
        do throws(SystemError) {
            try Terminal.resize(terminal!, rows: rows, columns: columns)
        } catch {
            throw .system(error)
        }
    }
}

// MARK: What the runtime gets

extension ProcessStreams {
    /// What the runtime hands to the process. With a terminal its own output is only the runtime's.
    var childStreams: RuntimeCall.Streams {
        plan.isTerminal ? .collected : .given(child.raw.0, child.raw.1, child.raw.2)
    }

    /// Why the runtime failed. What it wrote may have gone where the process's errors were to go.
    func explain(_ result: RuntimeResult) -> Failure {
        guard result.outcome?.problem == nil, result.loggedError == nil, result.output.isEmpty
        else { return result.failure }
        var result = result
        child.close()
        result.output = pumps.last?.readAvailable() ?? ""
        return result.failure
    }
}
