internal import Arguments
internal import Engine

/// Freezes every process of a container.
enum Pause {
    static let command = Command(
        "pause", "Freeze the processes of a container", synopsis: "ID", words: 1...1)

    static func run(_ call: Call) throws(Failure) -> Int32 {
        let container = try call.container()
        try engine { () throws(EngineError) in try container.pause() }
        return 0
    }
}
