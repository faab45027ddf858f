internal import CAdversary
internal import Glibc

/// `watch PROGRAM…`: looks at every process that comes into the container, by what /proc shows of it
/// and with ptrace(2), until it is killed. A line for each thing that is not what the container's own
/// programs, whose paths are given, would have.
enum Watch {
    static func run(_ words: Words) -> Int32 {
        let own = getpid()
        let known = Set(words)
        var told = Set<String>()
        var highest = own
        say("watching")
        while true {
            // New processes have new numbers; to ask for a number is quicker than to list them.
            // Who ended while he was watched would never end for his parent.
            while waitpid(-1, nil, WNOHANG | waitForAll) > 0 {}
            for pid in max(2, highest - 2)...(highest + 8) where pid != own {
                guard kill(pid, 0) == 0 else { continue }
                highest = max(highest, pid)
                for finding in look(at: pid, known) where told.insert(finding).inserted {
                    say("found \(finding)")
                }
            }
        }
    }

    /// __WALL: also what is traced and no child.
    private static let waitForAll: Int32 = 0x4000_0000

    private static func look(at pid: Int32, _ known: Set<String>) -> [String] {
        var findings: [String] = []
        if let program = link("/proc/\(pid)/exe"), !known.contains(program) {
            findings.append("the program file \(program)")
        }
        for number in 3..<24 {
            guard let target = link("/proc/\(pid)/fd/\(number)") else { continue }
            findings.append("descriptor \(number), \(target)")
        }
        if adversary_seize(pid) == 0 {
            if let program = link("/proc/\(pid)/exe"), !known.contains(program) {
                findings.append("the memory of \(program)")
            }
            // It can only be let go where it stands still; whoever ends is let go as well.
            _ = adversary_let_go(pid)
        }
        return findings
    }

    private static func link(_ path: String) -> String? {
        var buffer = [Int8](repeating: 0, count: 512)
        let count = unsafe readlink(path, &buffer, buffer.count)
        guard count > 0 else { return nil }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
