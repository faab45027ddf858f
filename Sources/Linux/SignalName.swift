/// Signals by the names of signal(7).
public enum SignalName {
    /// From `9`, `KILL`, `SIGKILL`, `rtmin+3`; 0, which asks whether there is a process, is a number
    /// too. Nil for anything else.
    public static func number(_ text: String) -> Int32? {
        if text.first?.isNumber == true {
            return Int32(text).flatMap { (0...64).contains($0) ? $0 : nil }
        }
        var name = text.uppercased()[...]
        if name.hasPrefix("SIG") { name = name.dropFirst(3) }
        if let index = names.firstIndex(where: { $0.contains(name) }) { return Int32(index + 1) }
        return realtime(name)
    }

    /// glibc keeps 32 and 33 for itself, so that RTMIN is 34.
    private static func realtime(_ name: Substring) -> Int32? {
        if name == "RTMIN" { return 34 }
        if name == "RTMAX" { return 64 }
        guard name.count > 6, let offset = Int32(name.dropFirst(6)), name.dropFirst(6).first != "+",
            (0...30).contains(offset)
        else { return nil }
        if name.hasPrefix("RTMIN+") { return 34 + offset }
        if name.hasPrefix("RTMAX-") { return 64 - offset }
        return nil
    }

    /// In the order of their numbers, from 1 on.
    private static let names: [[Substring]] = [
        ["HUP"], ["INT"], ["QUIT"], ["ILL"], ["TRAP"], ["ABRT", "IOT"], ["BUS"], ["FPE"],
        ["KILL"], ["USR1"], ["SEGV"], ["USR2"], ["PIPE"], ["ALRM"], ["TERM"], ["STKFLT"],
        ["CHLD", "CLD"], ["CONT"], ["STOP"], ["TSTP"], ["TTIN"], ["TTOU"], ["URG"], ["XCPU"],
        ["XFSZ"], ["VTALRM"], ["PROF"], ["WINCH"], ["IO", "POLL"], ["PWR"], ["SYS"],
    ]
}
