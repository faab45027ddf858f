internal import ApusClient
internal import ArgumentParser

/// `apusctl version`
struct Version: Operation {
    static let configuration = CommandConfiguration(
        abstract: "Print the versions of all parts.")

    @OptionGroup var global: GlobalOptions

    func perform(_ stopwatch: Stopwatch) async throws -> Int32 {
        let manager: Apus.VersionResponse
        do {
            manager = try await global.connect().version()
        } catch {
            // What is known without the manager is told all the same.
            try show(nil)
            throw error
        }
        try show(manager)
        if let problem = VersionSkew.problem(manager) { throw problem }
        return 0
    }

    private func show(_ manager: Apus.VersionResponse?) throws {
        if global.isJSON {
            try Console.print(VersionReport.json(manager))
        } else {
            try Console.print(VersionReport.text(manager, address: global.managerAddress))
        }
    }
}

/// The versions, for people and for programs.
enum VersionReport {
    static let client = Apus.VersionResponse(
        version: Apus.version, gitCommit: Apus.gitCommit, buildTime: Apus.buildTime,
        platform: Surroundings.platform, apiVersion: Apus.apiVersion,
        minimumApiVersion: Apus.minimumAPIVersion)

    static func json(_ manager: Apus.VersionResponse?) -> JSON {
        .object(["client": JSON(client), "manager": manager.map { JSON($0) } ?? .null])
    }

    static func text(_ manager: Apus.VersionResponse?, address: String) -> String {
        var lines = ["Client:"] + section(client)
        guard let manager else { return lines.joined(separator: "\n") + "\n" }
        lines += ["", "Manager at \(address):"] + section(manager)
        for component in manager.components {
            lines += [" \(component.name):"]
            lines += [
                line("  Version", component.version), line("  Git commit", component.gitCommit),
                line("  Path", component.path),
            ]
        }
        return lines.map { Table.printable($0) + "\n" }.joined()
    }

    private static func section(_ part: Apus.VersionResponse) -> [String] {
        [
            line(" Version", part.version),
            line(" API version", "\(part.apiVersion) (minimum \(part.minimumApiVersion))"),
            line(" Git commit", part.gitCommit), line(" Built", part.buildTime),
            line(" OS/Arch", part.platform),
        ]
    }

    private static func line(_ name: String, _ value: String) -> String {
        let label = name + ":"
        return label + String(repeating: " ", count: max(1, 18 - label.count)) + value
    }
}

/// Whether this client and a manager understand each other.
enum VersionSkew {
    /// The manager serves clients from its minimum on; this client works with a manager of its own
    /// major number that is at least as new. Answers why not, or nil.
    static func problem(
        _ manager: Apus.VersionResponse, client: String = Apus.apiVersion
    ) -> Complaint? {
        guard let own = parts(client), let served = parts(manager.apiVersion),
            let oldest = parts(manager.minimumApiVersion)
        else {
            return Complaint(
                "the manager's API version \"\(manager.apiVersion)\" cannot be read",
                hint: "install apusctl and apusd of the same version")
        }
        if own < oldest {
            return Complaint(
                "this client speaks API \(client), and the manager serves none below "
                    + manager.minimumApiVersion, hint: "install a newer apusctl")
        }
        if own.0 != served.0 || own > served {
            return Complaint(
                "this client speaks API \(client), and the manager only \(manager.apiVersion)",
                hint: "install a newer apusd, or an older apusctl")
        }
        return nil
    }

    private static func parts(_ text: String) -> (Int, Int)? {
        let numbers = text.split(separator: ".").map { Int($0) }
        guard numbers.count == 2, let major = numbers[0], let minor = numbers[1] else { return nil }
        return (major, minor)
    }
}
