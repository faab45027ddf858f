internal import Arguments
internal import Engine

/// Lets the program of a created container begin.
enum Start {
    static let command = Command(
        "start", "Start the program of a created container", synopsis: "ID", words: 1...1)

    static func run(_ call: Call) throws(Failure) -> Int32 {
        let container = try call.container()
        let readiness = try Readiness.relay(of: container)
        try engine { () throws(EngineError) in try container.start(call.recorder) }
        Readiness.passOn(readiness, call)
        return 0
    }
}
