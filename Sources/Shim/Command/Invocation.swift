/// The command line of the shim, in the words that containerd gives it: Go's flags, one dash, the
/// action behind them.
struct Invocation: Equatable {
    enum Action: Equatable {
        /// Make a shim and answer its address.
        case start
        /// Clean up after a shim that is dead.
        case delete
        /// Be the shim, in the foreground.
        case serve
        case information
        case version
        case help
    }

    var action = Action.serve
    var namespace = ""
    var id = ""
    /// The manager's own socket: part of the name of ours.
    var address = ""
    var publishBinary = ""
    var bundle = ""
    var socket = ""
    var debug = false

    init() {}

    init(_ arguments: some Sequence<String>) throws(InvocationError) {
        var words = Array(arguments)[...]
        var actions: [String] = []
        while let word = words.popFirst() {
            guard word.hasPrefix("-"), word.count > 1 else {
                actions.append(word)
                continue
            }
            let flag = word.drop { $0 == "-" }
            let parts = flag.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let inline = parts.count == 2 ? String(parts[1]) : nil
            if try setSwitch(String(parts[0]), inline) { continue }
            guard let value = inline ?? words.popFirst() else {
                throw InvocationError("flag -\(parts[0]) needs a value")
            }
            try setValue(String(parts[0]), value)
        }
        try settle(actions)
    }

    private mutating func setSwitch(
        _ name: String, _ inline: String?
    ) throws(InvocationError) -> Bool {
        switch name {
        case "debug":
            guard ["true", "false", "1", "0", nil].contains(inline) else {
                throw InvocationError("flag -debug is true or false, not \"\(inline ?? "")\"")
            }
            debug = inline != "false" && inline != "0"
        case "info": action = .information
        case "v", "version": action = .version
        case "h", "help": action = .help
        default: return false
        }
        return true
    }

    private mutating func setValue(_ name: String, _ value: String) throws(InvocationError) {
        switch name {
        case "namespace": namespace = value
        case "id": id = value
        case "address": address = value
        case "publish-binary": publishBinary = value
        case "bundle": bundle = value
        case "socket": socket = value
        default: throw InvocationError("unknown flag -\(name)")
        }
    }

    private mutating func settle(_ actions: [String]) throws(InvocationError) {
        guard actions.count <= 1 else {
            throw InvocationError("one action at a time, not \(actions.joined(separator: " "))")
        }
        switch actions.first {
        case nil: break
        case "start": action = .start
        case "delete": action = .delete
        case let other?: throw InvocationError("unknown action \"\(other)\": start or delete")
        }
        guard [.start, .delete, .serve].contains(action) else { return }
        guard isName(namespace) else {
            throw InvocationError("-namespace must be a name, not \"\(namespace)\"")
        }
        guard isName(id) else { throw InvocationError("-id must be a name, not \"\(id)\"") }
    }

    static let usage = """
        Usage: apus-shim -namespace NAME -id ID [-address SOCKET] [-publish-binary PATH]
                         [-bundle DIR] [-socket PATH] [-debug] [start | delete]

          start     make a shim for the bundle in the working directory and print its address
          delete    clean up what a dead shim left in -bundle
          (none)    serve in the foreground, on -socket PATH or on descriptor 3

          -info     print what this shim is, as a containerd RuntimeInfo message
          -v        print the version

        A manager sends its events socket as TTRPC_ADDRESS. APUS_SOCKET_DIR says where sockets
        are made, /run/containerd/s otherwise.
        """
}

/// A command line that makes no sense.
struct InvocationError: Error, Equatable, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// True for what may name a namespace, a container or an exec: it becomes part of paths.
func isName(_ text: String) -> Bool {
    guard !text.isEmpty, text.utf8.count <= 128, text != ".", text != ".." else { return false }
    return text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"): true
        default: false
        }
    }
}
