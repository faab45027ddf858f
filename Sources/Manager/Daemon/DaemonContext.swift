internal import Store

/// What containers and services need of the daemon that they live in.
final class DaemonContext: Sendable {
    let paths: Paths
    let store: Store
    let ledger: Ledger
    let journal: EventJournal
    let host: HostFacts
    let shim: ShimProgram
    /// The runtime that containers get which name none.
    let runtime: String
    /// The manager's own executable.
    let program: String
    let log: Log

    init(
        paths: Paths, store: Store, ledger: Ledger, host: HostFacts, shim: ShimProgram,
        runtime: String, program: String, log: Log
    ) {
        self.paths = paths
        self.store = store
        self.ledger = ledger
        journal = EventJournal(ledger)
        self.host = host
        self.shim = shim
        self.runtime = runtime
        self.program = program
        self.log = log
    }
}
