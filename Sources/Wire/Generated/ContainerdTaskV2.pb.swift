// Generated from spec/proto/containerd/task_v2.proto by spec/generate-swift.py; do not edit.

import CWire

extension TaskAPI {
    /// Makes the container up to the point where its program could start.
    public struct CreateTaskRequest: WireMessage {
        public var id: String
        /// Directory with config.json.
        public var bundle: String
        /// Mounted in this order below bundle/rootfs before the runtime is called.
        public var rootfs: [TaskAPI.Mount]
        public var terminal: Bool
        /// Where the streams go; spec/stdio.md has the forms.
        public var stdin: String
        public var stdout: String
        public var stderr: String
        public var checkpoint: String
        public var parentCheckpoint: String
        /// A containerd.runc.v1.Options.
        public var options: AnyMessage?

        public init(id: String = "", bundle: String = "", rootfs: [TaskAPI.Mount] = [], terminal: Bool = false, stdin: String = "", stdout: String = "", stderr: String = "", checkpoint: String = "", parentCheckpoint: String = "", options: AnyMessage? = nil) {
            self.id = id
            self.bundle = bundle
            self.rootfs = rootfs
            self.terminal = terminal
            self.stdin = stdin
            self.stdout = stdout
            self.stderr = stderr
            self.checkpoint = checkpoint
            self.parentCheckpoint = parentCheckpoint
            self.options = options
        }

        public static var wireName: String { "containerd.task.v2.CreateTaskRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct CreateTaskResponse: WireMessage {
        public var pid: UInt32

        public init(pid: UInt32 = 0) {
            self.pid = pid
        }

        public static var wireName: String { "containerd.task.v2.CreateTaskResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct StartRequest: WireMessage {
        public var id: String
        public var execID: String

        public init(id: String = "", execID: String = "") {
            self.id = id
            self.execID = execID
        }

        public static var wireName: String { "containerd.task.v2.StartRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct StartResponse: WireMessage {
        public var pid: UInt32

        public init(pid: UInt32 = 0) {
            self.pid = pid
        }

        public static var wireName: String { "containerd.task.v2.StartResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct StateRequest: WireMessage {
        public var id: String
        public var execID: String

        public init(id: String = "", execID: String = "") {
            self.id = id
            self.execID = execID
        }

        public static var wireName: String { "containerd.task.v2.StateRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct StateResponse: WireMessage {
        public var id: String
        public var bundle: String
        public var pid: UInt32
        public var status: TaskAPI.Status
        public var stdin: String
        public var stdout: String
        public var stderr: String
        public var terminal: Bool
        /// Exit code, or 128 + signal; meaningful once status is STOPPED.
        public var exitStatus: UInt32
        /// Year 1 while the process runs.
        public var exitedAt: Timestamp?
        public var execID: String

        public init(id: String = "", bundle: String = "", pid: UInt32 = 0, status: TaskAPI.Status = TaskAPI.Status(rawValue: 0), stdin: String = "", stdout: String = "", stderr: String = "", terminal: Bool = false, exitStatus: UInt32 = 0, exitedAt: Timestamp? = nil, execID: String = "") {
            self.id = id
            self.bundle = bundle
            self.pid = pid
            self.status = status
            self.stdin = stdin
            self.stdout = stdout
            self.stderr = stderr
            self.terminal = terminal
            self.exitStatus = exitStatus
            self.exitedAt = exitedAt
            self.execID = execID
        }

        public static var wireName: String { "containerd.task.v2.StateResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct DeleteRequest: WireMessage {
        public var id: String
        public var execID: String

        public init(id: String = "", execID: String = "") {
            self.id = id
            self.execID = execID
        }

        public static var wireName: String { "containerd.task.v2.DeleteRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct DeleteResponse: WireMessage {
        public var pid: UInt32
        public var exitStatus: UInt32
        public var exitedAt: Timestamp?

        public init(pid: UInt32 = 0, exitStatus: UInt32 = 0, exitedAt: Timestamp? = nil) {
            self.pid = pid
            self.exitStatus = exitStatus
            self.exitedAt = exitedAt
        }

        public static var wireName: String { "containerd.task.v2.DeleteResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct PidsRequest: WireMessage {
        public var id: String

        public init(id: String = "") {
            self.id = id
        }

        public static var wireName: String { "containerd.task.v2.PidsRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct PidsResponse: WireMessage {
        public var processes: [TaskAPI.ProcessInfo]

        public init(processes: [TaskAPI.ProcessInfo] = []) {
            self.processes = processes
        }

        public static var wireName: String { "containerd.task.v2.PidsResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct PauseRequest: WireMessage {
        public var id: String

        public init(id: String = "") {
            self.id = id
        }

        public static var wireName: String { "containerd.task.v2.PauseRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct ResumeRequest: WireMessage {
        public var id: String

        public init(id: String = "") {
            self.id = id
        }

        public static var wireName: String { "containerd.task.v2.ResumeRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct CheckpointTaskRequest: WireMessage {
        public var id: String
        public var path: String
        public var options: AnyMessage?

        public init(id: String = "", path: String = "", options: AnyMessage? = nil) {
            self.id = id
            self.path = path
            self.options = options
        }

        public static var wireName: String { "containerd.task.v2.CheckpointTaskRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct KillRequest: WireMessage {
        public var id: String
        public var execID: String
        public var signal: UInt32
        public var all: Bool

        public init(id: String = "", execID: String = "", signal: UInt32 = 0, all: Bool = false) {
            self.id = id
            self.execID = execID
            self.signal = signal
            self.all = all
        }

        public static var wireName: String { "containerd.task.v2.KillRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// Registers a further process; Start with the same exec_id starts it.
    public struct ExecProcessRequest: WireMessage {
        public var id: String
        public var execID: String
        public var terminal: Bool
        public var stdin: String
        public var stdout: String
        public var stderr: String
        /// JSON of a runtime-spec process object.
        public var spec: AnyMessage?

        public init(id: String = "", execID: String = "", terminal: Bool = false, stdin: String = "", stdout: String = "", stderr: String = "", spec: AnyMessage? = nil) {
            self.id = id
            self.execID = execID
            self.terminal = terminal
            self.stdin = stdin
            self.stdout = stdout
            self.stderr = stderr
            self.spec = spec
        }

        public static var wireName: String { "containerd.task.v2.ExecProcessRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct ResizePtyRequest: WireMessage {
        public var id: String
        public var execID: String
        /// Columns.
        public var width: UInt32
        /// Rows.
        public var height: UInt32

        public init(id: String = "", execID: String = "", width: UInt32 = 0, height: UInt32 = 0) {
            self.id = id
            self.execID = execID
            self.width = width
            self.height = height
        }

        public static var wireName: String { "containerd.task.v2.ResizePtyRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct CloseIORequest: WireMessage {
        public var id: String
        public var execID: String
        public var stdin: Bool

        public init(id: String = "", execID: String = "", stdin: Bool = false) {
            self.id = id
            self.execID = execID
            self.stdin = stdin
        }

        public static var wireName: String { "containerd.task.v2.CloseIORequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct UpdateTaskRequest: WireMessage {
        public var id: String
        /// JSON of a runtime-spec linux.resources object.
        public var resources: AnyMessage?
        public var annotations: [String: String]

        public init(id: String = "", resources: AnyMessage? = nil, annotations: [String: String] = [:]) {
            self.id = id
            self.resources = resources
            self.annotations = annotations
        }

        public static var wireName: String { "containerd.task.v2.UpdateTaskRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct WaitRequest: WireMessage {
        public var id: String
        public var execID: String

        public init(id: String = "", execID: String = "") {
            self.id = id
            self.execID = execID
        }

        public static var wireName: String { "containerd.task.v2.WaitRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct WaitResponse: WireMessage {
        public var exitStatus: UInt32
        public var exitedAt: Timestamp?

        public init(exitStatus: UInt32 = 0, exitedAt: Timestamp? = nil) {
            self.exitStatus = exitStatus
            self.exitedAt = exitedAt
        }

        public static var wireName: String { "containerd.task.v2.WaitResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct StatsRequest: WireMessage {
        public var id: String

        public init(id: String = "") {
            self.id = id
        }

        public static var wireName: String { "containerd.task.v2.StatsRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct StatsResponse: WireMessage {
        /// io.containerd.cgroups.v1.Metrics or io.containerd.cgroups.v2.Metrics
        public var stats: AnyMessage?

        public init(stats: AnyMessage? = nil) {
            self.stats = stats
        }

        public static var wireName: String { "containerd.task.v2.StatsResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct ConnectRequest: WireMessage {
        public var id: String

        public init(id: String = "") {
            self.id = id
        }

        public static var wireName: String { "containerd.task.v2.ConnectRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct ConnectResponse: WireMessage {
        public var shimPid: UInt32
        /// 0 before Create.
        public var taskPid: UInt32
        public var version: String

        public init(shimPid: UInt32 = 0, taskPid: UInt32 = 0, version: String = "") {
            self.shimPid = shimPid
            self.taskPid = taskPid
            self.version = version
        }

        public static var wireName: String { "containerd.task.v2.ConnectResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// Ends the shim once it holds no container.
    public struct ShutdownRequest: WireMessage {
        public var id: String
        public var now: Bool

        public init(id: String = "", now: Bool = false) {
            self.id = id
            self.now = now
        }

        public static var wireName: String { "containerd.task.v2.ShutdownRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// What a shim serves to the manager that started it. An empty exec_id names the container's
    /// first process.
    public enum TaskService {
        public static let name = "containerd.task.v2.Task"
        public static let state = UnaryMethod<TaskAPI.StateRequest, TaskAPI.StateResponse>(service: name, name: "State")
        public static let create = UnaryMethod<TaskAPI.CreateTaskRequest, TaskAPI.CreateTaskResponse>(service: name, name: "Create")
        public static let start = UnaryMethod<TaskAPI.StartRequest, TaskAPI.StartResponse>(service: name, name: "Start")
        public static let delete = UnaryMethod<TaskAPI.DeleteRequest, TaskAPI.DeleteResponse>(service: name, name: "Delete")
        public static let pids = UnaryMethod<TaskAPI.PidsRequest, TaskAPI.PidsResponse>(service: name, name: "Pids")
        public static let pause = UnaryMethod<TaskAPI.PauseRequest, Empty>(service: name, name: "Pause")
        public static let resume = UnaryMethod<TaskAPI.ResumeRequest, Empty>(service: name, name: "Resume")
        public static let checkpoint = UnaryMethod<TaskAPI.CheckpointTaskRequest, Empty>(service: name, name: "Checkpoint")
        public static let kill = UnaryMethod<TaskAPI.KillRequest, Empty>(service: name, name: "Kill")
        public static let exec = UnaryMethod<TaskAPI.ExecProcessRequest, Empty>(service: name, name: "Exec")
        public static let resizePty = UnaryMethod<TaskAPI.ResizePtyRequest, Empty>(service: name, name: "ResizePty")
        public static let closeIO = UnaryMethod<TaskAPI.CloseIORequest, Empty>(service: name, name: "CloseIO")
        public static let update = UnaryMethod<TaskAPI.UpdateTaskRequest, Empty>(service: name, name: "Update")
        public static let wait = UnaryMethod<TaskAPI.WaitRequest, TaskAPI.WaitResponse>(service: name, name: "Wait")
        public static let stats = UnaryMethod<TaskAPI.StatsRequest, TaskAPI.StatsResponse>(service: name, name: "Stats")
        public static let connect = UnaryMethod<TaskAPI.ConnectRequest, TaskAPI.ConnectResponse>(service: name, name: "Connect")
        public static let shutdown = UnaryMethod<TaskAPI.ShutdownRequest, Empty>(service: name, name: "Shutdown")
    }

}

extension TaskAPI.CreateTaskRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Task__V2__CreateTaskRequest>) { unsafe containerd__task__v2__create_task_request__init(c) }
    init(reading c: borrowing Containerd__Task__V2__CreateTaskRequest) {
        self.id = unsafe readString(c.id)
        self.bundle = unsafe readString(c.bundle)
        self.rootfs = unsafe readArray(c.rootfs, c.n_rootfs, TaskAPI.Mount.self)
        self.terminal = unsafe c.terminal != 0
        self.stdin = unsafe readString(c.stdin)
        self.stdout = unsafe readString(c.stdout)
        self.stderr = unsafe readString(c.stderr)
        self.checkpoint = unsafe readString(c.checkpoint)
        self.parentCheckpoint = unsafe readString(c.parent_checkpoint)
        self.options = unsafe readMessage(c.options, AnyMessage.self)
    }
    func write(to c: inout Containerd__Task__V2__CreateTaskRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.bundle = arena.string(self.bundle)
        unsafe c.rootfs = arena.array(self.rootfs)
        unsafe c.n_rootfs = self.rootfs.count
        unsafe c.terminal = self.terminal ? 1 : 0
        unsafe c.stdin = arena.string(self.stdin)
        unsafe c.stdout = arena.string(self.stdout)
        unsafe c.stderr = arena.string(self.stderr)
        unsafe c.checkpoint = arena.string(self.checkpoint)
        unsafe c.parent_checkpoint = arena.string(self.parentCheckpoint)
        unsafe c.options = arena.message(self.options)
    }
}

extension TaskAPI.CreateTaskResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Task__V2__CreateTaskResponse>) { unsafe containerd__task__v2__create_task_response__init(c) }
    init(reading c: borrowing Containerd__Task__V2__CreateTaskResponse) {
        self.pid = unsafe c.pid
    }
    func write(to c: inout Containerd__Task__V2__CreateTaskResponse, in arena: Arena) {
        unsafe c.pid = self.pid
    }
}

extension TaskAPI.StartRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Task__V2__StartRequest>) { unsafe containerd__task__v2__start_request__init(c) }
    init(reading c: borrowing Containerd__Task__V2__StartRequest) {
        self.id = unsafe readString(c.id)
        self.execID = unsafe readString(c.exec_id)
    }
    func write(to c: inout Containerd__Task__V2__StartRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.exec_id = arena.string(self.execID)
    }
}

extension TaskAPI.StartResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Task__V2__StartResponse>) { unsafe containerd__task__v2__start_response__init(c) }
    init(reading c: borrowing Containerd__Task__V2__StartResponse) {
        self.pid = unsafe c.pid
    }
    func write(to c: inout Containerd__Task__V2__StartResponse, in arena: Arena) {
        unsafe c.pid = self.pid
    }
}

extension TaskAPI.StateRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Task__V2__StateRequest>) { unsafe containerd__task__v2__state_request__init(c) }
    init(reading c: borrowing Containerd__Task__V2__StateRequest) {
        self.id = unsafe readString(c.id)
        self.execID = unsafe readString(c.exec_id)
    }
    func write(to c: inout Containerd__Task__V2__StateRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.exec_id = arena.string(self.execID)
    }
}

extension TaskAPI.StateResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Task__V2__StateResponse>) { unsafe containerd__task__v2__state_response__init(c) }
    init(reading c: borrowing Containerd__Task__V2__StateResponse) {
        self.id = unsafe readString(c.id)
        self.bundle = unsafe readString(c.bundle)
        self.pid = unsafe c.pid
        self.status = TaskAPI.Status(rawValue: Int32(bitPattern: unsafe c.status.rawValue))
        self.stdin = unsafe readString(c.stdin)
        self.stdout = unsafe readString(c.stdout)
        self.stderr = unsafe readString(c.stderr)
        self.terminal = unsafe c.terminal != 0
        self.exitStatus = unsafe c.exit_status
        self.exitedAt = unsafe readMessage(c.exited_at, Timestamp.self)
        self.execID = unsafe readString(c.exec_id)
    }
    func write(to c: inout Containerd__Task__V2__StateResponse, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.bundle = arena.string(self.bundle)
        unsafe c.pid = self.pid
        unsafe c.status = Containerd__V1__Types__Status(rawValue: UInt32(bitPattern: self.status.rawValue))
        unsafe c.stdin = arena.string(self.stdin)
        unsafe c.stdout = arena.string(self.stdout)
        unsafe c.stderr = arena.string(self.stderr)
        unsafe c.terminal = self.terminal ? 1 : 0
        unsafe c.exit_status = self.exitStatus
        unsafe c.exited_at = arena.message(self.exitedAt)
        unsafe c.exec_id = arena.string(self.execID)
    }
}

extension TaskAPI.DeleteRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Task__V2__DeleteRequest>) { unsafe containerd__task__v2__delete_request__init(c) }
    init(reading c: borrowing Containerd__Task__V2__DeleteRequest) {
        self.id = unsafe readString(c.id)
        self.execID = unsafe readString(c.exec_id)
    }
    func write(to c: inout Containerd__Task__V2__DeleteRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.exec_id = arena.string(self.execID)
    }
}

extension TaskAPI.DeleteResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Task__V2__DeleteResponse>) { unsafe containerd__task__v2__delete_response__init(c) }
    init(reading c: borrowing Containerd__Task__V2__DeleteResponse) {
        self.pid = unsafe c.pid
        self.exitStatus = unsafe c.exit_status
        self.exitedAt = unsafe readMessage(c.exited_at, Timestamp.self)
    }
    func write(to c: inout Containerd__Task__V2__DeleteResponse, in arena: Arena) {
        unsafe c.pid = self.pid
        unsafe c.exit_status = self.exitStatus
        unsafe c.exited_at = arena.message(self.exitedAt)
    }
}

extension TaskAPI.PidsRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Task__V2__PidsRequest>) { unsafe containerd__task__v2__pids_request__init(c) }
    init(reading c: borrowing Containerd__Task__V2__PidsRequest) {
        self.id = unsafe readString(c.id)
    }
    func write(to c: inout Containerd__Task__V2__PidsRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
    }
}

extension TaskAPI.PidsResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Task__V2__PidsResponse>) { unsafe containerd__task__v2__pids_response__init(c) }
    init(reading c: borrowing Containerd__Task__V2__PidsResponse) {
        self.processes = unsafe readArray(c.processes, c.n_processes, TaskAPI.ProcessInfo.self)
    }
    func write(to c: inout Containerd__Task__V2__PidsResponse, in arena: Arena) {
        unsafe c.processes = arena.array(self.processes)
        unsafe c.n_processes = self.processes.count
    }
}

extension TaskAPI.PauseRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Task__V2__PauseRequest>) { unsafe containerd__task__v2__pause_request__init(c) }
    init(reading c: borrowing Containerd__Task__V2__PauseRequest) {
        self.id = unsafe readString(c.id)
    }
    func write(to c: inout Containerd__Task__V2__PauseRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
    }
}

extension TaskAPI.ResumeRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Task__V2__ResumeRequest>) { unsafe containerd__task__v2__resume_request__init(c) }
    init(reading c: borrowing Containerd__Task__V2__ResumeRequest) {
        self.id = unsafe readString(c.id)
    }
    func write(to c: inout Containerd__Task__V2__ResumeRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
    }
}

extension TaskAPI.CheckpointTaskRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Task__V2__CheckpointTaskRequest>) { unsafe containerd__task__v2__checkpoint_task_request__init(c) }
    init(reading c: borrowing Containerd__Task__V2__CheckpointTaskRequest) {
        self.id = unsafe readString(c.id)
        self.path = unsafe readString(c.path)
        self.options = unsafe readMessage(c.options, AnyMessage.self)
    }
    func write(to c: inout Containerd__Task__V2__CheckpointTaskRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.path = arena.string(self.path)
        unsafe c.options = arena.message(self.options)
    }
}

extension TaskAPI.KillRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Task__V2__KillRequest>) { unsafe containerd__task__v2__kill_request__init(c) }
    init(reading c: borrowing Containerd__Task__V2__KillRequest) {
        self.id = unsafe readString(c.id)
        self.execID = unsafe readString(c.exec_id)
        self.signal = unsafe c.signal
        self.all = unsafe c.all != 0
    }
    func write(to c: inout Containerd__Task__V2__KillRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.exec_id = arena.string(self.execID)
        unsafe c.signal = self.signal
        unsafe c.all = self.all ? 1 : 0
    }
}

extension TaskAPI.ExecProcessRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Task__V2__ExecProcessRequest>) { unsafe containerd__task__v2__exec_process_request__init(c) }
    init(reading c: borrowing Containerd__Task__V2__ExecProcessRequest) {
        self.id = unsafe readString(c.id)
        self.execID = unsafe readString(c.exec_id)
        self.terminal = unsafe c.terminal != 0
        self.stdin = unsafe readString(c.stdin)
        self.stdout = unsafe readString(c.stdout)
        self.stderr = unsafe readString(c.stderr)
        self.spec = unsafe readMessage(c.spec, AnyMessage.self)
    }
    func write(to c: inout Containerd__Task__V2__ExecProcessRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.exec_id = arena.string(self.execID)
        unsafe c.terminal = self.terminal ? 1 : 0
        unsafe c.stdin = arena.string(self.stdin)
        unsafe c.stdout = arena.string(self.stdout)
        unsafe c.stderr = arena.string(self.stderr)
        unsafe c.spec = arena.message(self.spec)
    }
}

extension TaskAPI.ResizePtyRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Task__V2__ResizePtyRequest>) { unsafe containerd__task__v2__resize_pty_request__init(c) }
    init(reading c: borrowing Containerd__Task__V2__ResizePtyRequest) {
        self.id = unsafe readString(c.id)
        self.execID = unsafe readString(c.exec_id)
        self.width = unsafe c.width
        self.height = unsafe c.height
    }
    func write(to c: inout Containerd__Task__V2__ResizePtyRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.exec_id = arena.string(self.execID)
        unsafe c.width = self.width
        unsafe c.height = self.height
    }
}

extension TaskAPI.CloseIORequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Task__V2__CloseIORequest>) { unsafe containerd__task__v2__close_iorequest__init(c) }
    init(reading c: borrowing Containerd__Task__V2__CloseIORequest) {
        self.id = unsafe readString(c.id)
        self.execID = unsafe readString(c.exec_id)
        self.stdin = unsafe c.stdin != 0
    }
    func write(to c: inout Containerd__Task__V2__CloseIORequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.exec_id = arena.string(self.execID)
        unsafe c.stdin = self.stdin ? 1 : 0
    }
}

extension TaskAPI.UpdateTaskRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Task__V2__UpdateTaskRequest>) { unsafe containerd__task__v2__update_task_request__init(c) }
    init(reading c: borrowing Containerd__Task__V2__UpdateTaskRequest) {
        self.id = unsafe readString(c.id)
        self.resources = unsafe readMessage(c.resources, AnyMessage.self)
        self.annotations = unsafe readMap(c.annotations, c.n_annotations) { unsafe ($0.key, $0.value) }
    }
    func write(to c: inout Containerd__Task__V2__UpdateTaskRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.resources = arena.message(self.resources)
        unsafe c.annotations = arena.map(self.annotations, containerd__task__v2__update_task_request__annotations_entry__init) {
            unsafe $0.pointee.key = $1
            unsafe $0.pointee.value = $2
        }
        unsafe c.n_annotations = self.annotations.count
    }
}

extension TaskAPI.WaitRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Task__V2__WaitRequest>) { unsafe containerd__task__v2__wait_request__init(c) }
    init(reading c: borrowing Containerd__Task__V2__WaitRequest) {
        self.id = unsafe readString(c.id)
        self.execID = unsafe readString(c.exec_id)
    }
    func write(to c: inout Containerd__Task__V2__WaitRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.exec_id = arena.string(self.execID)
    }
}

extension TaskAPI.WaitResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Task__V2__WaitResponse>) { unsafe containerd__task__v2__wait_response__init(c) }
    init(reading c: borrowing Containerd__Task__V2__WaitResponse) {
        self.exitStatus = unsafe c.exit_status
        self.exitedAt = unsafe readMessage(c.exited_at, Timestamp.self)
    }
    func write(to c: inout Containerd__Task__V2__WaitResponse, in arena: Arena) {
        unsafe c.exit_status = self.exitStatus
        unsafe c.exited_at = arena.message(self.exitedAt)
    }
}

extension TaskAPI.StatsRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Task__V2__StatsRequest>) { unsafe containerd__task__v2__stats_request__init(c) }
    init(reading c: borrowing Containerd__Task__V2__StatsRequest) {
        self.id = unsafe readString(c.id)
    }
    func write(to c: inout Containerd__Task__V2__StatsRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
    }
}

extension TaskAPI.StatsResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Task__V2__StatsResponse>) { unsafe containerd__task__v2__stats_response__init(c) }
    init(reading c: borrowing Containerd__Task__V2__StatsResponse) {
        self.stats = unsafe readMessage(c.stats, AnyMessage.self)
    }
    func write(to c: inout Containerd__Task__V2__StatsResponse, in arena: Arena) {
        unsafe c.stats = arena.message(self.stats)
    }
}

extension TaskAPI.ConnectRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Task__V2__ConnectRequest>) { unsafe containerd__task__v2__connect_request__init(c) }
    init(reading c: borrowing Containerd__Task__V2__ConnectRequest) {
        self.id = unsafe readString(c.id)
    }
    func write(to c: inout Containerd__Task__V2__ConnectRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
    }
}

extension TaskAPI.ConnectResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Task__V2__ConnectResponse>) { unsafe containerd__task__v2__connect_response__init(c) }
    init(reading c: borrowing Containerd__Task__V2__ConnectResponse) {
        self.shimPid = unsafe c.shim_pid
        self.taskPid = unsafe c.task_pid
        self.version = unsafe readString(c.version)
    }
    func write(to c: inout Containerd__Task__V2__ConnectResponse, in arena: Arena) {
        unsafe c.shim_pid = self.shimPid
        unsafe c.task_pid = self.taskPid
        unsafe c.version = arena.string(self.version)
    }
}

extension TaskAPI.ShutdownRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Task__V2__ShutdownRequest>) { unsafe containerd__task__v2__shutdown_request__init(c) }
    init(reading c: borrowing Containerd__Task__V2__ShutdownRequest) {
        self.id = unsafe readString(c.id)
        self.now = unsafe c.now != 0
    }
    func write(to c: inout Containerd__Task__V2__ShutdownRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.now = self.now ? 1 : 0
    }
}
