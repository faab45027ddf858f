/// Signals by name and number (signal(7), Linux on x86-64 and arm64).
enum SignalName {
    static let terminate: UInt32 = 15
    static let kill: UInt32 = 9
    /// SIGRTMIN and SIGRTMAX as glibc counts them.
    private static let realTime: ClosedRange<UInt32> = 34...64

    /// From 9, KILL or SIGKILL, RTMIN+3 or SIGRTMAX-1; nil where there is no such signal.
    static func number(of text: String) -> UInt32? {
        if let number = UInt32(text) {
            return (1...realTime.upperBound).contains(number) ? number : nil
        }
        var name = text.uppercased()
        if name.hasPrefix("SIG") { name.removeFirst(3) }
        if let index = names.firstIndex(of: name) { return UInt32(index + 1) }
        return aliases[name] ?? realTimeNumber(name)
    }

    private static func realTimeNumber(_ name: String) -> UInt32? {
        if name == "RTMIN" { return realTime.lowerBound }
        if name == "RTMAX" { return realTime.upperBound }
        if name.hasPrefix("RTMIN+"), let offset = UInt32(name.dropFirst(6)) {
            return offset <= 30 ? realTime.lowerBound + offset : nil
        }
        if name.hasPrefix("RTMAX-"), let offset = UInt32(name.dropFirst(6)) {
            return offset <= 30 ? realTime.upperBound - offset : nil
        }
        return nil
    }

    private static let aliases: [String: UInt32] = ["IOT": 6, "CLD": 17, "POLL": 29]

    private static let names = [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
        "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
        "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ]
}
