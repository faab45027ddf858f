internal import CLinux
internal import Glibc
internal import Linux

/// The first process of a container that shall have one (`--init`): it starts the program, forwards
/// signals to it, reaps whoever else ends below it, and ends as the program does.
///
/// The shim's own executable, when it is started under the name `apus-init`. A copy of it is bound
/// into the container; the original is never there, so that nothing in the container can be used to
/// write to it.
///
/// With `--pause` it is the program: it keeps the namespaces of a pod, and does nothing.
enum InitProgram {
    private static let name = "apus-init"
    private static let notFound: Int32 = 127
    private static let notExecutable: Int32 = 126

    static var isAskedFor: Bool {
        let own = ProgramArguments.all.first ?? ""
        return own == name || own.hasSuffix("/" + name)
    }

    /// A copy of this program; one for each build of it.
    static func copy(in directory: String) throws(SystemError) -> String {
        try copyProgram("/proc/self/exe", to: directory, as: name)
    }

    /// `apus-init [--] PROGRAM [ARGUMENT...]`, or `apus-init --pause`
    static func run() -> Int32 {
        var words = Array(ProgramArguments.all.dropFirst())
        if words == ["--pause"] { return pause() }
        if words.first == "--" { words.removeFirst() }
        guard !words.isEmpty else {
            complain("no program is given")
            return 2
        }
        do throws(SystemError) {
            // Where others are pid 1, orphans come here all the same.
            if getpid() != 1 { try ProcessControl.becomeSubreaper() }
            let signals = try SignalDescriptor()
            try signals.descriptor.setNonBlocking(false)
            let child = try check("fork") { apus_fork() }
            if child == 0 { _exit(become(words)) }
            Repose.unmapText()
            return wait(for: child, signals)
        } catch {
            complain("\(error)")
            return notExecutable
        }
    }

    private static func pause() -> Int32 {
        do throws(SystemError) {
            let signals = try SignalDescriptor()
            try signals.descriptor.setNonBlocking(false)
            Repose.unmapText()
            while true {
                switch signals.next() {
                // Of others in its pid namespace it is the parent that is left.
                case SIGCHLD: while Children.reap() != nil {}
                case SIGTERM, SIGINT: return 0
                default: continue
                }
            }
        } catch {
            complain("\(error)")
            return notExecutable
        }
    }

    private static func wait(for child: Int32, _ signals: borrowing SignalDescriptor) -> Int32 {
        while true {
            guard let signal = signals.next() else { continue }
            guard signal == SIGCHLD else {
                kill(child, signal)
                continue
            }
            var ended: ExitStatus?
            while let (pid, status) = Children.reap() {
                if pid == child { ended = status }
            }
            // What is left ends with the namespace whose first process this is.
            if let ended { return ended.code }
        }
    }

    /// The program, in a group of its own: at a terminal the keys are for it.
    private static func become(_ words: [String]) -> Int32 {
        setpgid(0, 0)
        if isatty(0) != 0 { tcsetpgrp(0, getpgrp()) }
        ProcessControl.resetSignals()
        let variables = environmentEntries
        var worst: SystemError?
        for path in candidates(words[0]) {
            let error = ProcessControl.execute(path, arguments: words, environment: variables)
            if worst == nil || error.code != ENOENT { worst = error }
        }
        let code = worst?.code ?? ENOENT
        complain(
            code == ENOENT
                ? "exec: \"\(words[0])\": executable file not found in $PATH"
                : "\(worst?.description ?? "")")
        return code == ENOENT ? notFound : notExecutable
    }

    private static func candidates(_ program: String) -> [String] {
        guard !program.contains("/") else { return [program] }
        return SearchPath.directories.map { "\($0)/\(program)" }
    }

    private static func complain(_ text: String) {
        let bytes = Array("\(name): \(text)\n".utf8)
        _ = unsafe write(2, bytes, bytes.count)
    }
}
