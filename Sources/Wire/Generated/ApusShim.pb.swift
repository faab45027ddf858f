// Generated from spec/proto/apus/shim.proto by spec/generate-swift.py; do not edit.

import CWire

extension ShimAPI {
    public struct Stream: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        public var rawValue: Int32
        public init(rawValue: Int32) { self.rawValue = rawValue }
        public static let stdin = Stream(rawValue: 0)
        public static let stdout = Stream(rawValue: 1)
        public static let stderr = Stream(rawValue: 2)
        public var description: String {
            switch rawValue {
            case 0: "stdin"
            case 1: "stdout"
            case 2: "stderr"
            default: "unknown(\(rawValue))"
            }
        }
    }

    public struct AttachRequest: WireMessage {
        public var id: String
        public var execID: String

        public init(id: String = "", execID: String = "") {
            self.id = id
            self.execID = execID
        }

        public static var wireName: String { "apus.shim.v1.AttachRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct Output: WireMessage {
        public var stream: ShimAPI.Stream
        public var data: [UInt8]

        public init(stream: ShimAPI.Stream = ShimAPI.Stream(rawValue: 0), data: [UInt8] = []) {
            self.stream = stream
            self.data = data
        }

        public static var wireName: String { "apus.shim.v1.Output" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct WriteRequest: WireMessage {
        public var id: String
        public var execID: String
        /// At most 1 MiB.
        public var data: [UInt8]

        public init(id: String = "", execID: String = "", data: [UInt8] = []) {
            self.id = id
            self.execID = execID
            self.data = data
        }

        public static var wireName: String { "apus.shim.v1.WriteRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct WriteResponse: WireMessage {
        /// Bytes that the process was given since it began, by all writes together.
        public var given: UInt64

        public init(given: UInt64 = 0) {
            self.given = given
        }

        public static var wireName: String { "apus.shim.v1.WriteResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct ReopenLogRequest: WireMessage {
        public var id: String
        public var execID: String

        public init(id: String = "", execID: String = "") {
            self.id = id
            self.execID = execID
        }

        public static var wireName: String { "apus.shim.v1.ReopenLogRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct TimelineRequest: WireMessage {
        public var id: String

        public init(id: String = "") {
            self.id = id
        }

        public static var wireName: String { "apus.shim.v1.TimelineRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct TimelineResponse: WireMessage {
        public var phases: [RuntimeAPI.Phase]

        public init(phases: [RuntimeAPI.Phase] = []) {
            self.phases = phases
        }

        public static var wireName: String { "apus.shim.v1.TimelineResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct HoldingsRequest: WireMessage {
        public var id: String
        public var execID: String

        public init(id: String = "", execID: String = "") {
            self.id = id
            self.execID = execID
        }

        public static var wireName: String { "apus.shim.v1.HoldingsRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct Holding: WireMessage {
        /// Empty for the first process.
        public var execID: String
        /// "stdin", "stdout", "stderr": the shim's ends of the pipes; "terminal": its master; "process":
        /// a pidfd.
        public var name: String
        public var descriptor: Int32
        /// By fstat(2), so that a number that was closed and opened again is not taken for the same.
        public var device: UInt64
        public var inode: UInt64

        public init(execID: String = "", name: String = "", descriptor: Int32 = 0, device: UInt64 = 0, inode: UInt64 = 0) {
            self.execID = execID
            self.name = name
            self.descriptor = descriptor
            self.device = device
            self.inode = inode
        }

        public static var wireName: String { "apus.shim.v1.Holding" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct HoldingsResponse: WireMessage {
        public var shimPid: Int32
        public var holdings: [ShimAPI.Holding]

        public init(shimPid: Int32 = 0, holdings: [ShimAPI.Holding] = []) {
            self.shimPid = shimPid
            self.holdings = holdings
        }

        public static var wireName: String { "apus.shim.v1.HoldingsResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct AdoptRequest: WireMessage {
        public var id: String
        public var bundle: String
        /// Who keeps the holdings: the numbers are his. 0 where nobody does; then the shim finds what it
        /// can in the container's own processes.
        public var holderPid: Int32
        public var holdings: [ShimAPI.Holding]

        public init(id: String = "", bundle: String = "", holderPid: Int32 = 0, holdings: [ShimAPI.Holding] = []) {
            self.id = id
            self.bundle = bundle
            self.holderPid = holderPid
            self.holdings = holdings
        }

        public static var wireName: String { "apus.shim.v1.AdoptRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct AdoptResponse: WireMessage {
        public var pid: UInt32
        /// Execs that were taken up too.
        public var execs: [String]

        public init(pid: UInt32 = 0, execs: [String] = []) {
            self.pid = pid
            self.execs = execs
        }

        public static var wireName: String { "apus.shim.v1.AdoptResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct UpgradeRequest: WireMessage {
        /// An absolute path; empty: the path that the shim was started from.
        public var program: String

        public init(program: String = "") {
            self.program = program
        }

        public static var wireName: String { "apus.shim.v1.UpgradeRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// What a shim leaves to the program that it becomes: descriptors that stay open.
    public struct Handover: WireMessage {
        public var listener: Int32
        public var socket: String
        public var containers: [ShimAPI.AdoptRequest]

        public init(listener: Int32 = 0, socket: String = "", containers: [ShimAPI.AdoptRequest] = []) {
            self.listener = listener
            self.socket = socket
            self.containers = containers
        }

        public static var wireName: String { "apus.shim.v1.Handover" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// What apus-shim serves beside containerd.task.v2.Task.
    public enum StdioService {
        public static let name = "apus.shim.v1.Stdio"
        /// Streams what a process writes from now on; ends when its streams are closed. May be called
        /// before Start, so that nothing is missed. Any number of callers.
        public static let attach = StreamMethod<ShimAPI.AttachRequest, ShimAPI.Output>(service: name, name: "Attach")
        /// Writes to stdin of a process whose stdin is "attach:". Answers when the bytes are in the
        /// pipe or terminal. Where a shim dies before it answers, the next one's answer to a write of
        /// nothing tells how much of it was given.
        public static let write = UnaryMethod<ShimAPI.WriteRequest, ShimAPI.WriteResponse>(service: name, name: "Write")
        /// Begins a new file of the log's name: whoever rotates logs himself has renamed the old one.
        public static let reopenLog = UnaryMethod<ShimAPI.ReopenLogRequest, Empty>(service: name, name: "ReopenLog")
    }

    public enum InspectService {
        public static let name = "apus.shim.v1.Inspect"
        /// Where the time of Create and Start went.
        public static let timeline = UnaryMethod<ShimAPI.TimelineRequest, ShimAPI.TimelineResponse>(service: name, name: "Timeline")
    }

    /// A shim's death is not its containers'. Whoever keeps what a shim has open gives it to the next.
    public enum LifeService {
        public static let name = "apus.shim.v1.Life"
        /// What the shim has open for a process, as numbers of its own: a caller of the same user takes
        /// them by pidfd_getfd(2). Who keeps "stdin" must close it before CloseIO: a pipe ends with its
        /// last writer.
        public static let holdings = UnaryMethod<ShimAPI.HoldingsRequest, ShimAPI.HoldingsResponse>(service: name, name: "Holdings")
        /// Takes up a container whose shim is dead. NotFound where the bundle names none that this can be
        /// done with.
        public static let adopt = UnaryMethod<ShimAPI.AdoptRequest, ShimAPI.AdoptResponse>(service: name, name: "Adopt")
        /// Goes on as another program: the same process, the same socket, the same containers. There is
        /// no answer but of a failure: all connections end when it is done, and the listening socket never
        /// does. FailedPrecondition while something is under way that the other program cannot go on with:
        /// a command of the runtime, an exec that was not started, output that waits for a reader.
        public static let upgrade = UnaryMethod<ShimAPI.UpgradeRequest, Empty>(service: name, name: "Upgrade")
    }

}

extension ShimAPI.AttachRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__Shim__V1__AttachRequest>) { unsafe apus__shim__v1__attach_request__init(c) }
    init(reading c: borrowing Apus__Shim__V1__AttachRequest) {
        self.id = unsafe readString(c.id)
        self.execID = unsafe readString(c.exec_id)
    }
    func write(to c: inout Apus__Shim__V1__AttachRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.exec_id = arena.string(self.execID)
    }
}

extension ShimAPI.Output: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__Shim__V1__Output>) { unsafe apus__shim__v1__output__init(c) }
    init(reading c: borrowing Apus__Shim__V1__Output) {
        self.stream = ShimAPI.Stream(rawValue: Int32(bitPattern: unsafe c.stream.rawValue))
        self.data = unsafe readBytes(c.data)
    }
    func write(to c: inout Apus__Shim__V1__Output, in arena: Arena) {
        unsafe c.stream = Apus__Shim__V1__Stream(rawValue: UInt32(bitPattern: self.stream.rawValue))
        unsafe c.data = arena.bytes(self.data)
    }
}

extension ShimAPI.WriteRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__Shim__V1__WriteRequest>) { unsafe apus__shim__v1__write_request__init(c) }
    init(reading c: borrowing Apus__Shim__V1__WriteRequest) {
        self.id = unsafe readString(c.id)
        self.execID = unsafe readString(c.exec_id)
        self.data = unsafe readBytes(c.data)
    }
    func write(to c: inout Apus__Shim__V1__WriteRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.exec_id = arena.string(self.execID)
        unsafe c.data = arena.bytes(self.data)
    }
}

extension ShimAPI.WriteResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__Shim__V1__WriteResponse>) { unsafe apus__shim__v1__write_response__init(c) }
    init(reading c: borrowing Apus__Shim__V1__WriteResponse) {
        self.given = unsafe c.given
    }
    func write(to c: inout Apus__Shim__V1__WriteResponse, in arena: Arena) {
        unsafe c.given = self.given
    }
}

extension ShimAPI.ReopenLogRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__Shim__V1__ReopenLogRequest>) { unsafe apus__shim__v1__reopen_log_request__init(c) }
    init(reading c: borrowing Apus__Shim__V1__ReopenLogRequest) {
        self.id = unsafe readString(c.id)
        self.execID = unsafe readString(c.exec_id)
    }
    func write(to c: inout Apus__Shim__V1__ReopenLogRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.exec_id = arena.string(self.execID)
    }
}

extension ShimAPI.TimelineRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__Shim__V1__TimelineRequest>) { unsafe apus__shim__v1__timeline_request__init(c) }
    init(reading c: borrowing Apus__Shim__V1__TimelineRequest) {
        self.id = unsafe readString(c.id)
    }
    func write(to c: inout Apus__Shim__V1__TimelineRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
    }
}

extension ShimAPI.TimelineResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__Shim__V1__TimelineResponse>) { unsafe apus__shim__v1__timeline_response__init(c) }
    init(reading c: borrowing Apus__Shim__V1__TimelineResponse) {
        self.phases = unsafe readArray(c.phases, c.n_phases, RuntimeAPI.Phase.self)
    }
    func write(to c: inout Apus__Shim__V1__TimelineResponse, in arena: Arena) {
        unsafe c.phases = arena.array(self.phases)
        unsafe c.n_phases = self.phases.count
    }
}

extension ShimAPI.HoldingsRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__Shim__V1__HoldingsRequest>) { unsafe apus__shim__v1__holdings_request__init(c) }
    init(reading c: borrowing Apus__Shim__V1__HoldingsRequest) {
        self.id = unsafe readString(c.id)
        self.execID = unsafe readString(c.exec_id)
    }
    func write(to c: inout Apus__Shim__V1__HoldingsRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.exec_id = arena.string(self.execID)
    }
}

extension ShimAPI.Holding: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__Shim__V1__Holding>) { unsafe apus__shim__v1__holding__init(c) }
    init(reading c: borrowing Apus__Shim__V1__Holding) {
        self.execID = unsafe readString(c.exec_id)
        self.name = unsafe readString(c.name)
        self.descriptor = unsafe c.descriptor
        self.device = unsafe c.device
        self.inode = unsafe c.inode
    }
    func write(to c: inout Apus__Shim__V1__Holding, in arena: Arena) {
        unsafe c.exec_id = arena.string(self.execID)
        unsafe c.name = arena.string(self.name)
        unsafe c.descriptor = self.descriptor
        unsafe c.device = self.device
        unsafe c.inode = self.inode
    }
}

extension ShimAPI.HoldingsResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__Shim__V1__HoldingsResponse>) { unsafe apus__shim__v1__holdings_response__init(c) }
    init(reading c: borrowing Apus__Shim__V1__HoldingsResponse) {
        self.shimPid = unsafe c.shim_pid
        self.holdings = unsafe readArray(c.holdings, c.n_holdings, ShimAPI.Holding.self)
    }
    func write(to c: inout Apus__Shim__V1__HoldingsResponse, in arena: Arena) {
        unsafe c.shim_pid = self.shimPid
        unsafe c.holdings = arena.array(self.holdings)
        unsafe c.n_holdings = self.holdings.count
    }
}

extension ShimAPI.AdoptRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__Shim__V1__AdoptRequest>) { unsafe apus__shim__v1__adopt_request__init(c) }
    init(reading c: borrowing Apus__Shim__V1__AdoptRequest) {
        self.id = unsafe readString(c.id)
        self.bundle = unsafe readString(c.bundle)
        self.holderPid = unsafe c.holder_pid
        self.holdings = unsafe readArray(c.holdings, c.n_holdings, ShimAPI.Holding.self)
    }
    func write(to c: inout Apus__Shim__V1__AdoptRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.bundle = arena.string(self.bundle)
        unsafe c.holder_pid = self.holderPid
        unsafe c.holdings = arena.array(self.holdings)
        unsafe c.n_holdings = self.holdings.count
    }
}

extension ShimAPI.AdoptResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__Shim__V1__AdoptResponse>) { unsafe apus__shim__v1__adopt_response__init(c) }
    init(reading c: borrowing Apus__Shim__V1__AdoptResponse) {
        self.pid = unsafe c.pid
        self.execs = unsafe readStrings(c.execs, c.n_execs)
    }
    func write(to c: inout Apus__Shim__V1__AdoptResponse, in arena: Arena) {
        unsafe c.pid = self.pid
        unsafe c.execs = arena.strings(self.execs)
        unsafe c.n_execs = self.execs.count
    }
}

extension ShimAPI.UpgradeRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__Shim__V1__UpgradeRequest>) { unsafe apus__shim__v1__upgrade_request__init(c) }
    init(reading c: borrowing Apus__Shim__V1__UpgradeRequest) {
        self.program = unsafe readString(c.program)
    }
    func write(to c: inout Apus__Shim__V1__UpgradeRequest, in arena: Arena) {
        unsafe c.program = arena.string(self.program)
    }
}

extension ShimAPI.Handover: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__Shim__V1__Handover>) { unsafe apus__shim__v1__handover__init(c) }
    init(reading c: borrowing Apus__Shim__V1__Handover) {
        self.listener = unsafe c.listener
        self.socket = unsafe readString(c.socket)
        self.containers = unsafe readArray(c.containers, c.n_containers, ShimAPI.AdoptRequest.self)
    }
    func write(to c: inout Apus__Shim__V1__Handover, in arena: Arena) {
        unsafe c.listener = self.listener
        unsafe c.socket = arena.string(self.socket)
        unsafe c.containers = arena.array(self.containers)
        unsafe c.n_containers = self.containers.count
    }
}
