import RPC
import Store
import Synchronization
import TestSupport
import Testing
import Wire

@testable import Manager

@Suite struct EventJournalTests {
    private let directory = TemporaryDirectory("events")
    private let ledger: Ledger
    private let journal: EventJournal

    init() throws {
        ledger = try Ledger(Store(root: directory.file("root")).database)
        journal = EventJournal(ledger)
    }

    private func draft(_ subject: String, _ action: EventDraft.Action = .start) -> EventDraft {
        EventDraft(kind: .container, action: action, subject: subject)
    }

    /// The first events that a follower gets.
    private func first(
        _ count: Int, _ request: Apus.SubscribeRequest = .init(sinceSequence: 1)
    ) async throws -> [Apus.Event] {
        struct Enough: Error {}
        let seen = Mutex<[Apus.Event]>([])
        do {
            try await journal.follow(request) { event in
                let isEnough = seen.withLock {
                    $0.append(event)
                    return $0.count == count
                }
                if isEnough { throw Enough() }
            }
        } catch is Enough {}
        return seen.withLock { $0 }
    }

    // A044, B105
    @Test func numbersGrowByOneAndEventsComeOnce() async throws {
        async let followed = first(400)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    for number in 0..<100 {
                        try journal.record([draft("\(writer)-\(number)")])
                    }
                }
            }
            try await group.waitForAll()
        }
        let events = try await followed
        #expect(events.map(\.sequence) == Array(1...400))
        #expect(Set(events.map(\.subject)).count == 400)
    }

    @Test func whoAsksForTheFutureGetsNoPast() async throws {
        try journal.record([draft("past")])
        async let followed = first(1, .init())
        // Until the follower is there, each of these belongs to its past.
        let writing = Task {
            while !Task.isCancelled {
                try journal.record([draft("now")])
                await Task.yield()
            }
        }
        let events = try await followed
        writing.cancel()
        #expect(events.map(\.subject) == ["now"])
    }

    @Test func theFollowerChoosesActionsAndSubjects() async throws {
        try journal.record([
            draft("a", .start), draft("b", .die), draft("a", .die), draft("a", .destroy),
        ])
        let deaths = try await first(2, .init(sinceSequence: 1, actions: ["die"]))
        #expect(deaths.map(\.subject) == ["b", "a"])
        let own = try await first(3, .init(sinceSequence: 1, subject: "a"))
        #expect(own.map(\.sequence) == [1, 3, 4])
    }

    @Test func attributesComeBackAsTheyWere() async throws {
        var event = draft("x", .die)
        event.attributes = ["exitCode": "137", "name": "wéb", "": "empty"]
        try journal.record([event])
        let read = try #require(try await first(1).first)
        #expect(read.attributes == event.attributes)
        #expect(read.type == "container")
        #expect(read.action == "die")
    }

    // A042
    @Test func aChangeAndItsEventAreOne() async throws {
        let record = ContainerRecord(
            id: ContainerID.random(), name: "web", spec: .init(image: "busybox"),
            imageDigest: "sha256:00", createdAt: .now())
        try ledger.insert(record)
        // A name that another has: the row cannot be written, so the event is not, either.
        let other = ContainerRecord(
            id: ContainerID.random(), name: "other", spec: .init(image: "busybox"),
            imageDigest: "sha256:00", createdAt: .now())
        try ledger.insert(other)
        var stolen = other
        stolen.name = "web"
        #expect(throws: (any Error).self) {
            try ledger.update(stolen, events: [EventDraft(.start, of: stolen)])
        }
        try journal.record([draft("after")])
        #expect(try await first(1).map(\.subject) == ["after"])
    }

    @Test func historyIsBoundedAndNobodyIsFooled() async throws {
        let count = Int(EventJournal.history) + 2 * Int(EventJournal.pruneEvery)
        try journal.record((1...count).map { draft("\($0)") })
        do {
            _ = try await first(1)
            Issue.record("events that are gone were passed over in silence")
        } catch let failure as Failure {
            #expect(failure.code == .outOfRange)
            #expect(!failure.hint.isEmpty)
        }
        let last = try await first(1, .init(sinceSequence: UInt64(count)))
        #expect(last.map(\.subject) == ["\(count)"])
    }

    @Test func followingEndsWhenItIsCancelled() async throws {
        let journal = journal
        let following = Task { try await journal.follow(.init()) { _ in } }
        following.cancel()
        await #expect(throws: CancellationError.self) { try await following.value }
    }
}

@Suite struct LedgerTests {
    private let directory = TemporaryDirectory("ledger")

    @Test func containersAndExecsComeBackAsTheyWere() throws {
        let root = directory.file("root")
        var record = ContainerRecord(
            id: ContainerID.random(), name: "web",
            spec: .init(image: "busybox", args: ["sh", "", "-c\n"], labels: ["a": "b"]),
            imageDigest: "sha256:00", createdAt: .now())
        let exec = ExecRecord(
            containerID: record.id, id: ContainerID.random(), state: .stopped, pid: 0,
            exitStatus: 7, finishedAt: .now(), command: ["id", ""])
        do {
            let ledger = try Ledger(Store(root: root).database)
            try ledger.insert(record)
            record.state = .stopped
            record.intent = .remove
            record.startedAt = .now()
            record.finishedAt = .now()
            record.exitStatus = 137
            record.oomKilled = true
            record.error = "why"
            record.command = ["sh", "", "-c\n"]
            record.stopSignal = "SIGQUIT"
            try ledger.update(record)
            try ledger.save(exec)
        }
        let again = try Ledger(Store(root: root).database)
        #expect(try again.containers() == [record])
        #expect(try again.execs() == [exec])
        try again.delete(record)
        #expect(try again.execs().isEmpty)
    }

    // A054
    @Test func twoContainersCannotHaveOneName() throws {
        let ledger = try Ledger(Store(root: directory.file("root")).database)
        for (index, id) in [ContainerID.random(), ContainerID.random()].enumerated() {
            let record = ContainerRecord(
                id: id, name: "web", spec: .init(), imageDigest: "", createdAt: .now())
            if index == 0 {
                try ledger.insert(record)
            } else {
                #expect(throws: (any Error).self) { try ledger.insert(record) }
            }
        }
    }
}
