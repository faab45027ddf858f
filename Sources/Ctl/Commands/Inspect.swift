internal import ApusClient
internal import ArgumentParser

/// `apusctl inspect`
struct Inspect: Operation {
    static let configuration = CommandConfiguration(
        abstract: "Print all about containers or images, as JSON.")

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case container
        case image
    }

    @Option(help: ArgumentHelp("Only containers, or only images.", valueName: "kind"))
    var type: Kind?

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Ids, names or digests.")
    var names: [String]

    func perform(_ stopwatch: Stopwatch) async throws -> Int32 {
        let apus = try await global.connect()
        var found: [JSON] = []
        var status: Int32 = 0
        for name in names {
            do {
                found.append(try await look(name, apus))
            } catch let error as ApusError where error.code != .unavailable {
                Console.complain("\(error)")
                status = error.exitCode
            }
        }
        try Console.print(.array(found))
        return status
    }

    private func look(_ name: String, _ apus: Apus.Client) async throws -> JSON {
        switch type {
        case .container: return JSON(try await apus.containers.get(name))
        case .image: return JSON(try await apus.images.get(name))
        case nil: break
        }
        if let found = try await unlessAbsent({ JSON(try await apus.containers.get(name)) }) {
            return found
        }
        if let found = try await unlessAbsent({ JSON(try await apus.images.get(name)) }) {
            return found
        }
        throw ApusError(
            code: .notFound, stage: "inspect", subject: name,
            cause: "there is no container or image \"\(name)\"",
            hint: "see 'apusctl ps -a' and 'apusctl images'")
    }

    private func unlessAbsent(_ look: () async throws -> JSON) async throws -> JSON? {
        do {
            return try await look()
        } catch let error as ApusError {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }
}
