internal import Glibc
internal import Linux

/// Carries bytes between our standard streams and the master of a container's terminal.
///
/// What cannot be delivered yet is kept, one buffer a direction; while it is, nothing more is read.
struct TerminalRelay: ~Copyable {
    private let master: OwnedDescriptor
    private let mode: TerminalMode?
    private var isInputOpen = true
    private var isOutputOpen = true
    private var toContainer: ArraySlice<UInt8> = []
    private var buffer = [UInt8](repeating: 0, count: 32768)

    private init(_ master: consuming OwnedDescriptor, _ mode: TerminalMode?) {
        self.master = master
        self.mode = mode
    }

    /// Our own terminal, where we have one, becomes raw until the relay goes.
    static func begin(_ master: consuming OwnedDescriptor) throws(SystemError) -> TerminalRelay {
        try master.setNonBlocking()
        let mode = TerminalMode(of: 0)
        try mode?.makeRaw(0)
        let relay = TerminalRelay(master, mode)
        relay.resize()
        return relay
    }

    deinit { mode?.restore(0) }

    /// Gives the container's terminal the size of ours.
    func resize() {
        guard let size = Terminal.size(of: 0) ?? Terminal.size(of: 1) else { return }
        try? Terminal.resize(master, rows: size.rows, columns: size.columns)
    }

    func watch(in set: inout PollSet) {
        if isInputOpen && toContainer.isEmpty { set.add(0, .readable) }
        var interest: Interest = []
        if isOutputOpen { interest.insert(.readable) }
        if !toContainer.isEmpty { interest.insert(.writable) }
        if !interest.isEmpty { set.add(master.raw, interest) }
    }

    mutating func relay(_ set: PollSet) throws(SystemError) {
        if !set.readiness(of: 0).isEmpty { takeInput() }
        if !set.readiness(of: master.raw).isEmpty {
            deliverInput()
            takeOutput()
        }
    }

    /// What the terminal still holds when its last process has gone.
    mutating func finish() throws(SystemError) {
        while isOutputOpen {
            var set = PollSet()
            set.add(master.raw, .readable)
            try set.wait(milliseconds: 0)
            // Somebody else may keep the terminal open; only what is there now counts.
            guard !set.readiness(of: master.raw).isEmpty else { return }
            takeOutput()
        }
    }

    private mutating func takeInput() {
        let count = read(0)
        if count > 0 {
            toContainer = buffer[..<count]
            deliverInput()
        } else if !isTemporary(count) {
            isInputOpen = false
        }
    }

    private mutating func deliverInput() {
        while !toContainer.isEmpty {
            guard let count = try? master.write(toContainer), count > 0 else { return }
            toContainer = toContainer.dropFirst(count)
        }
    }

    /// EIO is the end of a terminal that nobody holds open (pty(7)).
    private mutating func takeOutput() {
        let count = read(master.raw)
        if count > 0 {
            writeToStandardStream(buffer[..<count])
        } else if !isTemporary(count) {
            isOutputOpen = false
        }
    }

    private mutating func read(_ descriptor: Int32) -> Int {
        unsafe buffer.withUnsafeMutableBytes {
            unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
        }
    }

    private func isTemporary(_ count: Int) -> Bool {
        count < 0 && (errno == EAGAIN || errno == EINTR)
    }

    /// A reader that has gone must not end the container: its output falls to the ground.
    private func writeToStandardStream(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe write(1, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count < 0 && errno == EAGAIN {
                var set = PollSet()
                set.add(1, .writable)
                _ = try? set.wait()
            } else if errno != EINTR {
                return
            }
        }
    }
}
