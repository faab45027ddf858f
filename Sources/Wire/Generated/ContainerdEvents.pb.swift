// Generated from spec/proto/containerd/events.proto by spec/generate-swift.py; do not edit.

import CWire

extension TaskEvents {
    public struct TaskIO: WireMessage {
        public var stdin: String
        public var stdout: String
        public var stderr: String
        public var terminal: Bool

        public init(stdin: String = "", stdout: String = "", stderr: String = "", terminal: Bool = false) {
            self.stdin = stdin
            self.stdout = stdout
            self.stderr = stderr
            self.terminal = terminal
        }

        public static var wireName: String { "containerd.events.TaskIO" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct TaskCreate: WireMessage {
        public var containerID: String
        public var bundle: String
        public var rootfs: [TaskAPI.Mount]
        public var io: TaskEvents.TaskIO?
        public var checkpoint: String
        public var pid: UInt32

        public init(containerID: String = "", bundle: String = "", rootfs: [TaskAPI.Mount] = [], io: TaskEvents.TaskIO? = nil, checkpoint: String = "", pid: UInt32 = 0) {
            self.containerID = containerID
            self.bundle = bundle
            self.rootfs = rootfs
            self.io = io
            self.checkpoint = checkpoint
            self.pid = pid
        }

        public static var wireName: String { "containerd.events.TaskCreate" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct TaskStart: WireMessage {
        public var containerID: String
        public var pid: UInt32

        public init(containerID: String = "", pid: UInt32 = 0) {
            self.containerID = containerID
            self.pid = pid
        }

        public static var wireName: String { "containerd.events.TaskStart" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct TaskDelete: WireMessage {
        public var containerID: String
        public var pid: UInt32
        public var exitStatus: UInt32
        public var exitedAt: Timestamp?
        public var id: String

        public init(containerID: String = "", pid: UInt32 = 0, exitStatus: UInt32 = 0, exitedAt: Timestamp? = nil, id: String = "") {
            self.containerID = containerID
            self.pid = pid
            self.exitStatus = exitStatus
            self.exitedAt = exitedAt
            self.id = id
        }

        public static var wireName: String { "containerd.events.TaskDelete" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct TaskExit: WireMessage {
        public var containerID: String
        public var id: String
        public var pid: UInt32
        public var exitStatus: UInt32
        public var exitedAt: Timestamp?

        public init(containerID: String = "", id: String = "", pid: UInt32 = 0, exitStatus: UInt32 = 0, exitedAt: Timestamp? = nil) {
            self.containerID = containerID
            self.id = id
            self.pid = pid
            self.exitStatus = exitStatus
            self.exitedAt = exitedAt
        }

        public static var wireName: String { "containerd.events.TaskExit" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct TaskOOM: WireMessage {
        public var containerID: String

        public init(containerID: String = "") {
            self.containerID = containerID
        }

        public static var wireName: String { "containerd.events.TaskOOM" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct TaskExecAdded: WireMessage {
        public var containerID: String
        public var execID: String

        public init(containerID: String = "", execID: String = "") {
            self.containerID = containerID
            self.execID = execID
        }

        public static var wireName: String { "containerd.events.TaskExecAdded" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct TaskExecStarted: WireMessage {
        public var containerID: String
        public var execID: String
        public var pid: UInt32

        public init(containerID: String = "", execID: String = "", pid: UInt32 = 0) {
            self.containerID = containerID
            self.execID = execID
            self.pid = pid
        }

        public static var wireName: String { "containerd.events.TaskExecStarted" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct TaskPaused: WireMessage {
        public var containerID: String

        public init(containerID: String = "") {
            self.containerID = containerID
        }

        public static var wireName: String { "containerd.events.TaskPaused" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct TaskResumed: WireMessage {
        public var containerID: String

        public init(containerID: String = "") {
            self.containerID = containerID
        }

        public static var wireName: String { "containerd.events.TaskResumed" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct TaskCheckpointed: WireMessage {
        public var containerID: String
        public var checkpoint: String

        public init(containerID: String = "", checkpoint: String = "") {
            self.containerID = containerID
            self.checkpoint = checkpoint
        }

        public static var wireName: String { "containerd.events.TaskCheckpointed" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

}

extension TaskEvents.TaskIO: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Events__TaskIO>) { unsafe containerd__events__task_io__init(c) }
    init(reading c: borrowing Containerd__Events__TaskIO) {
        self.stdin = unsafe readString(c.stdin)
        self.stdout = unsafe readString(c.stdout)
        self.stderr = unsafe readString(c.stderr)
        self.terminal = unsafe c.terminal != 0
    }
    func write(to c: inout Containerd__Events__TaskIO, in arena: Arena) {
        unsafe c.stdin = arena.string(self.stdin)
        unsafe c.stdout = arena.string(self.stdout)
        unsafe c.stderr = arena.string(self.stderr)
        unsafe c.terminal = self.terminal ? 1 : 0
    }
}

extension TaskEvents.TaskCreate: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Events__TaskCreate>) { unsafe containerd__events__task_create__init(c) }
    init(reading c: borrowing Containerd__Events__TaskCreate) {
        self.containerID = unsafe readString(c.container_id)
        self.bundle = unsafe readString(c.bundle)
        self.rootfs = unsafe readArray(c.rootfs, c.n_rootfs, TaskAPI.Mount.self)
        self.io = unsafe readMessage(c.io, TaskEvents.TaskIO.self)
        self.checkpoint = unsafe readString(c.checkpoint)
        self.pid = unsafe c.pid
    }
    func write(to c: inout Containerd__Events__TaskCreate, in arena: Arena) {
        unsafe c.container_id = arena.string(self.containerID)
        unsafe c.bundle = arena.string(self.bundle)
        unsafe c.rootfs = arena.array(self.rootfs)
        unsafe c.n_rootfs = self.rootfs.count
        unsafe c.io = arena.message(self.io)
        unsafe c.checkpoint = arena.string(self.checkpoint)
        unsafe c.pid = self.pid
    }
}

extension TaskEvents.TaskStart: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Events__TaskStart>) { unsafe containerd__events__task_start__init(c) }
    init(reading c: borrowing Containerd__Events__TaskStart) {
        self.containerID = unsafe readString(c.container_id)
        self.pid = unsafe c.pid
    }
    func write(to c: inout Containerd__Events__TaskStart, in arena: Arena) {
        unsafe c.container_id = arena.string(self.containerID)
        unsafe c.pid = self.pid
    }
}

extension TaskEvents.TaskDelete: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Events__TaskDelete>) { unsafe containerd__events__task_delete__init(c) }
    init(reading c: borrowing Containerd__Events__TaskDelete) {
        self.containerID = unsafe readString(c.container_id)
        self.pid = unsafe c.pid
        self.exitStatus = unsafe c.exit_status
        self.exitedAt = unsafe readMessage(c.exited_at, Timestamp.self)
        self.id = unsafe readString(c.id)
    }
    func write(to c: inout Containerd__Events__TaskDelete, in arena: Arena) {
        unsafe c.container_id = arena.string(self.containerID)
        unsafe c.pid = self.pid
        unsafe c.exit_status = self.exitStatus
        unsafe c.exited_at = arena.message(self.exitedAt)
        unsafe c.id = arena.string(self.id)
    }
}

extension TaskEvents.TaskExit: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Events__TaskExit>) { unsafe containerd__events__task_exit__init(c) }
    init(reading c: borrowing Containerd__Events__TaskExit) {
        self.containerID = unsafe readString(c.container_id)
        self.id = unsafe readString(c.id)
        self.pid = unsafe c.pid
        self.exitStatus = unsafe c.exit_status
        self.exitedAt = unsafe readMessage(c.exited_at, Timestamp.self)
    }
    func write(to c: inout Containerd__Events__TaskExit, in arena: Arena) {
        unsafe c.container_id = arena.string(self.containerID)
        unsafe c.id = arena.string(self.id)
        unsafe c.pid = self.pid
        unsafe c.exit_status = self.exitStatus
        unsafe c.exited_at = arena.message(self.exitedAt)
    }
}

extension TaskEvents.TaskOOM: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Events__TaskOOM>) { unsafe containerd__events__task_oom__init(c) }
    init(reading c: borrowing Containerd__Events__TaskOOM) {
        self.containerID = unsafe readString(c.container_id)
    }
    func write(to c: inout Containerd__Events__TaskOOM, in arena: Arena) {
        unsafe c.container_id = arena.string(self.containerID)
    }
}

extension TaskEvents.TaskExecAdded: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Events__TaskExecAdded>) { unsafe containerd__events__task_exec_added__init(c) }
    init(reading c: borrowing Containerd__Events__TaskExecAdded) {
        self.containerID = unsafe readString(c.container_id)
        self.execID = unsafe readString(c.exec_id)
    }
    func write(to c: inout Containerd__Events__TaskExecAdded, in arena: Arena) {
        unsafe c.container_id = arena.string(self.containerID)
        unsafe c.exec_id = arena.string(self.execID)
    }
}

extension TaskEvents.TaskExecStarted: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Events__TaskExecStarted>) { unsafe containerd__events__task_exec_started__init(c) }
    init(reading c: borrowing Containerd__Events__TaskExecStarted) {
        self.containerID = unsafe readString(c.container_id)
        self.execID = unsafe readString(c.exec_id)
        self.pid = unsafe c.pid
    }
    func write(to c: inout Containerd__Events__TaskExecStarted, in arena: Arena) {
        unsafe c.container_id = arena.string(self.containerID)
        unsafe c.exec_id = arena.string(self.execID)
        unsafe c.pid = self.pid
    }
}

extension TaskEvents.TaskPaused: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Events__TaskPaused>) { unsafe containerd__events__task_paused__init(c) }
    init(reading c: borrowing Containerd__Events__TaskPaused) {
        self.containerID = unsafe readString(c.container_id)
    }
    func write(to c: inout Containerd__Events__TaskPaused, in arena: Arena) {
        unsafe c.container_id = arena.string(self.containerID)
    }
}

extension TaskEvents.TaskResumed: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Events__TaskResumed>) { unsafe containerd__events__task_resumed__init(c) }
    init(reading c: borrowing Containerd__Events__TaskResumed) {
        self.containerID = unsafe readString(c.container_id)
    }
    func write(to c: inout Containerd__Events__TaskResumed, in arena: Arena) {
        unsafe c.container_id = arena.string(self.containerID)
    }
}

extension TaskEvents.TaskCheckpointed: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Events__TaskCheckpointed>) { unsafe containerd__events__task_checkpointed__init(c) }
    init(reading c: borrowing Containerd__Events__TaskCheckpointed) {
        self.containerID = unsafe readString(c.container_id)
        self.checkpoint = unsafe readString(c.checkpoint)
    }
    func write(to c: inout Containerd__Events__TaskCheckpointed, in arena: Arena) {
        unsafe c.container_id = arena.string(self.containerID)
        unsafe c.checkpoint = arena.string(self.checkpoint)
    }
}
