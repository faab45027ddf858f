internal import CLinux
internal import Glibc
internal import Wire

/// The two clocks that are needed.
enum Clock {
    /// The time of day.
    static var now: Timestamp {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec), nanos: Int32(time.tv_nsec))
    }

    /// CLOCK_MONOTONIC in nanoseconds, which all programs of a machine share.
    static var monotonicNS: UInt64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
