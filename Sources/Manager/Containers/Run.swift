internal import Wire

/// One life of a process, from the wish to start it to its end, for those who wait for something.
final class Run: Sendable {
    /// The shim's socket, from the moment on at which streams can be attached to.
    let attachable = Settled<String>()
    /// Its end.
    let exited = Settled<ProcessExit>()
    /// Its end, with nothing left to be done: streams are complete, and a container that removes
    /// itself is gone.
    let finished = Settled<ProcessExit>()

    init() {}

    /// A run that is over.
    init(_ exit: ProcessExit) {
        exited.settle(.success(exit))
        finished.settle(.success(exit))
    }

    /// Lets everybody go who waits for what will never come.
    func abandon(_ failure: Failure) {
        attachable.settle(.failure(failure))
        exited.settle(.failure(failure))
        finished.settle(.failure(failure))
    }
}

/// A further process of a container.
struct Exec {
    var record: ExecRecord
    let run: Run
}
