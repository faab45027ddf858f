import Foundation
import Linux
import Synchronization

/// A program at a pseudo-terminal of its own, whose keyboard and screen the test has.
final class TerminalChild: Sendable, CustomStringConvertible {
    let pid: Int32
    private let master: Int32
    private let screen = Mutex<[UInt8]>([])
    private let isOver = Mutex(false)
    /// Its exit code, or 128 + signal, once it has ended.
    private let status = Mutex<Int32?>(nil)

    init(_ program: String, _ arguments: [String], columns: UInt16 = 80, rows: UInt16 = 24) {
        let multiplexer = try! openFile("/dev/ptmx", O_RDWR | O_NOCTTY)
        let terminal = try! Terminal(multiplexer: multiplexer)
        let peer = "/dev/pts/\(terminal.number)"
        // What nobody reads fills a terminal, also after the program's end: to write waits for nobody.
        try! terminal.master.setNonBlocking()
        let master = try! terminal.master.duplicate().release()
        self.master = master
        Self.set(master, columns, rows)
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        // The first terminal that a session's leader opens becomes the session's own.
        unsafe posix_spawn_file_actions_addopen(&actions, 0, peer, O_RDWR, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, 0, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, 0, 2)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        unsafe posix_spawnattr_setflags(&attributes, Self.newSession)
        var argv = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
        defer { unsafe argv.forEach { unsafe free($0) } }
        var pid: pid_t = 0
        let code = unsafe posix_spawn(&pid, program, &actions, &attributes, &argv, environ)
        precondition(code == 0)
        self.pid = pid
        Thread { [self] in read() }.start()
    }

    deinit {
        if reap() == nil {
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
        }
        close(master)
    }

    /// What was written to the screen so far.
    var text: String { screen.withLock { String(decoding: $0, as: UTF8.self) } }

    /// The local modes, such as ECHO and ICANON, and those of input and output.
    var modes: [UInt32] {
        var modes = termios()
        _ = unsafe tcgetattr(master, &modes)
        return [modes.c_iflag, modes.c_oflag, modes.c_lflag]
    }

    var description: String {
        "\(reap().map { "ended with \($0)" } ?? "running"), its screen: \(text)"
    }

    /// Nothing where nobody reads what was typed before.
    func type(_ keys: String) {
        let bytes = Array(keys.utf8)
        var room = pollfd(fd: master, events: Int16(POLLOUT), revents: 0)
        guard reap() == nil, unsafe poll(&room, 1, 1000) == 1 else { return }
        _ = unsafe write(master, bytes, bytes.count)
    }

    /// Types it again and again until the screen shows what is wanted; false when the program has
    /// ended without it or `limit` seconds have passed.
    func type(_ keys: String, until wanted: String, limit: Double = 30) -> Bool {
        let end = Date().addingTimeInterval(limit)
        while reap() == nil, Date() < end {
            type(keys)
            if text.contains(wanted) { return true }
            usleep(5000)
        }
        return text.contains(wanted)
    }

    func resize(columns: UInt16, rows: UInt16) { Self.set(master, columns, rows) }

    func send(signal: Int32) {
        if reap() == nil { kill(pid, signal) }
    }

    /// Waits until the screen shows it; false when the program has ended without it or `limit`
    /// seconds have passed.
    func shows(_ wanted: String, limit: Double = 30) -> Bool {
        let end = Date().addingTimeInterval(limit)
        while !isOver.withLock({ $0 }), Date() < end {
            if text.contains(wanted) { return true }
            usleep(2000)
        }
        return text.contains(wanted)
    }

    /// Waits for the program's end and answers its exit code, or 128 + signal.
    func finish(limit: Double = 30) -> Int32 {
        let end = Date().addingTimeInterval(limit)
        var status = reap()
        while status == nil {
            if Date() > end { kill(pid, SIGKILL) }
            usleep(2000)
            status = reap()
        }
        let drained = Date().addingTimeInterval(2)
        while !isOver.withLock({ $0 }) && Date() < drained { usleep(1000) }
        return status!
    }

    /// nil while it runs.
    private func reap() -> Int32? {
        status.withLock { known in
            var raw: Int32 = 0
            if known == nil, unsafe waitpid(pid, &raw, WNOHANG) == pid {
                known = ExitStatus(waitStatus: raw).code
            }
            return known
        }
    }

    private func read() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe Glibc.read(master, &buffer, buffer.count)
            if count < 0, errno == EAGAIN {
                var entry = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
                _ = unsafe poll(&entry, 1, -1)
                continue
            }
            // EIO says that nobody has the other end open any more.
            guard count > 0 else { break }
            screen.withLock { $0 += buffer[..<count] }
        }
        isOver.withLock { $0 = true }
    }

    private static func set(_ master: Int32, _ columns: UInt16, _ rows: UInt16) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = unsafe ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    /// POSIX_SPAWN_SETSID, which glibc shows to GNU sources only.
    private static let newSession: Int16 = 0x80
}
