internal import CLinux
internal import Glibc
internal import Linux
internal import Wire

/// `start`: makes the shim of the bundle in the working directory and answers its address.
///
/// The socket listens before the answer, so the manager's first call cannot come too early.
struct Start {
    private var invocation: Invocation
    private let begin: UInt64

    init(_ invocation: Invocation, begin: UInt64) {
        self.invocation = invocation
        self.begin = begin
    }

    mutating func run() throws(Failure) {
        let bootstrap = Bootstrap.read(invocation)
        if bootstrap.isDebug { invocation.debug = true }
        let bundle = BundleFiles(path: try workingDirectory())
        let group = (try? BundleConfig.read(bundle.config))?.group ?? invocation.id
        let address: SocketAddress
        do throws(InvocationError) {
            address = try SocketAddress(
                invocation, group: group,
                directory: bootstrap.socketDirectory.isEmpty
                    ? environment("APUS_SOCKET_DIR") : bootstrap.socketDirectory)
        } catch {
            throw .invalid("\(error)")
        }
        do throws(SystemError) {
            guard let listener = try listen(address.path) else {
                // Another shim serves this group already.
                try replaceFile(bundle.address, with: Array(address.uri.utf8))
                return try answer(address.uri, bootstrap)
            }
            try replaceFile(bundle.address, with: Array(address.uri.utf8))
            do throws(SystemError) {
                try fork(listener, address.path, bundle.path, bootstrap.options)
            } catch {
                unsafe unlink(address.path)
                throw error
            }
            try answer(address.uri, bootstrap)
        } catch {
            throw .system(error)
        }
    }

    private func answer(_ uri: String, _ bootstrap: Bootstrap) throws(SystemError) {
        let bytes = (try? bootstrap.answer(uri)) ?? Array(uri.utf8)
        try StandardStreams.writeOutput(bytes)
    }

    /// nil where a living shim listens there. A socket that nobody serves is replaced.
    private func listen(_ path: String) throws(SystemError) -> OwnedDescriptor? {
        try makeDirectories(String(path[..<path.lastIndex(of: "/")!]), mode: 0o700)
        for _ in 0..<3 {
            do throws(SystemError) { return try UnixSocket.listen(path, mode: 0o600) } catch {
                guard error.code == EADDRINUSE else { throw error }
            }
            do throws(SystemError) {
                _ = try UnixSocket.connect(path)
                return nil
            } catch {
                guard error.code == ECONNREFUSED || error.code == ENOENT else { throw error }
                unsafe unlink(path)
            }
        }
        throw SystemError("listen on \(path)", EADDRINUSE)
    }

    /// Once: we end when we have answered, and then the shim is nobody's child. It lets go of our
    /// streams before that, or the manager would wait for their end.
    private func fork(
        _ listener: consuming OwnedDescriptor, _ path: String, _ bundle: String,
        _ options: RuncAPI.Options
    ) throws(SystemError) {
        let (reader, writer) = try Pipe().release()
        let ready = OwnedDescriptor(owning: reader)
        var told: OwnedDescriptor? = OwnedDescriptor(owning: writer)
        let child = try check("fork") { apus_fork() }
        if child == 0 {
            setsid()
            try? StandardStreams.leave()
            Daemon.forgetAction()
            Daemon.adjust(options)
            _ = try? told?.writeAll([1])
            told = nil
            let serve = Serve(invocation, begin: begin, options: options)
            _exit(serve.run(listener, socket: path, bundle: bundle) ? 0 : 1)
        }
        told = nil
        var byte: [UInt8] = [0]
        guard try ready.read(into: &byte) == 1 else { throw SystemError("start the shim", ECHILD) }
    }
}

/// What makes a process a daemon of ours.
enum Daemon {
    /// In lists of processes the shim shall not look like a `start` that hangs.
    static func forgetAction() { ProgramArguments.forget("start") }

    /// The manager should die of memory first, then we; and we count where the options say.
    static func adjust(_ options: RuncAPI.Options) {
        let file = "/proc/self/oom_score_adj"
        if let text = CgroupLocation.text(file), let score = Int(text.trimmed), score < 1000 {
            _ = try? openFile(file, O_WRONLY).writeAll(Array(String(score + 1).utf8))
        }
        if !options.shimCgroup.isEmpty { CgroupHierarchies().join(options.shimCgroup) }
    }
}
