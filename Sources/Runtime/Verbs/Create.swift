internal import Arguments
internal import Engine
internal import Linux

/// Makes a container whose program waits for `start`.
enum Create {
    static let command = Command(
        "create", "Make a container; its program waits for start", synopsis: "ID", words: 1...1,
        options: Creation.options)

    static func run(_ call: Call) throws(Failure) -> Int32 {
        let container = try Creation.make(call, detached: true)
        call.note(container.takeProcess())
        return 0
    }
}

extension Call {
    /// Keeps the pidfd of a process that was made for the report.
    func note(_ process: consuming ContainerProcess?) {
        guard let process = process else { return }
        made = (process.pid, (try? process.pidfd.descriptor.duplicate())?.release() ?? -1)
    }
}
