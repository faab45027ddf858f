internal import Arguments
internal import Engine

/// Lets a paused container go on.
enum Resume {
    static let command = Command(
        "resume", "Let a paused container go on", synopsis: "ID", words: 1...1)

    static func run(_ call: Call) throws(Failure) -> Int32 {
        let container = try call.container()
        try engine { () throws(EngineError) in try container.resume() }
        return 0
    }
}
