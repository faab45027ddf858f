/// Signals by the names of signal(7).
enum Signal {
    /// From `9`, `KILL`, `SIGKILL`, `rtmin+3`; 0 asks whether there is a process.
    static func number(_ text: String) throws(Failure) -> Int32 {
        if let number = Int32(text), (0...64).contains(number), text.first != "+" { return number }
        var name = text.uppercased()[...]
        if name.hasPrefix("SIG") { name = name.dropFirst(3) }
        if let number = names[String(name)] ?? realtime(name) { return number }
        throw Failure("", "unknown signal \"\(text)\"", hint: "a name such as TERM, or 0 to 64")
    }

    /// glibc keeps 32 and 33 for itself, so that RTMIN is 34.
    private static func realtime(_ name: Substring) -> Int32? {
        if name == "RTMIN" { return 34 }
        if name == "RTMAX" { return 64 }
        if name.hasPrefix("RTMIN+"), let offset = Int32(name.dropFirst(6)),
            (0...30).contains(offset)
        {
            return 34 + offset
        }
        if name.hasPrefix("RTMAX-"), let offset = Int32(name.dropFirst(6)),
            (0...30).contains(offset)
        {
            return 64 - offset
        }
        return nil
    }

    private static let names: [String: Int32] = [
        "HUP": 1, "INT": 2, "QUIT": 3, "ILL": 4, "TRAP": 5, "ABRT": 6, "IOT": 6, "BUS": 7,
        "FPE": 8, "KILL": 9, "USR1": 10, "SEGV": 11, "USR2": 12, "PIPE": 13, "ALRM": 14,
        "TERM": 15, "STKFLT": 16, "CHLD": 17, "CLD": 17, "CONT": 18, "STOP": 19, "TSTP": 20,
        "TTIN": 21, "TTOU": 22, "URG": 23, "XCPU": 24, "XFSZ": 25, "VTALRM": 26, "PROF": 27,
        "WINCH": 28, "IO": 29, "POLL": 29, "PWR": 30, "SYS": 31,
    ]
}
