internal import CLinux
internal import Glibc
internal import Linux

/// systemd's manager, of the machine or of a user (org.freedesktop.systemd1(5)).
struct SystemdManager {
    private static let path = "/org/freedesktop/systemd1"
    private static let name = "org.freedesktop.systemd1"
    private static let interface = "org.freedesktop.systemd1.Manager"
    /// For everything that one use of the manager asks.
    private static let longestSeconds: UInt64 = 30

    private let connection: DBusConnection

    /// systemd's own socket first, which needs no bus; then the bus.
    init(ofUser isUsers: Bool) throws(EngineError) {
        connection = try Self.connect(Self.sockets(ofUser: isUsers), isUsers)
    }

    private static func connect(
        _ sockets: [(path: String, isBus: Bool)], _ isUsers: Bool
    ) throws(EngineError) -> DBusConnection {
        var problems: [EngineError] = []
        for (path, isBus) in sockets {
            do throws(EngineError) {
                let connection = try DBusConnection(path, seconds: longestSeconds)
                if isBus { try subscribe(connection) }
                return connection
            } catch {
                problems.append(error)
            }
        }
        // A socket that is there and refuses says more than one that is not there.
        guard let problem = problems.first(where: { $0.code != ENOENT }) ?? problems.first else {
            throw EngineError(
                "find the user's systemd", "XDG_RUNTIME_DIR is not set",
                hint: "log in, or use systemctl start user@UID.service and /run/user/UID")
        }
        throw EngineError(
            isUsers ? "ask the user's systemd" : "ask systemd", problem.description,
            code: problem.code,
            hint: "without systemd leave --systemd-cgroup out, and set the caller's cgroup driver "
                + "to cgroupfs")
    }

    private static func sockets(ofUser isUsers: Bool) -> [(path: String, isBus: Bool)] {
        guard isUsers else {
            return [("/run/systemd/private", false)]
                + bus("DBUS_SYSTEM_BUS_ADDRESS", otherwise: "/run/dbus/system_bus_socket")
        }
        let directory = environment("XDG_RUNTIME_DIR")
        return (directory.map { [("\($0)/systemd/private", false)] } ?? [])
            + bus("DBUS_SESSION_BUS_ADDRESS", otherwise: directory.map { "\($0)/bus" })
    }

    private static func bus(
        _ variable: String, otherwise usual: String?
    ) -> [(path: String, isBus: Bool)] {
        let addresses = environment(variable) ?? ""
        for address in addresses.split(separator: ";") where address.hasPrefix("unix:") {
            for pair in address.dropFirst("unix:".count).split(separator: ",")
            where pair.hasPrefix("path=") {
                return [(String(pair.dropFirst("path=".count)), true)]
            }
        }
        return usual.map { [($0, true)] } ?? []
    }

    /// A bus tells only what one has asked for; and systemd tells a bus only while somebody listens.
    private static func subscribe(_ connection: DBusConnection) throws(EngineError) {
        let bus = "org.freedesktop.DBus"
        let rule = "type='signal',interface='\(interface)',member='JobRemoved'"
        func ask(
            _ member: String, _ interface: String, _ path: String, _ body: [DBusValue]
        ) throws(EngineError) {
            let destination = interface == bus ? bus : name
            let answer = try connection.call(
                member, interface: interface, path: path, destination: destination, body)
            if case .failure(let refusal) = answer {
                throw EngineError(
                    "join the bus", refusal.text.isEmpty ? refusal.name : refusal.text)
            }
        }
        try ask("Hello", bus, "/org/freedesktop/DBus", [])
        try ask("AddMatch", bus, "/org/freedesktop/DBus", [.string(rule)])
        try ask("Subscribe", interface, path, [])
    }

    // MARK: What is asked

    /// The manager's own cgroup: of a user's, all that it makes is below.
    func controlGroup() throws(EngineError) -> String {
        let answer = try connection.call(
            "Get", interface: "org.freedesktop.DBus.Properties", path: Self.path,
            destination: Self.name, [.string(Self.interface), .string("ControlGroup")])
        switch answer {
        case .success(let body): return body.first?.text ?? ""
        case .failure(let refusal): throw Self.explain(refusal, "ask systemd for its cgroup")
        }
    }

    /// Makes a scope and waits until it is there.
    func start(_ unit: SystemdUnit, _ properties: [SystemdProperty]) throws(EngineError) {
        let stage = "make systemd unit \(unit.name)"
        let body: [DBusValue] = [
            .string(unit.name), .string("replace"), Self.list(properties),
            .array("(sa(sv))", []),
        ]
        var answer = try call("StartTransientUnit", body)
        if case .failure(let refusal) = answer, refusal.name.hasSuffix(".UnitExists") {
            // One of that name that has failed lies there until somebody has looked at it.
            _ = try call("ResetFailedUnit", [.string(unit.name)])
            answer = try call("StartTransientUnit", body)
        }
        try finish(answer, stage)
    }

    /// Ends a unit; fine where there is none.
    func stop(_ unit: SystemdUnit) throws(EngineError) {
        let answer = try call("StopUnit", [.string(unit.name), .string("replace")])
        if case .failure(let refusal) = answer, refusal.name.hasSuffix(".NoSuchUnit") { return }
        try finish(answer, "stop systemd unit \(unit.name)")
    }

    /// Until the next boot, as everything about a transient unit.
    func set(_ unit: SystemdUnit, _ properties: [SystemdProperty]) throws(EngineError) {
        let answer = try call(
            "SetUnitProperties", [.string(unit.name), .boolean(true), Self.list(properties)])
        if case .failure(let refusal) = answer {
            throw Self.explain(refusal, "set the limits of systemd unit \(unit.name)")
        }
    }

    private static func list(_ properties: [SystemdProperty]) -> DBusValue {
        .array(
            "(sv)", properties.map { .structure([.string($0.name), .variant($0.value)]) })
    }

    private func call(
        _ member: String, _ body: [DBusValue]
    ) throws(EngineError) -> Result<[DBusValue], DBusConnection.Refusal> {
        try connection.call(
            member, interface: Self.interface, path: Self.path, destination: Self.name, body)
    }

    /// Waits for the job that an answer names.
    private func finish(
        _ answer: Result<[DBusValue], DBusConnection.Refusal>, _ stage: String
    ) throws(EngineError) {
        let job: String
        switch answer {
        case .failure(let refusal): throw Self.explain(refusal, stage)
        case .success(let body):
            guard case .path(let path)? = body.first else {
                throw EngineError(stage, "systemd answers something else than a job")
            }
            job = path
        }
        while true {
            let body = try connection.signal("JobRemoved").body
            guard body.count == 4, body[1].text == job else { continue }
            guard let result = body[3].text, result != "done" else { return }
            throw EngineError(
                stage, "systemd's job ended as \"\(result)\"",
                hint: "journalctl -u \(body[2].text ?? "UNIT") says more")
        }
    }

    private static func explain(
        _ refusal: DBusConnection.Refusal, _ stage: String
    ) -> EngineError {
        let hint =
            switch refusal.name {
            case let name where name.hasSuffix(".UnitExists"):
                "another container has that name: choose another linux.cgroupsPath"
            case let name where name.hasSuffix(".AccessDenied"):
                "only root may ask the machine's systemd for that"
            default: ""
            }
        return EngineError(
            stage, refusal.text.isEmpty ? refusal.name : refusal.text, hint: hint)
    }
}
