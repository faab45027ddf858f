internal import ApusClient
internal import ArgumentParser
internal import Glibc
internal import Linux

// Parses, connects, works, and ends in one of four ways: a status, a line on stderr, help, or quietly
// when nobody reads any more.

let stopwatch = Stopwatch()
let beginning = Clock.monotonicNS
Signals.ignoreBrokenPipes()

let words = CommandWords.normalized(Array(CommandLine.arguments.dropFirst()))
let operation: any Operation
do {
    operation = try CommandWords.operation(words)
} catch {
    exit(Ending.ofParsing(error, words))
}
if operation.isInteractive { Signals.hold() }
stopwatch.record("read the command line", from: beginning)

do {
    exit(try await operation.perform(stopwatch))
} catch {
    exit(Ending.ofWork(error))
}
