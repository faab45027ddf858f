// Generated from spec/proto/apus/runtime.proto by spec/generate-swift.py; do not edit.

import CWire

extension RuntimeAPI {
    public struct Outcome: WireMessage {
        /// The runtime's verb: create, start, exec ...
        public var operation: String
        public var id: String
        /// The process that was made, in the runtime's pid namespace; 0 if none was.
        public var pid: Int32
        public var phases: [RuntimeAPI.Phase]
        /// Things that were asked for and could not be granted, though the container starts.
        public var warnings: [String]
        /// Absent when the operation succeeded.
        public var problem: RuntimeAPI.Problem?

        public init(operation: String = "", id: String = "", pid: Int32 = 0, phases: [RuntimeAPI.Phase] = [], warnings: [String] = [], problem: RuntimeAPI.Problem? = nil) {
            self.operation = operation
            self.id = id
            self.pid = pid
            self.phases = phases
            self.warnings = warnings
            self.problem = problem
        }

        public static var wireName: String { "apus.runtime.v1.Outcome" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// A stretch of work. Times are CLOCK_MONOTONIC in nanoseconds, so that phases of several
    /// programs on one machine stand on one line.
    public struct Phase: WireMessage {
        /// apusctl, apusd, apus-shim or apus-runtime
        public var program: String
        public var name: String
        public var startNS: UInt64
        public var endNS: UInt64

        public init(program: String = "", name: String = "", startNS: UInt64 = 0, endNS: UInt64 = 0) {
            self.program = program
            self.name = name
            self.startNS = startNS
            self.endNS = endNS
        }

        public static var wireName: String { "apus.runtime.v1.Phase" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct Problem: WireMessage {
        /// What the runtime was doing: "mount proc on /proc".
        public var stage: String
        /// Why it failed, in words.
        public var cause: String
        /// errno(3), 0 if the kernel had no part in it.
        public var errorNumber: Int32
        /// What to try.
        public var hint: String
        /// The whole as one line, as it stands on stderr.
        public var message: String

        public init(stage: String = "", cause: String = "", errorNumber: Int32 = 0, hint: String = "", message: String = "") {
            self.stage = stage
            self.cause = cause
            self.errorNumber = errorNumber
            self.hint = hint
            self.message = message
        }

        public static var wireName: String { "apus.runtime.v1.Problem" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// What a caller that gives the runtime a report socket (--report-fd) learns from it. The runtime
    /// is the client; it sends one call at the end of its work, good or bad, and reads no answer.
    public enum ReportService {
        public static let name = "apus.runtime.v1.Report"
        /// The frame that carries this call may carry one descriptor (SCM_RIGHTS): the pidfd of the
        /// process that was made.
        public static let deliver = UnaryMethod<RuntimeAPI.Outcome, Empty>(service: name, name: "Deliver")
    }

}

extension RuntimeAPI.Outcome: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__Runtime__V1__Outcome>) { unsafe apus__runtime__v1__outcome__init(c) }
    init(reading c: borrowing Apus__Runtime__V1__Outcome) {
        self.operation = unsafe readString(c.operation)
        self.id = unsafe readString(c.id)
        self.pid = unsafe c.pid
        self.phases = unsafe readArray(c.phases, c.n_phases, RuntimeAPI.Phase.self)
        self.warnings = unsafe readStrings(c.warnings, c.n_warnings)
        self.problem = unsafe readMessage(c.problem, RuntimeAPI.Problem.self)
    }
    func write(to c: inout Apus__Runtime__V1__Outcome, in arena: Arena) {
        unsafe c.operation = arena.string(self.operation)
        unsafe c.id = arena.string(self.id)
        unsafe c.pid = self.pid
        unsafe c.phases = arena.array(self.phases)
        unsafe c.n_phases = self.phases.count
        unsafe c.warnings = arena.strings(self.warnings)
        unsafe c.n_warnings = self.warnings.count
        unsafe c.problem = arena.message(self.problem)
    }
}

extension RuntimeAPI.Phase: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__Runtime__V1__Phase>) { unsafe apus__runtime__v1__phase__init(c) }
    init(reading c: borrowing Apus__Runtime__V1__Phase) {
        self.program = unsafe readString(c.program)
        self.name = unsafe readString(c.name)
        self.startNS = unsafe c.start_ns
        self.endNS = unsafe c.end_ns
    }
    func write(to c: inout Apus__Runtime__V1__Phase, in arena: Arena) {
        unsafe c.program = arena.string(self.program)
        unsafe c.name = arena.string(self.name)
        unsafe c.start_ns = self.startNS
        unsafe c.end_ns = self.endNS
    }
}

extension RuntimeAPI.Problem: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__Runtime__V1__Problem>) { unsafe apus__runtime__v1__problem__init(c) }
    init(reading c: borrowing Apus__Runtime__V1__Problem) {
        self.stage = unsafe readString(c.stage)
        self.cause = unsafe readString(c.cause)
        self.errorNumber = unsafe c.error_number
        self.hint = unsafe readString(c.hint)
        self.message = unsafe readString(c.message)
    }
    func write(to c: inout Apus__Runtime__V1__Problem, in arena: Arena) {
        unsafe c.stage = arena.string(self.stage)
        unsafe c.cause = arena.string(self.cause)
        unsafe c.error_number = self.errorNumber
        unsafe c.hint = arena.string(self.hint)
        unsafe c.message = arena.string(self.message)
    }
}
