internal import Arguments
internal import Engine
internal import Linux
internal import OCI

/// Prints what a container uses, and when the kernel kills in it for want of memory: a line of JSON
/// for each.
enum Events {
    static let command = Command(
        "events", "Print what a container uses, as lines of JSON", synopsis: "ID", words: 1...1,
        options: [stats, interval])

    static func run(_ call: Call) throws(Failure) -> Int32 {
        let pause = try milliseconds(call.options.value(interval) ?? "5s")
        let container = try call.container()
        let status = try engine { () throws(EngineError) in try container.state().status }
        guard status != .stopped else {
            throw Failure("read the events of \(call.id)", "container not running")
        }
        guard let cgroup = container.record.cgroup else {
            throw Failure(
                "read the events of \(call.id)", "the container has no cgroup",
                hint: "it was made with --cgroup-manager disabled")
        }
        if call.options.has(stats) {
            try write("stats", call.id, container.stats(of: cgroup).json)
            return 0
        }
        return try follow(container, cgroup, every: pause)
    }

    /// Until the container stops. What happens is told when it happens, not with the next line of
    /// numbers.
    private static func follow(
        _ container: Container, _ cgroup: Cgroup, every pause: Int32
    ) throws(Failure) -> Int32 {
        guard let process = try engine({ () throws(EngineError) in try container.initProcess() })
        else { return 0 }
        var watch = OOMWatch(cgroup)
        var next = Recorder.now
        while true {
            if watch?.hasHappened() == true { try write("oom", container.id, nil) }
            let now = Recorder.now
            if now >= next {
                try write("stats", container.id, container.stats(of: cgroup).json)
                next = now + UInt64(pause) * 1_000_000
            }
            var set = PollSet()
            set.add(process.descriptor.raw, .readable)
            if let raw = watch?.descriptor.raw { set.add(raw, .readable) }
            try system { () throws(SystemError) in
                try set.wait(milliseconds: Int32(clamping: (next - now) / 1_000_000 + 1))
            }
            guard set.readiness(of: process.descriptor.raw).isEmpty else { break }
        }
        // The end may be the kernel's doing.
        if watch?.hasHappened() == true { try write("oom", container.id, nil) }
        return 0
    }

    private static func write(
        _ type: String, _ id: String, _ data: JSONValue?
    ) throws(Failure) {
        let event = JSONValue.object {
            $0.set("type", type)
            $0.set("id", id)
            $0.set("data", data)
        }
        try writeToStandardOutput(event.text() + "\n")
    }

    /// `500ms`, `5s`, `2m`, `1h`.
    private static func milliseconds(_ text: String) throws(Failure) -> Int32 {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let units: [(String, Int32)] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)]
        guard let unit = units.first(where: { $0.0 == text.dropFirst(digits.count) })?.1,
            let number = Int32(digits), number > 0,
            case let (result, overflow) = number.multipliedReportingOverflow(by: unit), !overflow
        else {
            throw Failure(
                "", "invalid value \"\(text)\" for flag -interval",
                hint: "a number with the unit ms, s, m or h")
        }
        return result
    }

    private static let stats = Option.flag("stats", help: "Print one line and return")
    private static let interval = Option.value(
        "interval", word: "TIME", help: "Time between two lines; otherwise 5s")
}
