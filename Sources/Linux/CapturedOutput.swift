internal import CLinux
internal import Glibc

/// What a program of the host wrote to standard output.
public struct CapturedOutput: Sendable {
    public let bytes: [UInt8]
    public let status: ExitStatus

    /// Runs a program, found by PATH, to its end. Standard error is ours; EFBIG beyond the limit.
    public init(of program: String, _ arguments: [String], limit: Int) throws(SystemError) {
        let (reader, writer) = try Pipe().release()
        let pid = try spawn([program] + arguments, output: OwnedDescriptor(owning: writer))
        let output = Result { () throws(SystemError) in
            try drain(OwnedDescriptor(owning: reader), limit: limit, of: program)
        }
        var ended: Int32 = 0
        try check("wait for \(program)") { unsafe waitpid(pid, &ended, 0) }
        status = ExitStatus(waitStatus: ended)
        bytes = try output.get()
    }
}

/// Closes the pipe before anybody waits: a program that writes beyond the limit must not hang.
private func drain(
    _ pipe: consuming OwnedDescriptor, limit: Int, of program: String
) throws(SystemError) -> [UInt8] {
    try readAll(pipe, limit: limit, of: program)
}

/// Our end of the pipe closes with the call, so that the reader sees the program's end.
private func spawn(
    _ words: [String], output: consuming OwnedDescriptor
) throws(SystemError) -> Int32 {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, output.raw, 1)
    var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
    defer { unsafe arguments.forEach { unsafe free($0) } }
    var pid: pid_t = 0
    let code = unsafe posix_spawnp(&pid, words[0], &actions, nil, &arguments, apus_environ())
    guard code == 0 else { throw SystemError("execute \(words[0])", code) }
    return pid
}
