import Foundation
import TestSupport
import Testing

/// A manager with an image, and what a test wants to know of its world.
final class ManagerWorld {
    let daemon: Daemon

    init(_ options: [String] = []) {
        daemon = Daemon(options)
        daemon.importBusybox()
    }

    deinit { daemon.directory.remove() }

    @discardableResult
    func ctl(_ arguments: String...) -> Output { daemon.ctl(arguments) }

    /// Runs a container in the background and answers its id.
    func run(_ arguments: String...) throws -> String {
        let output = daemon.ctl(["run", "-d"] + arguments)
        try #require(output.status == 0, "\(output)")
        return output.stdout.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The container as `inspect` has it; nil where there is none.
    func inspect(_ name: String) throws -> [String: Any]? {
        let output = daemon.ctl("--format", "json", "inspect", name)
        guard output.status == 0 else { return nil }
        let document = try JSONSerialization.jsonObject(with: Data(output.stdoutBytes))
        return (document as? [[String: Any]])?.first ?? document as? [String: Any]
    }

    func state(_ name: String) throws -> String {
        (try inspect(name)?["status"] as? String)?.lowercased() ?? "gone"
    }

    func pid(_ name: String) throws -> Int32 {
        try #require((try inspect(name)?["pid"] as? NSNumber)?.int32Value)
    }

    struct Event: Equatable {
        var action: String
        var subject: String
        var attributes: [String: String]
    }

    /// All events of containers so far. A new name of the image marks their end.
    func events() throws -> [Event] {
        let mark = "mark-\(UInt32.random(in: 0 ... .max))"
        try #require(ctl("tag", "busybox", mark).status == 0)
        let child = daemon.startCtl("--format", "json", "events", "--since", "1")
        try #require(child.waits { $0.stdout.contains(mark) }, "\(child.output)")
        child.send(signal: SIGKILL)
        return child.finish().stdout.split(separator: "\n").compactMap { line in
            guard
                let event = try? JSONSerialization.jsonObject(with: Data(line.utf8))
                    as? [String: Any], event["type"] as? String == "container"
            else { return nil }
            return Event(
                action: event["action"] as? String ?? "",
                subject: event["subject"] as? String ?? "",
                attributes: event["attributes"] as? [String: String] ?? [:])
        }
    }

    func actions(of id: String) throws -> [String] {
        try events().filter { $0.subject == id }.map(\.action)
    }

    /// What a container has left anywhere; empty where all is clean.
    func leftovers() -> [String] {
        var found: [String] = []
        for folder in ["\(daemon.state)/bundles", "\(daemon.root)/containers", "\(daemon.state)/s"]
        {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            found += names.map { "\(folder)/\($0)" }
        }
        let mounts = (try? String(contentsOfFile: "/proc/mounts", encoding: .utf8)) ?? ""
        found += mounts.split(separator: "\n").filter { $0.contains(daemon.directory.path) }
            .map(String.init)
        found += Process.all(under: daemon.directory.path)
            .filter { $0.name != "apusd" && $0.name != "apusctl" }
            .map { "process \($0.pid) \($0.name)" }
        let snapshots = daemon.ctl("--format", "json", "snapshots", "ls").stdout
        if snapshots.contains("\"active\"") { found.append(snapshots) }
        return found
    }

    /// Starts a manager that dies at a place of its own, does something that leads there, and starts
    /// it again as it should be.
    func crash(at place: String, doing arguments: String...) throws {
        daemon.stop()
        var environment = ProcessInfo.processInfo.environment
        environment["APUS_CRASH_AT"] = place
        let doomed = Child(
            Programs.manager,
            [
                "--root", daemon.root, "--state", daemon.state, "--address", daemon.socket,
            ], environment: environment)
        try #require(
            eventually {
                Command.run(Programs.ctl, ["--address", daemon.socket, "version"]).status == 0
            })
        _ = daemon.ctl(arguments)
        let end = doomed.finish(limit: 30)
        #expect(end.status == 137, "\(place) was not reached: \(end)")
        daemon.restart()
    }
}
