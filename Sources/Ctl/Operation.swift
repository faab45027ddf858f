internal import ArgumentParser

/// A command of apusctl.
protocol Operation: ParsableCommand, Sendable {
    /// Works with this program's terminal, and wants its signals as values.
    var isInteractive: Bool { get }

    /// Does the work; answers what to exit with.
    func perform(_ stopwatch: Stopwatch) async throws -> Int32
}

extension Operation {
    var isInteractive: Bool { false }
}
