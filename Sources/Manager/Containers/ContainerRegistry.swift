internal import RPC
internal import Store
internal import Synchronization
internal import Wire

/// All containers, by id and by name.
final class ContainerRegistry: Sendable {
    /// A container that removed itself is remembered for those who ask for its end a moment late.
    private struct Departed {
        var id: String
        var name: String
        var exit: ProcessExit
        var phases: [RuntimeAPI.Phase]
    }

    private struct State {
        var containers: [String: Container] = [:]
        /// Name to id. A name is here from the first moment of a creation to the last of a removal.
        var names: [String: String] = [:]
        var departed: [Departed] = []
    }

    static let mostDeparted = 512

    let context: DaemonContext
    private let state = Mutex(State())

    init(_ context: DaemonContext) { self.context = context }

    var all: [Container] { state.withLock { Array($0.containers.values) } }

    /// The container of an id, a name, or a unique beginning of an id.
    func find(_ reference: String, _ stage: String) throws(Failure) -> Container {
        guard !reference.isEmpty else {
            throw Failure(.invalidArgument, stage, "", "no container is named")
        }
        let found = state.withLock { state -> [Container] in
            if let exact = state.containers[reference] { return [exact] }
            if let named = state.names[reference].flatMap({ state.containers[$0] }) {
                return [named]
            }
            guard ContainerID.isPrefix(reference) else { return [] }
            return state.containers.filter { $0.key.hasPrefix(reference) }.map(\.value)
        }
        if found.count > 1 {
            throw Failure(
                .invalidArgument, stage, reference,
                "\(found.count) containers have an id that begins so", hint: "give more digits")
        }
        guard let container = found.first else {
            throw Failure(.notFound, stage, reference, "there is no such container")
        }
        return container
    }

    /// How a container ended that is gone already.
    func departed(_ reference: String) -> (exit: ProcessExit, phases: [RuntimeAPI.Phase])? {
        state.withLock { state in
            state.departed.last { $0.id == reference || $0.name == reference }
                .map { ($0.exit, $0.phases) }
        }
    }

    /// Takes a name for an id, or says who has it.
    func reserve(_ name: String, for id: String) throws(Failure) {
        let holder = state.withLock { state -> String? in
            if let holder = state.names[name] { return holder }
            state.names[name] = id
            return nil
        }
        guard let holder else { return }
        throw Failure(
            .alreadyExists, "create container", name,
            "the name is taken by container \(ContainerID.short(holder))",
            hint: "choose another name, or remove that container")
    }

    /// A name that nobody has.
    func reserveRandomName(for id: String) -> String {
        for attempt in 0... {
            let name = ContainerName.random(attempt: attempt)
            if (try? reserve(name, for: id)) != nil { return name }
        }
        fatalError("names never end")
    }

    func release(_ name: String) { _ = state.withLock { $0.names.removeValue(forKey: name) } }

    func add(_ container: Container, name: String) {
        state.withLock { state in
            state.containers[container.id] = container
            state.names[name] = container.id
        }
    }

    /// An actor for a container, which takes itself off the register when it is gone.
    func makeContainer(_ record: ContainerRecord) -> Container {
        Container(record, context) { [weak self] record, exit, phases in
            self?.forget(record, exit, phases)
        }
    }

    private func forget(
        _ record: ContainerRecord, _ exit: ProcessExit?, _ phases: [RuntimeAPI.Phase]
    ) {
        state.withLock { state in
            state.containers[record.id] = nil
            if state.names[record.name] == record.id { state.names[record.name] = nil }
            guard record.spec.autoRemove, let exit else { return }
            state.departed.append(
                Departed(id: record.id, name: record.name, exit: exit, phases: phases))
            if state.departed.count > Self.mostDeparted { state.departed.removeFirst() }
        }
    }
}
