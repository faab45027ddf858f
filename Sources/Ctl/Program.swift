internal import Glibc

/// Runs an operation, and ends this program with what it answers.
enum Program {
    static func start(_ operation: any Operation, since beginning: UInt64) {
        // Before the first thread is made, which takes over what is held here.
        if operation.isInteractive { Signals.hold() }
        let stopwatch = Stopwatch()
        stopwatch.record("read the command line", from: beginning)
        Task.detached {
            do {
                exit(try await operation.perform(stopwatch))
            } catch {
                exit(Ending.ofWork(error))
            }
        }
    }
}
