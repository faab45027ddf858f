internal import Glibc

// The main thread parses, and then has nothing to do but to take signals; all else is tasks.
let beginning = Clock.monotonicNS
Signals.ignoreBrokenPipes()
let words = CommandWords.normalized(Array(CommandLine.arguments.dropFirst()))
do {
    Program.start(try CommandWords.operation(words), since: beginning)
} catch {
    exit(Ending.ofParsing(error, words))
}
Signals.serve()
