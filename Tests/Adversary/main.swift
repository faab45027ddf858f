// An attacker's tools, as one static program: it runs inside of containers that have no library.
internal import Glibc

typealias Words = ArraySlice<String>

let tools: [String: (Words) -> Int32] = [
    "swap": Swap.run,
    "open-by-handle": OpenByHandle.run,
    "watch": Watch.run,
    "push": Terminal.push,
    "foreign-mkdir": ForeignCalls.run,
    "switches": ProcessSwitches.run,
    "find-key": Keys.find,
    "with-key": Keys.hold,
    "listen": Listener.run,
    "measure": Measure.run,
]

/// A line at once, because most tools end by being killed.
func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = unsafe write(1, bytes, bytes.count)
}

guard CommandLine.arguments.count > 1, let tool = tools[CommandLine.arguments[1]] else {
    say("usage: adversary \(tools.keys.sorted().joined(separator: "|")) …")
    exit(2)
}
exit(tool(CommandLine.arguments.dropFirst(2)))
