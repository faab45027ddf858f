internal import FoundationEssentials
internal import Linux
internal import RPC
internal import Wire

/// The shim's executable, and how the manager calls it (containerd's contract, v2 and later).
struct ShimProgram: Sendable {
    var path: String
    /// The manager's own socket, where shims send their events.
    var managerAddress: String
    /// The manager's executable; some shims publish events by running it.
    var managerProgram: String
    /// Where our shim makes its sockets.
    var socketDirectory: String

    static let namespace = "apus"

    /// Whether it goes by one of the names of our own.
    var isOurs: Bool {
        let name = path.split(separator: "/").last ?? ""
        return name == "apus-shim" || name.hasPrefix("containerd-shim-apus-")
    }

    /// Makes a shim for a bundle; answers the path of its socket.
    func start(_ id: String, bundle: String, options: AnyMessage) async throws(Failure) -> String {
        let input = try attempt("start shim", path) { try options.serialized() }
        let outcome = try await call(
            id, bundle, ["start"], input: input, limit: Deadlines.shimStart)
        return try address(String(decoding: outcome.output, as: UTF8.self))
    }

    /// Cleans up what a dead shim left, its container with it.
    func delete(_ id: String, bundle: String) async throws(Failure) -> TaskAPI.DeleteResponse {
        let outcome = try await call(
            id, bundle, ["-bundle", bundle, "delete"], input: [], limit: Deadlines.shimDelete)
        return try attempt("read the answer of", path) {
            try TaskAPI.DeleteResponse(serialized: outcome.output)
        }
    }

    private func call(
        _ id: String, _ bundle: String, _ action: [String], input: [UInt8], limit: Duration
    ) async throws(Failure) -> Subprocess.Outcome {
        let outcome = try await Subprocess(
            path: path,
            arguments: [
                "-namespace", Self.namespace, "-address", managerAddress, "-publish-binary",
                managerProgram, "-id", id,
            ] + action,
            environment: environment, directory: bundle, input: input, limit: limit
        ).run()
        guard outcome.status == .exited(0) else {
            throw Failure(
                .internal, "run \(path) \(action.last ?? "")", id,
                "it ended with \(outcome.status.code): \(outcome.complaint)")
        }
        return outcome
    }

    /// Nothing of the manager's own environment: it may hold what is nobody else's business.
    private var environment: [String] {
        [
            "PATH=\(ExecutableSearch.path)", "TTRPC_ADDRESS=\(managerAddress)",
            "GRPC_ADDRESS=\(managerAddress)", "NAMESPACE=\(Self.namespace)",
            "APUS_SOCKET_DIR=\(socketDirectory)", "MAX_SHIM_VERSION=2", "GOMAXPROCS=2",
        ]
    }

    /// From what `start` printed: an address, alone or in JSON.
    func address(_ text: String) throws(Failure) -> String {
        struct Bootstrap: Decodable {
            var address: String
            var `protocol`: String?
        }
        var address = String(text.drop(while: \.isWhitespace))
        while address.last?.isWhitespace == true { address.removeLast() }
        if address.hasPrefix("{") {
            let bootstrap = try attempt("read the answer of", path) {
                try JSONDecoder().decode(Bootstrap.self, from: Data(address.utf8))
            }
            guard bootstrap.protocol ?? "ttrpc" == "ttrpc" else {
                throw Failure(
                    .unimplemented, "start shim", path,
                    "it speaks \(bootstrap.protocol ?? ""), not ttrpc")
            }
            address = bootstrap.address
        }
        let prefix = "unix://"
        if address.hasPrefix(prefix) { address.removeFirst(prefix.count) }
        guard address.hasPrefix("/") else {
            throw Failure(
                .internal, "start shim", path,
                "it answered \"\(address.prefix(200))\", not a socket")
        }
        return address
    }
}

/// Finds programs: beside the manager's own executable first, then in PATH.
enum ExecutableSearch {
    static var path: String {
        ProcessInfo.processInfo.environment["PATH"]
            ?? SearchPath.standard
    }

    /// The absolute path of a program; nil where there is none.
    static func find(_ name: String, beside program: String) -> String? {
        let files = FileManager.default
        if name.hasPrefix("/") { return files.isExecutableFile(atPath: name) ? name : nil }
        guard !name.isEmpty, !name.contains("/") else { return nil }
        let own = program.lastIndex(of: "/").map { String(program[..<$0]) } ?? "."
        let directories = [own] + path.split(separator: ":").map(String.init)
        return directories.lazy.map { "\($0)/\(name)" }
            .first { files.isExecutableFile(atPath: $0) }
    }
}
