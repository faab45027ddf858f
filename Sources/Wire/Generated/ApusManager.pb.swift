// Generated from spec/proto/apus/manager.proto by spec/generate-swift.py; do not edit.

import CWire

extension Apus {
    public struct VersionResponse: WireMessage {
        public var version: String
        public var gitCommit: String
        public var buildTime: String
        /// linux/amd64
        public var platform: String
        public var apiVersion: String
        /// Oldest client API that this manager serves.
        public var minimumApiVersion: String
        public var components: [Apus.Component]

        public init(version: String = "", gitCommit: String = "", buildTime: String = "", platform: String = "", apiVersion: String = "", minimumApiVersion: String = "", components: [Apus.Component] = []) {
            self.version = version
            self.gitCommit = gitCommit
            self.buildTime = buildTime
            self.platform = platform
            self.apiVersion = apiVersion
            self.minimumApiVersion = minimumApiVersion
            self.components = components
        }

        public static var wireName: String { "apus.v1.VersionResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// A program that the manager uses.
    public struct Component: WireMessage {
        public var name: String
        public var path: String
        public var version: String
        public var gitCommit: String

        public init(name: String = "", path: String = "", version: String = "", gitCommit: String = "") {
            self.name = name
            self.path = path
            self.version = version
            self.gitCommit = gitCommit
        }

        public static var wireName: String { "apus.v1.Component" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct ImportRequest: WireMessage {
        /// Absolute path on the manager's machine.
        public var path: String
        /// Name for the image where the archive has none, or for its only image; may be empty.
        public var name: String

        public init(path: String = "", name: String = "") {
            self.path = path
            self.name = name
        }

        public static var wireName: String { "apus.v1.ImportRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct ImportProgress: WireMessage {
        /// read, verify, unpack or done
        public var phase: String
        /// Digest at hand; may be empty.
        public var subject: String
        public var doneBytes: Int64
        /// 0 when it is not known.
        public var totalBytes: Int64
        /// With phase "done".
        public var images: [Apus.Image]

        public init(phase: String = "", subject: String = "", doneBytes: Int64 = 0, totalBytes: Int64 = 0, images: [Apus.Image] = []) {
            self.phase = phase
            self.subject = subject
            self.doneBytes = doneBytes
            self.totalBytes = totalBytes
            self.images = images
        }

        public static var wireName: String { "apus.v1.ImportProgress" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct ListImagesRequest: WireMessage {

        public init() {
        }

        public static var wireName: String { "apus.v1.ListImagesRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct ListImagesResponse: WireMessage {
        public var images: [Apus.Image]

        public init(images: [Apus.Image] = []) {
            self.images = images
        }

        public static var wireName: String { "apus.v1.ListImagesResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct ImageRequest: WireMessage {
        public var name: String

        public init(name: String = "") {
            self.name = name
        }

        public static var wireName: String { "apus.v1.ImageRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct TagImageRequest: WireMessage {
        public var source: String
        public var target: String

        public init(source: String = "", target: String = "") {
            self.source = source
            self.target = target
        }

        public static var wireName: String { "apus.v1.TagImageRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct RemoveImageRequest: WireMessage {
        public var name: String
        /// Also when a container was made from it.
        public var force: Bool

        public init(name: String = "", force: Bool = false) {
            self.name = name
            self.force = force
        }

        public static var wireName: String { "apus.v1.RemoveImageRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct RemoveImageResponse: WireMessage {
        public var untagged: [String]
        /// Digests of the blobs that went with it.
        public var deleted: [String]

        public init(untagged: [String] = [], deleted: [String] = []) {
            self.untagged = untagged
            self.deleted = deleted
        }

        public static var wireName: String { "apus.v1.RemoveImageResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct ContentBlob: WireMessage {
        public var digest: String
        public var sizeBytes: Int64
        public var createdAt: Timestamp?

        public init(digest: String = "", sizeBytes: Int64 = 0, createdAt: Timestamp? = nil) {
            self.digest = digest
            self.sizeBytes = sizeBytes
            self.createdAt = createdAt
        }

        public static var wireName: String { "apus.v1.ContentBlob" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct ListContentResponse: WireMessage {
        public var blobs: [Apus.ContentBlob]

        public init(blobs: [Apus.ContentBlob] = []) {
            self.blobs = blobs
        }

        public static var wireName: String { "apus.v1.ListContentResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct CheckContentResult: WireMessage {
        public var digest: String
        public var ok: Bool
        /// What is wrong with it.
        public var problem: String

        public init(digest: String = "", ok: Bool = false, problem: String = "") {
            self.digest = digest
            self.ok = ok
            self.problem = problem
        }

        public static var wireName: String { "apus.v1.CheckContentResult" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct Snapshot: WireMessage {
        public var key: String
        public var parent: String
        /// committed or active
        public var kind: String
        public var sizeBytes: Int64
        public var inodes: Int64
        public var path: String

        public init(key: String = "", parent: String = "", kind: String = "", sizeBytes: Int64 = 0, inodes: Int64 = 0, path: String = "") {
            self.key = key
            self.parent = parent
            self.kind = kind
            self.sizeBytes = sizeBytes
            self.inodes = inodes
            self.path = path
        }

        public static var wireName: String { "apus.v1.Snapshot" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct ListSnapshotsResponse: WireMessage {
        public var snapshots: [Apus.Snapshot]

        public init(snapshots: [Apus.Snapshot] = []) {
            self.snapshots = snapshots
        }

        public static var wireName: String { "apus.v1.ListSnapshotsResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct CreateContainerRequest: WireMessage {
        public var spec: Apus.ContainerSpec?

        public init(spec: Apus.ContainerSpec? = nil) {
            self.spec = spec
        }

        public static var wireName: String { "apus.v1.CreateContainerRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct ContainerRequest: WireMessage {
        public var id: String

        public init(id: String = "") {
            self.id = id
        }

        public static var wireName: String { "apus.v1.ContainerRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct StopRequest: WireMessage {
        public var id: String
        /// Seconds; 0 means at once.
        public var timeoutSeconds: UInt32

        public init(id: String = "", timeoutSeconds: UInt32 = 0) {
            self.id = id
            self.timeoutSeconds = timeoutSeconds
        }

        public static var wireName: String { "apus.v1.StopRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct KillContainerRequest: WireMessage {
        public var id: String
        public var execID: String
        /// Number or name: 9, KILL or SIGKILL.
        public var signal: String
        /// Every process of the container.
        public var all: Bool

        public init(id: String = "", execID: String = "", signal: String = "", all: Bool = false) {
            self.id = id
            self.execID = execID
            self.signal = signal
            self.all = all
        }

        public static var wireName: String { "apus.v1.KillContainerRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct ProcessRequest: WireMessage {
        public var id: String
        public var execID: String

        public init(id: String = "", execID: String = "") {
            self.id = id
            self.execID = execID
        }

        public static var wireName: String { "apus.v1.ProcessRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct WaitProcessResponse: WireMessage {
        public var exitStatus: UInt32
        public var finishedAt: Timestamp?
        public var oomKilled: Bool

        public init(exitStatus: UInt32 = 0, finishedAt: Timestamp? = nil, oomKilled: Bool = false) {
            self.exitStatus = exitStatus
            self.finishedAt = finishedAt
            self.oomKilled = oomKilled
        }

        public static var wireName: String { "apus.v1.WaitProcessResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct RemoveContainerRequest: WireMessage {
        public var id: String
        /// Kill it first where it runs.
        public var force: Bool

        public init(id: String = "", force: Bool = false) {
            self.id = id
            self.force = force
        }

        public static var wireName: String { "apus.v1.RemoveContainerRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct ListContainersRequest: WireMessage {
        /// Also those that do not run.
        public var all: Bool
        /// All given labels must match; an empty value matches any.
        public var labels: [String: String]

        public init(all: Bool = false, labels: [String: String] = [:]) {
            self.all = all
            self.labels = labels
        }

        public static var wireName: String { "apus.v1.ListContainersRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct ListContainersResponse: WireMessage {
        public var containers: [Apus.Container]

        public init(containers: [Apus.Container] = []) {
            self.containers = containers
        }

        public static var wireName: String { "apus.v1.ListContainersResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct ContainerPid: WireMessage {
        public var pid: UInt32
        public var execID: String

        public init(pid: UInt32 = 0, execID: String = "") {
            self.pid = pid
            self.execID = execID
        }

        public static var wireName: String { "apus.v1.ContainerPid" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct ContainerPids: WireMessage {
        public var processes: [Apus.ContainerPid]

        public init(processes: [Apus.ContainerPid] = []) {
            self.processes = processes
        }

        public static var wireName: String { "apus.v1.ContainerPids" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct ContainerStats: WireMessage {
        public var time: Timestamp?
        public var cpuUsageNS: UInt64
        public var memoryUsageBytes: UInt64
        public var memoryLimitBytes: UInt64
        public var memoryPeakBytes: UInt64
        public var pidsCurrent: UInt64
        public var pidsLimit: UInt64
        public var oomKills: UInt64

        public init(time: Timestamp? = nil, cpuUsageNS: UInt64 = 0, memoryUsageBytes: UInt64 = 0, memoryLimitBytes: UInt64 = 0, memoryPeakBytes: UInt64 = 0, pidsCurrent: UInt64 = 0, pidsLimit: UInt64 = 0, oomKills: UInt64 = 0) {
            self.time = time
            self.cpuUsageNS = cpuUsageNS
            self.memoryUsageBytes = memoryUsageBytes
            self.memoryLimitBytes = memoryLimitBytes
            self.memoryPeakBytes = memoryPeakBytes
            self.pidsCurrent = pidsCurrent
            self.pidsLimit = pidsLimit
            self.oomKills = oomKills
        }

        public static var wireName: String { "apus.v1.ContainerStats" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct UpdateContainerRequest: WireMessage {
        public var id: String
        /// Fields that are 0 stay as they are; -1 lifts a limit.
        public var memoryLimitBytes: Int64
        public var nanoCPUs: Int64
        public var cpusetCPUs: String
        public var pidsLimit: Int64

        public init(id: String = "", memoryLimitBytes: Int64 = 0, nanoCPUs: Int64 = 0, cpusetCPUs: String = "", pidsLimit: Int64 = 0) {
            self.id = id
            self.memoryLimitBytes = memoryLimitBytes
            self.nanoCPUs = nanoCPUs
            self.cpusetCPUs = cpusetCPUs
            self.pidsLimit = pidsLimit
        }

        public static var wireName: String { "apus.v1.UpdateContainerRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct ContainerTimeline: WireMessage {
        public var phases: [RuntimeAPI.Phase]

        public init(phases: [RuntimeAPI.Phase] = []) {
            self.phases = phases
        }

        public static var wireName: String { "apus.v1.ContainerTimeline" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct CreateExecRequest: WireMessage {
        public var id: String
        public var args: [String]
        /// NAME=value, over the container's own.
        public var env: [String]
        /// Empty fields take the container's value.
        public var user: String
        public var workingDirectory: String
        public var terminal: Bool
        public var stdinOpen: Bool

        public init(id: String = "", args: [String] = [], env: [String] = [], user: String = "", workingDirectory: String = "", terminal: Bool = false, stdinOpen: Bool = false) {
            self.id = id
            self.args = args
            self.env = env
            self.user = user
            self.workingDirectory = workingDirectory
            self.terminal = terminal
            self.stdinOpen = stdinOpen
        }

        public static var wireName: String { "apus.v1.CreateExecRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct CreateExecResponse: WireMessage {
        public var execID: String

        public init(execID: String = "") {
            self.execID = execID
        }

        public static var wireName: String { "apus.v1.CreateExecResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct StartExecResponse: WireMessage {
        public var pid: UInt32

        public init(pid: UInt32 = 0) {
            self.pid = pid
        }

        public static var wireName: String { "apus.v1.StartExecResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct OutputChunk: WireMessage {
        public var stream: Apus.Stream
        public var data: [UInt8]

        public init(stream: Apus.Stream = Apus.Stream(rawValue: 0), data: [UInt8] = []) {
            self.stream = stream
            self.data = data
        }

        public static var wireName: String { "apus.v1.OutputChunk" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct WriteStdinRequest: WireMessage {
        public var id: String
        public var execID: String
        /// At most 1 MiB.
        public var data: [UInt8]

        public init(id: String = "", execID: String = "", data: [UInt8] = []) {
            self.id = id
            self.execID = execID
            self.data = data
        }

        public static var wireName: String { "apus.v1.WriteStdinRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct ResizeRequest: WireMessage {
        public var id: String
        public var execID: String
        public var columns: UInt32
        public var rows: UInt32

        public init(id: String = "", execID: String = "", columns: UInt32 = 0, rows: UInt32 = 0) {
            self.id = id
            self.execID = execID
            self.columns = columns
            self.rows = rows
        }

        public static var wireName: String { "apus.v1.ResizeRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct LogsRequest: WireMessage {
        public var id: String
        /// Go on with lines to come, until the container has ended.
        public var follow: Bool
        /// Only the last lines; negative: all.
        public var tail: Int64
        /// Absent: from the beginning, to the end.
        public var since: Timestamp?
        public var until: Timestamp?

        public init(id: String = "", follow: Bool = false, tail: Int64 = 0, since: Timestamp? = nil, until: Timestamp? = nil) {
            self.id = id
            self.follow = follow
            self.tail = tail
            self.since = since
            self.until = until
        }

        public static var wireName: String { "apus.v1.LogsRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct LogLine: WireMessage {
        public var time: Timestamp?
        public var stream: Apus.Stream
        /// With its line end, where it has one.
        public var data: [UInt8]

        public init(time: Timestamp? = nil, stream: Apus.Stream = Apus.Stream(rawValue: 0), data: [UInt8] = []) {
            self.time = time
            self.stream = stream
            self.data = data
        }

        public static var wireName: String { "apus.v1.LogLine" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct SubscribeRequest: WireMessage {
        /// 0: only events to come.
        public var sinceSequence: UInt64
        /// Only events with one of these actions; empty: all.
        public var actions: [String]
        /// Only events of this container or image.
        public var subject: String

        public init(sinceSequence: UInt64 = 0, actions: [String] = [], subject: String = "") {
            self.sinceSequence = sinceSequence
            self.actions = actions
            self.subject = subject
        }

        public static var wireName: String { "apus.v1.SubscribeRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct Event: WireMessage {
        /// Grows by one with every event; never used twice.
        public var sequence: UInt64
        public var time: Timestamp?
        /// container or image
        public var type: String
        /// create, start, die, destroy, pause, unpause, oom, exec_create, exec_start, exec_die, import,
        /// tag, untag, delete ...
        public var action: String
        /// Container id or image digest.
        public var subject: String
        /// name, image, exitCode, execID ...
        public var attributes: [String: String]

        public init(sequence: UInt64 = 0, time: Timestamp? = nil, type: String = "", action: String = "", subject: String = "", attributes: [String: String] = [:]) {
            self.sequence = sequence
            self.time = time
            self.type = type
            self.action = action
            self.subject = subject
            self.attributes = attributes
        }

        public static var wireName: String { "apus.v1.Event" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public enum VersionService {
        public static let name = "apus.v1.Version"
        public static let get = UnaryMethod<Empty, Apus.VersionResponse>(service: name, name: "Get")
    }

    public enum ImagesService {
        public static let name = "apus.v1.Images"
        /// Takes an OCI layout or a docker-archive (directory or tar, also compressed) into the store.
        /// Streams progress; the last message carries the images.
        public static let `import` = StreamMethod<Apus.ImportRequest, Apus.ImportProgress>(service: name, name: "Import")
        public static let list = UnaryMethod<Apus.ListImagesRequest, Apus.ListImagesResponse>(service: name, name: "List")
        public static let get = UnaryMethod<Apus.ImageRequest, Apus.Image>(service: name, name: "Get")
        public static let tag = UnaryMethod<Apus.TagImageRequest, Empty>(service: name, name: "Tag")
        public static let remove = UnaryMethod<Apus.RemoveImageRequest, Apus.RemoveImageResponse>(service: name, name: "Remove")
    }

    public enum ContentService {
        public static let name = "apus.v1.Content"
        public static let list = UnaryMethod<Empty, Apus.ListContentResponse>(service: name, name: "List")
        /// Reads every blob again and compares it with its digest.
        public static let check = StreamMethod<Empty, Apus.CheckContentResult>(service: name, name: "Check")
    }

    public enum SnapshotsService {
        public static let name = "apus.v1.Snapshots"
        public static let list = UnaryMethod<Empty, Apus.ListSnapshotsResponse>(service: name, name: "List")
    }

    public enum ContainersService {
        public static let name = "apus.v1.Containers"
        /// Reserves id, name and snapshot; nothing runs yet.
        public static let create = UnaryMethod<Apus.CreateContainerRequest, Apus.Container>(service: name, name: "Create")
        public static let start = UnaryMethod<Apus.ContainerRequest, Apus.Container>(service: name, name: "Start")
        /// Sends the stop signal, then SIGKILL when the timeout has passed. Answers once it has ended.
        public static let stop = UnaryMethod<Apus.StopRequest, Empty>(service: name, name: "Stop")
        public static let kill = UnaryMethod<Apus.KillContainerRequest, Empty>(service: name, name: "Kill")
        public static let pause = UnaryMethod<Apus.ContainerRequest, Empty>(service: name, name: "Pause")
        public static let resume = UnaryMethod<Apus.ContainerRequest, Empty>(service: name, name: "Resume")
        /// Answers when the process has ended.
        public static let wait = UnaryMethod<Apus.ProcessRequest, Apus.WaitProcessResponse>(service: name, name: "Wait")
        public static let remove = UnaryMethod<Apus.RemoveContainerRequest, Empty>(service: name, name: "Remove")
        public static let get = UnaryMethod<Apus.ContainerRequest, Apus.Container>(service: name, name: "Get")
        public static let list = UnaryMethod<Apus.ListContainersRequest, Apus.ListContainersResponse>(service: name, name: "List")
        public static let pids = UnaryMethod<Apus.ContainerRequest, Apus.ContainerPids>(service: name, name: "Pids")
        public static let stats = UnaryMethod<Apus.ContainerRequest, Apus.ContainerStats>(service: name, name: "Stats")
        public static let update = UnaryMethod<Apus.UpdateContainerRequest, Empty>(service: name, name: "Update")
        /// Where the time of the last start went, phase by phase, through all programs.
        public static let timeline = UnaryMethod<Apus.ContainerRequest, Apus.ContainerTimeline>(service: name, name: "Timeline")
        /// Registers a further process in a running container.
        public static let createExec = UnaryMethod<Apus.CreateExecRequest, Apus.CreateExecResponse>(service: name, name: "CreateExec")
        public static let startExec = UnaryMethod<Apus.ProcessRequest, Apus.StartExecResponse>(service: name, name: "StartExec")
    }

    /// The streams of processes.
    public enum StreamsService {
        public static let name = "apus.v1.Streams"
        /// What the process writes from now on; ends with its streams. May be called before it starts:
        /// the first chunk is empty and says that nothing is missed from here on, so wait for it before
        /// you call Start.
        public static let attach = StreamMethod<Apus.ProcessRequest, Apus.OutputChunk>(service: name, name: "Attach")
        public static let writeStdin = UnaryMethod<Apus.WriteStdinRequest, Empty>(service: name, name: "WriteStdin")
        public static let closeStdin = UnaryMethod<Apus.ProcessRequest, Empty>(service: name, name: "CloseStdin")
        public static let resize = UnaryMethod<Apus.ResizeRequest, Empty>(service: name, name: "Resize")
        public static let logs = StreamMethod<Apus.LogsRequest, Apus.LogLine>(service: name, name: "Logs")
    }

    public enum EventsService {
        public static let name = "apus.v1.Events"
        /// Events of the past from `since_sequence` on, then those to come.
        public static let subscribe = StreamMethod<Apus.SubscribeRequest, Apus.Event>(service: name, name: "Subscribe")
    }

}

extension Apus.VersionResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__VersionResponse>) { unsafe apus__v1__version_response__init(c) }
    init(reading c: borrowing Apus__V1__VersionResponse) {
        self.version = unsafe readString(c.version)
        self.gitCommit = unsafe readString(c.git_commit)
        self.buildTime = unsafe readString(c.build_time)
        self.platform = unsafe readString(c.platform)
        self.apiVersion = unsafe readString(c.api_version)
        self.minimumApiVersion = unsafe readString(c.minimum_api_version)
        self.components = unsafe readArray(c.components, c.n_components, Apus.Component.self)
    }
    func write(to c: inout Apus__V1__VersionResponse, in arena: Arena) {
        unsafe c.version = arena.string(self.version)
        unsafe c.git_commit = arena.string(self.gitCommit)
        unsafe c.build_time = arena.string(self.buildTime)
        unsafe c.platform = arena.string(self.platform)
        unsafe c.api_version = arena.string(self.apiVersion)
        unsafe c.minimum_api_version = arena.string(self.minimumApiVersion)
        unsafe c.components = arena.array(self.components)
        unsafe c.n_components = self.components.count
    }
}

extension Apus.Component: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__Component>) { unsafe apus__v1__component__init(c) }
    init(reading c: borrowing Apus__V1__Component) {
        self.name = unsafe readString(c.name)
        self.path = unsafe readString(c.path)
        self.version = unsafe readString(c.version)
        self.gitCommit = unsafe readString(c.git_commit)
    }
    func write(to c: inout Apus__V1__Component, in arena: Arena) {
        unsafe c.name = arena.string(self.name)
        unsafe c.path = arena.string(self.path)
        unsafe c.version = arena.string(self.version)
        unsafe c.git_commit = arena.string(self.gitCommit)
    }
}

extension Apus.ImportRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__ImportRequest>) { unsafe apus__v1__import_request__init(c) }
    init(reading c: borrowing Apus__V1__ImportRequest) {
        self.path = unsafe readString(c.path)
        self.name = unsafe readString(c.name)
    }
    func write(to c: inout Apus__V1__ImportRequest, in arena: Arena) {
        unsafe c.path = arena.string(self.path)
        unsafe c.name = arena.string(self.name)
    }
}

extension Apus.ImportProgress: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__ImportProgress>) { unsafe apus__v1__import_progress__init(c) }
    init(reading c: borrowing Apus__V1__ImportProgress) {
        self.phase = unsafe readString(c.phase)
        self.subject = unsafe readString(c.subject)
        self.doneBytes = unsafe c.done_bytes
        self.totalBytes = unsafe c.total_bytes
        self.images = unsafe readArray(c.images, c.n_images, Apus.Image.self)
    }
    func write(to c: inout Apus__V1__ImportProgress, in arena: Arena) {
        unsafe c.phase = arena.string(self.phase)
        unsafe c.subject = arena.string(self.subject)
        unsafe c.done_bytes = self.doneBytes
        unsafe c.total_bytes = self.totalBytes
        unsafe c.images = arena.array(self.images)
        unsafe c.n_images = self.images.count
    }
}

extension Apus.ListImagesRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__ListImagesRequest>) { unsafe apus__v1__list_images_request__init(c) }
    init(reading c: borrowing Apus__V1__ListImagesRequest) {
    }
    func write(to c: inout Apus__V1__ListImagesRequest, in arena: Arena) {
    }
}

extension Apus.ListImagesResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__ListImagesResponse>) { unsafe apus__v1__list_images_response__init(c) }
    init(reading c: borrowing Apus__V1__ListImagesResponse) {
        self.images = unsafe readArray(c.images, c.n_images, Apus.Image.self)
    }
    func write(to c: inout Apus__V1__ListImagesResponse, in arena: Arena) {
        unsafe c.images = arena.array(self.images)
        unsafe c.n_images = self.images.count
    }
}

extension Apus.ImageRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__ImageRequest>) { unsafe apus__v1__image_request__init(c) }
    init(reading c: borrowing Apus__V1__ImageRequest) {
        self.name = unsafe readString(c.name)
    }
    func write(to c: inout Apus__V1__ImageRequest, in arena: Arena) {
        unsafe c.name = arena.string(self.name)
    }
}

extension Apus.TagImageRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__TagImageRequest>) { unsafe apus__v1__tag_image_request__init(c) }
    init(reading c: borrowing Apus__V1__TagImageRequest) {
        self.source = unsafe readString(c.source)
        self.target = unsafe readString(c.target)
    }
    func write(to c: inout Apus__V1__TagImageRequest, in arena: Arena) {
        unsafe c.source = arena.string(self.source)
        unsafe c.target = arena.string(self.target)
    }
}

extension Apus.RemoveImageRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__RemoveImageRequest>) { unsafe apus__v1__remove_image_request__init(c) }
    init(reading c: borrowing Apus__V1__RemoveImageRequest) {
        self.name = unsafe readString(c.name)
        self.force = unsafe c.force != 0
    }
    func write(to c: inout Apus__V1__RemoveImageRequest, in arena: Arena) {
        unsafe c.name = arena.string(self.name)
        unsafe c.force = self.force ? 1 : 0
    }
}

extension Apus.RemoveImageResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__RemoveImageResponse>) { unsafe apus__v1__remove_image_response__init(c) }
    init(reading c: borrowing Apus__V1__RemoveImageResponse) {
        self.untagged = unsafe readStrings(c.untagged, c.n_untagged)
        self.deleted = unsafe readStrings(c.deleted, c.n_deleted)
    }
    func write(to c: inout Apus__V1__RemoveImageResponse, in arena: Arena) {
        unsafe c.untagged = arena.strings(self.untagged)
        unsafe c.n_untagged = self.untagged.count
        unsafe c.deleted = arena.strings(self.deleted)
        unsafe c.n_deleted = self.deleted.count
    }
}

extension Apus.ContentBlob: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__ContentBlob>) { unsafe apus__v1__content_blob__init(c) }
    init(reading c: borrowing Apus__V1__ContentBlob) {
        self.digest = unsafe readString(c.digest)
        self.sizeBytes = unsafe c.size_bytes
        self.createdAt = unsafe readMessage(c.created_at, Timestamp.self)
    }
    func write(to c: inout Apus__V1__ContentBlob, in arena: Arena) {
        unsafe c.digest = arena.string(self.digest)
        unsafe c.size_bytes = self.sizeBytes
        unsafe c.created_at = arena.message(self.createdAt)
    }
}

extension Apus.ListContentResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__ListContentResponse>) { unsafe apus__v1__list_content_response__init(c) }
    init(reading c: borrowing Apus__V1__ListContentResponse) {
        self.blobs = unsafe readArray(c.blobs, c.n_blobs, Apus.ContentBlob.self)
    }
    func write(to c: inout Apus__V1__ListContentResponse, in arena: Arena) {
        unsafe c.blobs = arena.array(self.blobs)
        unsafe c.n_blobs = self.blobs.count
    }
}

extension Apus.CheckContentResult: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__CheckContentResult>) { unsafe apus__v1__check_content_result__init(c) }
    init(reading c: borrowing Apus__V1__CheckContentResult) {
        self.digest = unsafe readString(c.digest)
        self.ok = unsafe c.ok != 0
        self.problem = unsafe readString(c.problem)
    }
    func write(to c: inout Apus__V1__CheckContentResult, in arena: Arena) {
        unsafe c.digest = arena.string(self.digest)
        unsafe c.ok = self.ok ? 1 : 0
        unsafe c.problem = arena.string(self.problem)
    }
}

extension Apus.Snapshot: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__Snapshot>) { unsafe apus__v1__snapshot__init(c) }
    init(reading c: borrowing Apus__V1__Snapshot) {
        self.key = unsafe readString(c.key)
        self.parent = unsafe readString(c.parent)
        self.kind = unsafe readString(c.kind)
        self.sizeBytes = unsafe c.size_bytes
        self.inodes = unsafe c.inodes
        self.path = unsafe readString(c.path)
    }
    func write(to c: inout Apus__V1__Snapshot, in arena: Arena) {
        unsafe c.key = arena.string(self.key)
        unsafe c.parent = arena.string(self.parent)
        unsafe c.kind = arena.string(self.kind)
        unsafe c.size_bytes = self.sizeBytes
        unsafe c.inodes = self.inodes
        unsafe c.path = arena.string(self.path)
    }
}

extension Apus.ListSnapshotsResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__ListSnapshotsResponse>) { unsafe apus__v1__list_snapshots_response__init(c) }
    init(reading c: borrowing Apus__V1__ListSnapshotsResponse) {
        self.snapshots = unsafe readArray(c.snapshots, c.n_snapshots, Apus.Snapshot.self)
    }
    func write(to c: inout Apus__V1__ListSnapshotsResponse, in arena: Arena) {
        unsafe c.snapshots = arena.array(self.snapshots)
        unsafe c.n_snapshots = self.snapshots.count
    }
}

extension Apus.CreateContainerRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__CreateContainerRequest>) { unsafe apus__v1__create_container_request__init(c) }
    init(reading c: borrowing Apus__V1__CreateContainerRequest) {
        self.spec = unsafe readMessage(c.spec, Apus.ContainerSpec.self)
    }
    func write(to c: inout Apus__V1__CreateContainerRequest, in arena: Arena) {
        unsafe c.spec = arena.message(self.spec)
    }
}

extension Apus.ContainerRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__ContainerRequest>) { unsafe apus__v1__container_request__init(c) }
    init(reading c: borrowing Apus__V1__ContainerRequest) {
        self.id = unsafe readString(c.id)
    }
    func write(to c: inout Apus__V1__ContainerRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
    }
}

extension Apus.StopRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__StopRequest>) { unsafe apus__v1__stop_request__init(c) }
    init(reading c: borrowing Apus__V1__StopRequest) {
        self.id = unsafe readString(c.id)
        self.timeoutSeconds = unsafe c.timeout_seconds
    }
    func write(to c: inout Apus__V1__StopRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.timeout_seconds = self.timeoutSeconds
    }
}

extension Apus.KillContainerRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__KillContainerRequest>) { unsafe apus__v1__kill_container_request__init(c) }
    init(reading c: borrowing Apus__V1__KillContainerRequest) {
        self.id = unsafe readString(c.id)
        self.execID = unsafe readString(c.exec_id)
        self.signal = unsafe readString(c.signal)
        self.all = unsafe c.all != 0
    }
    func write(to c: inout Apus__V1__KillContainerRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.exec_id = arena.string(self.execID)
        unsafe c.signal = arena.string(self.signal)
        unsafe c.all = self.all ? 1 : 0
    }
}

extension Apus.ProcessRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__ProcessRequest>) { unsafe apus__v1__process_request__init(c) }
    init(reading c: borrowing Apus__V1__ProcessRequest) {
        self.id = unsafe readString(c.id)
        self.execID = unsafe readString(c.exec_id)
    }
    func write(to c: inout Apus__V1__ProcessRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.exec_id = arena.string(self.execID)
    }
}

extension Apus.WaitProcessResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__WaitProcessResponse>) { unsafe apus__v1__wait_process_response__init(c) }
    init(reading c: borrowing Apus__V1__WaitProcessResponse) {
        self.exitStatus = unsafe c.exit_status
        self.finishedAt = unsafe readMessage(c.finished_at, Timestamp.self)
        self.oomKilled = unsafe c.oom_killed != 0
    }
    func write(to c: inout Apus__V1__WaitProcessResponse, in arena: Arena) {
        unsafe c.exit_status = self.exitStatus
        unsafe c.finished_at = arena.message(self.finishedAt)
        unsafe c.oom_killed = self.oomKilled ? 1 : 0
    }
}

extension Apus.RemoveContainerRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__RemoveContainerRequest>) { unsafe apus__v1__remove_container_request__init(c) }
    init(reading c: borrowing Apus__V1__RemoveContainerRequest) {
        self.id = unsafe readString(c.id)
        self.force = unsafe c.force != 0
    }
    func write(to c: inout Apus__V1__RemoveContainerRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.force = self.force ? 1 : 0
    }
}

extension Apus.ListContainersRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__ListContainersRequest>) { unsafe apus__v1__list_containers_request__init(c) }
    init(reading c: borrowing Apus__V1__ListContainersRequest) {
        self.all = unsafe c.all != 0
        self.labels = unsafe readMap(c.labels, c.n_labels) { unsafe ($0.key, $0.value) }
    }
    func write(to c: inout Apus__V1__ListContainersRequest, in arena: Arena) {
        unsafe c.all = self.all ? 1 : 0
        unsafe c.labels = arena.map(self.labels, apus__v1__list_containers_request__labels_entry__init) {
            unsafe $0.pointee.key = $1
            unsafe $0.pointee.value = $2
        }
        unsafe c.n_labels = self.labels.count
    }
}

extension Apus.ListContainersResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__ListContainersResponse>) { unsafe apus__v1__list_containers_response__init(c) }
    init(reading c: borrowing Apus__V1__ListContainersResponse) {
        self.containers = unsafe readArray(c.containers, c.n_containers, Apus.Container.self)
    }
    func write(to c: inout Apus__V1__ListContainersResponse, in arena: Arena) {
        unsafe c.containers = arena.array(self.containers)
        unsafe c.n_containers = self.containers.count
    }
}

extension Apus.ContainerPid: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__ContainerPid>) { unsafe apus__v1__container_pid__init(c) }
    init(reading c: borrowing Apus__V1__ContainerPid) {
        self.pid = unsafe c.pid
        self.execID = unsafe readString(c.exec_id)
    }
    func write(to c: inout Apus__V1__ContainerPid, in arena: Arena) {
        unsafe c.pid = self.pid
        unsafe c.exec_id = arena.string(self.execID)
    }
}

extension Apus.ContainerPids: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__ContainerPids>) { unsafe apus__v1__container_pids__init(c) }
    init(reading c: borrowing Apus__V1__ContainerPids) {
        self.processes = unsafe readArray(c.processes, c.n_processes, Apus.ContainerPid.self)
    }
    func write(to c: inout Apus__V1__ContainerPids, in arena: Arena) {
        unsafe c.processes = arena.array(self.processes)
        unsafe c.n_processes = self.processes.count
    }
}

extension Apus.ContainerStats: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__ContainerStats>) { unsafe apus__v1__container_stats__init(c) }
    init(reading c: borrowing Apus__V1__ContainerStats) {
        self.time = unsafe readMessage(c.time, Timestamp.self)
        self.cpuUsageNS = unsafe c.cpu_usage_ns
        self.memoryUsageBytes = unsafe c.memory_usage_bytes
        self.memoryLimitBytes = unsafe c.memory_limit_bytes
        self.memoryPeakBytes = unsafe c.memory_peak_bytes
        self.pidsCurrent = unsafe c.pids_current
        self.pidsLimit = unsafe c.pids_limit
        self.oomKills = unsafe c.oom_kills
    }
    func write(to c: inout Apus__V1__ContainerStats, in arena: Arena) {
        unsafe c.time = arena.message(self.time)
        unsafe c.cpu_usage_ns = self.cpuUsageNS
        unsafe c.memory_usage_bytes = self.memoryUsageBytes
        unsafe c.memory_limit_bytes = self.memoryLimitBytes
        unsafe c.memory_peak_bytes = self.memoryPeakBytes
        unsafe c.pids_current = self.pidsCurrent
        unsafe c.pids_limit = self.pidsLimit
        unsafe c.oom_kills = self.oomKills
    }
}

extension Apus.UpdateContainerRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__UpdateContainerRequest>) { unsafe apus__v1__update_container_request__init(c) }
    init(reading c: borrowing Apus__V1__UpdateContainerRequest) {
        self.id = unsafe readString(c.id)
        self.memoryLimitBytes = unsafe c.memory_limit_bytes
        self.nanoCPUs = unsafe c.nano_cpus
        self.cpusetCPUs = unsafe readString(c.cpuset_cpus)
        self.pidsLimit = unsafe c.pids_limit
    }
    func write(to c: inout Apus__V1__UpdateContainerRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.memory_limit_bytes = self.memoryLimitBytes
        unsafe c.nano_cpus = self.nanoCPUs
        unsafe c.cpuset_cpus = arena.string(self.cpusetCPUs)
        unsafe c.pids_limit = self.pidsLimit
    }
}

extension Apus.ContainerTimeline: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__ContainerTimeline>) { unsafe apus__v1__container_timeline__init(c) }
    init(reading c: borrowing Apus__V1__ContainerTimeline) {
        self.phases = unsafe readArray(c.phases, c.n_phases, RuntimeAPI.Phase.self)
    }
    func write(to c: inout Apus__V1__ContainerTimeline, in arena: Arena) {
        unsafe c.phases = arena.array(self.phases)
        unsafe c.n_phases = self.phases.count
    }
}

extension Apus.CreateExecRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__CreateExecRequest>) { unsafe apus__v1__create_exec_request__init(c) }
    init(reading c: borrowing Apus__V1__CreateExecRequest) {
        self.id = unsafe readString(c.id)
        self.args = unsafe readStrings(c.args, c.n_args)
        self.env = unsafe readStrings(c.env, c.n_env)
        self.user = unsafe readString(c.user)
        self.workingDirectory = unsafe readString(c.working_directory)
        self.terminal = unsafe c.terminal != 0
        self.stdinOpen = unsafe c.stdin_open != 0
    }
    func write(to c: inout Apus__V1__CreateExecRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.args = arena.strings(self.args)
        unsafe c.n_args = self.args.count
        unsafe c.env = arena.strings(self.env)
        unsafe c.n_env = self.env.count
        unsafe c.user = arena.string(self.user)
        unsafe c.working_directory = arena.string(self.workingDirectory)
        unsafe c.terminal = self.terminal ? 1 : 0
        unsafe c.stdin_open = self.stdinOpen ? 1 : 0
    }
}

extension Apus.CreateExecResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__CreateExecResponse>) { unsafe apus__v1__create_exec_response__init(c) }
    init(reading c: borrowing Apus__V1__CreateExecResponse) {
        self.execID = unsafe readString(c.exec_id)
    }
    func write(to c: inout Apus__V1__CreateExecResponse, in arena: Arena) {
        unsafe c.exec_id = arena.string(self.execID)
    }
}

extension Apus.StartExecResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__StartExecResponse>) { unsafe apus__v1__start_exec_response__init(c) }
    init(reading c: borrowing Apus__V1__StartExecResponse) {
        self.pid = unsafe c.pid
    }
    func write(to c: inout Apus__V1__StartExecResponse, in arena: Arena) {
        unsafe c.pid = self.pid
    }
}

extension Apus.OutputChunk: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__OutputChunk>) { unsafe apus__v1__output_chunk__init(c) }
    init(reading c: borrowing Apus__V1__OutputChunk) {
        self.stream = Apus.Stream(rawValue: Int32(bitPattern: unsafe c.stream.rawValue))
        self.data = unsafe readBytes(c.data)
    }
    func write(to c: inout Apus__V1__OutputChunk, in arena: Arena) {
        unsafe c.stream = Apus__V1__Stream(rawValue: UInt32(bitPattern: self.stream.rawValue))
        unsafe c.data = arena.bytes(self.data)
    }
}

extension Apus.WriteStdinRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__WriteStdinRequest>) { unsafe apus__v1__write_stdin_request__init(c) }
    init(reading c: borrowing Apus__V1__WriteStdinRequest) {
        self.id = unsafe readString(c.id)
        self.execID = unsafe readString(c.exec_id)
        self.data = unsafe readBytes(c.data)
    }
    func write(to c: inout Apus__V1__WriteStdinRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.exec_id = arena.string(self.execID)
        unsafe c.data = arena.bytes(self.data)
    }
}

extension Apus.ResizeRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__ResizeRequest>) { unsafe apus__v1__resize_request__init(c) }
    init(reading c: borrowing Apus__V1__ResizeRequest) {
        self.id = unsafe readString(c.id)
        self.execID = unsafe readString(c.exec_id)
        self.columns = unsafe c.columns
        self.rows = unsafe c.rows
    }
    func write(to c: inout Apus__V1__ResizeRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.exec_id = arena.string(self.execID)
        unsafe c.columns = self.columns
        unsafe c.rows = self.rows
    }
}

extension Apus.LogsRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__LogsRequest>) { unsafe apus__v1__logs_request__init(c) }
    init(reading c: borrowing Apus__V1__LogsRequest) {
        self.id = unsafe readString(c.id)
        self.follow = unsafe c.follow != 0
        self.tail = unsafe c.tail
        self.since = unsafe readMessage(c.since, Timestamp.self)
        self.until = unsafe readMessage(c.until, Timestamp.self)
    }
    func write(to c: inout Apus__V1__LogsRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.follow = self.follow ? 1 : 0
        unsafe c.tail = self.tail
        unsafe c.since = arena.message(self.since)
        unsafe c.until = arena.message(self.until)
    }
}

extension Apus.LogLine: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__LogLine>) { unsafe apus__v1__log_line__init(c) }
    init(reading c: borrowing Apus__V1__LogLine) {
        self.time = unsafe readMessage(c.time, Timestamp.self)
        self.stream = Apus.Stream(rawValue: Int32(bitPattern: unsafe c.stream.rawValue))
        self.data = unsafe readBytes(c.data)
    }
    func write(to c: inout Apus__V1__LogLine, in arena: Arena) {
        unsafe c.time = arena.message(self.time)
        unsafe c.stream = Apus__V1__Stream(rawValue: UInt32(bitPattern: self.stream.rawValue))
        unsafe c.data = arena.bytes(self.data)
    }
}

extension Apus.SubscribeRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__SubscribeRequest>) { unsafe apus__v1__subscribe_request__init(c) }
    init(reading c: borrowing Apus__V1__SubscribeRequest) {
        self.sinceSequence = unsafe c.since_sequence
        self.actions = unsafe readStrings(c.actions, c.n_actions)
        self.subject = unsafe readString(c.subject)
    }
    func write(to c: inout Apus__V1__SubscribeRequest, in arena: Arena) {
        unsafe c.since_sequence = self.sinceSequence
        unsafe c.actions = arena.strings(self.actions)
        unsafe c.n_actions = self.actions.count
        unsafe c.subject = arena.string(self.subject)
    }
}

extension Apus.Event: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__Event>) { unsafe apus__v1__event__init(c) }
    init(reading c: borrowing Apus__V1__Event) {
        self.sequence = unsafe c.sequence
        self.time = unsafe readMessage(c.time, Timestamp.self)
        self.type = unsafe readString(c.type)
        self.action = unsafe readString(c.action)
        self.subject = unsafe readString(c.subject)
        self.attributes = unsafe readMap(c.attributes, c.n_attributes) { unsafe ($0.key, $0.value) }
    }
    func write(to c: inout Apus__V1__Event, in arena: Arena) {
        unsafe c.sequence = self.sequence
        unsafe c.time = arena.message(self.time)
        unsafe c.type = arena.string(self.type)
        unsafe c.action = arena.string(self.action)
        unsafe c.subject = arena.string(self.subject)
        unsafe c.attributes = arena.map(self.attributes, apus__v1__event__attributes_entry__init) {
            unsafe $0.pointee.key = $1
            unsafe $0.pointee.value = $2
        }
        unsafe c.n_attributes = self.attributes.count
    }
}
