internal import CAdversary
internal import Glibc

/// `measure PROGRAM…`: runs a program to its end and says how much memory it has had at most.
enum Measure {
    static func run(_ words: Words) -> Int32 {
        let command = Array(words)
        guard !command.isEmpty else { return 2 }
        var argv = unsafe command.map { unsafe strdup($0) } + [nil]
        var pid: pid_t = 0
        guard unsafe posix_spawnp(&pid, command[0], nil, nil, &argv, environ) == 0 else { return 3 }
        var status: Int32 = 0
        _ = unsafe waitpid(pid, &status, 0)
        var usage = rusage()
        _ = unsafe adversary_usage_of_children(&usage)
        say("peak \(usage.ru_maxrss) KiB")
        let signal = status & 0x7f
        if signal != 0 { say("ended by signal \(signal)") }
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }
}
