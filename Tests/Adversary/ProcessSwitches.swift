internal import CAdversary
internal import Glibc

/// `switches`: what prctl(2) says of this process, and its session.
enum ProcessSwitches {
    static func run(_ words: Words) -> Int32 {
        var death: Int32 = -1
        var reaper: Int32 = -1
        _ = unsafe adversary_ask(PR_GET_PDEATHSIG, &death)
        _ = unsafe adversary_ask(PR_GET_CHILD_SUBREAPER, &reaper)
        say("pdeathsig \(death)")
        say("subreaper \(reaper)")
        say("dumpable \(get(PR_GET_DUMPABLE))")
        say("keepcaps \(get(PR_GET_KEEPCAPS))")
        say("securebits \(get(PR_GET_SECUREBITS))")
        say("no_new_privs \(get(PR_GET_NO_NEW_PRIVS))")
        say("session \(getsid(0)) group \(getpgrp())")
        return 0
    }

    private static func get(_ what: Int32) -> Int32 { adversary_get(what) }
}
