internal import CAdversary
internal import Glibc

/// `swap ONE OTHER`: exchanges two names as fast as the kernel can, until it is killed. Says
/// "swapping" once the first exchange has worked.
enum Swap {
    static func run(_ words: Words) -> Int32 {
        guard words.count == 2, let one = words.first, let other = words.last else { return 2 }
        guard unsafe adversary_exchange(one, other) == 0 else {
            say("cannot exchange \(one) and \(other): errno \(errno)")
            return 1
        }
        say("swapping")
        // On one processor the victim has to come in between, too.
        while true {
            _ = unsafe adversary_exchange(one, other)
            sched_yield()
        }
    }
}
