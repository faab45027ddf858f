internal import ArgumentParser

// Parsing and everything up to the first task happens on the main thread alone: signals are blocked
// before there is a second one.
Apusd.main()
