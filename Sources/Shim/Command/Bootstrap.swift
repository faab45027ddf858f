internal import Linux
internal import Wire

/// What `start` is told on standard input, and in what form it answers.
///
/// containerd 1.6 to 2.2 send the runtime's options, or nothing, and understand a bare address; they
/// cannot be told apart. 2.3 sends BootstrapParams and wants a BootstrapResult. Bytes of the one can
/// look like the other, so they count as parameters only where they name this very shim.
struct Bootstrap {
    private static let longestInput = 10 << 20
    private static let version: Int32 = 3

    private(set) var options = RuncAPI.Options()
    private(set) var socketDirectory = ""
    private(set) var isDebug = false
    private var wantsResult = false

    init(_ bytes: [UInt8], of invocation: Invocation) {
        guard !bytes.isEmpty else { return }
        if let params = try? BootstrapAPI.BootstrapParams(serialized: bytes),
            params.instanceID == invocation.id, params.namespace == invocation.namespace
        {
            wantsResult = true
            socketDirectory = params.socketDir
            isDebug = params.logLevel < 0
            for value in params.extensions.compactMap({ $0.value }) {
                if let found: RuncAPI.Options = (try? value.unwrap()) ?? nil { options = found }
            }
        } else if let any = try? AnyMessage(serialized: bytes),
            let found: RuncAPI.Options = (try? any.unwrap()) ?? nil
        {
            options = found
        }
    }

    /// From standard input. A terminal sends nothing.
    static func read(_ invocation: Invocation) -> Bootstrap {
        guard !StandardStreams.isInputTerminal else { return Bootstrap([], of: invocation) }
        let bytes = StandardStreams.readInput(limit: longestInput, patience: 500)
        return Bootstrap(bytes, of: invocation)
    }

    func answer(_ uri: String) throws(WireError) -> [UInt8] {
        guard wantsResult else { return Array(uri.utf8) }
        return try BootstrapAPI.BootstrapResult(
            version: Self.version, address: uri, protocol: "ttrpc"
        ).serialized()
    }
}
