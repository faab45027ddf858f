internal import Glibc

/// Nanoseconds of CLOCK_MONOTONIC. The library's clocks need Swift concurrency, which the shim
/// does without.
package struct MonotonicTime: Comparable, Hashable, Sendable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package static var now: MonotonicTime {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// In `duration` from now; the end of time where that is beyond it.
    package static func after(_ duration: Duration) -> MonotonicTime {
        let (sum, overflow) = now.nanoseconds.addingReportingOverflow(
            max(0, duration.wholeNanoseconds))
        return MonotonicTime(nanoseconds: overflow ? .max : sum)
    }

    /// Never below zero; rounded up, because a wait that ends a little early is followed by many
    /// that end at once.
    package var millisecondsLeft: Int32 {
        let rest = max(0, nanoseconds - Self.now.nanoseconds)
        return Int32(clamping: rest / 1_000_000 + (rest % 1_000_000 > 0 ? 1 : 0))
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}

extension Duration {
    /// In nanoseconds, at most `Int64.max`.
    package var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, beyond) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return beyond ? (seconds < 0 ? .min : .max) : sum
    }
}

extension MonotonicTime? {
    /// As poll(2) and epoll_wait(2) take it: -1, for ever, where there is no end.
    package var millisecondsLeft: Int32 { self?.millisecondsLeft ?? -1 }
}
