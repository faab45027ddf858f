// Generated from spec/proto/apus/types.proto by spec/generate-swift.py; do not edit.

import CWire

extension Apus {
    public struct ContainerStatus: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        public var rawValue: Int32
        public init(rawValue: Int32) { self.rawValue = rawValue }
        public static let unknown = ContainerStatus(rawValue: 0)
        public static let creating = ContainerStatus(rawValue: 1)
        public static let created = ContainerStatus(rawValue: 2)
        public static let running = ContainerStatus(rawValue: 3)
        public static let paused = ContainerStatus(rawValue: 4)
        public static let stopped = ContainerStatus(rawValue: 5)
        /// Its removal failed; it can only be removed.
        public static let dead = ContainerStatus(rawValue: 6)
        public var description: String {
            switch rawValue {
            case 0: "unknown"
            case 1: "creating"
            case 2: "created"
            case 3: "running"
            case 4: "paused"
            case 5: "stopped"
            case 6: "dead"
            default: "unknown(\(rawValue))"
            }
        }
    }

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

    /// Rides in google.rpc.Status.details when a call fails.
    public struct Failure: WireMessage {
        /// What was being done: "import image".
        public var stage: String
        /// To what: a reference, an id, a path.
        public var subject: String
        /// Why it failed, in words.
        public var cause: String
        /// What to try; may be empty.
        public var hint: String
        /// What a command-line client should exit with: 125 for the toolkit's own failures, 126 for a
        /// program that cannot be executed, 127 for one that is not there.
        public var exitCode: Int32

        public init(stage: String = "", subject: String = "", cause: String = "", hint: String = "", exitCode: Int32 = 0) {
            self.stage = stage
            self.subject = subject
            self.cause = cause
            self.hint = hint
            self.exitCode = exitCode
        }

        public static var wireName: String { "apus.v1.Failure" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// A host path in a container.
    public struct VolumeMount: WireMessage {
        /// Absolute path on the host.
        public var source: String
        /// Absolute path in the container.
        public var destination: String
        public var readOnly: Bool
        /// Further mount options in fstab's words: noexec, rprivate ...
        public var options: [String]

        public init(source: String = "", destination: String = "", readOnly: Bool = false, options: [String] = []) {
            self.source = source
            self.destination = destination
            self.readOnly = readOnly
            self.options = options
        }

        public static var wireName: String { "apus.v1.VolumeMount" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// What a container shall be. Empty fields take the image's value or the default.
    public struct ContainerSpec: WireMessage {
        /// Unique; empty: the manager makes one.
        public var name: String
        /// An image's name, or a prefix of its digest.
        public var image: String
        /// Replaces the image's Cmd when not empty.
        public var args: [String]
        /// Replaces the image's Entrypoint (and drops its Cmd) when override_entrypoint is set.
        public var entrypoint: [String]
        public var overrideEntrypoint: Bool
        /// NAME=value, over the image's own.
        public var env: [String]
        /// user[:group], names or numbers; names are looked up in the image.
        public var user: String
        public var workingDirectory: String
        public var hostname: String
        public var terminal: Bool
        /// Keep a stdin that WriteStdin can feed; otherwise stdin is /dev/null.
        public var stdinOpen: Bool
        public var volumes: [Apus.VolumeMount]
        /// Bytes; 0: no limit.
        public var memoryLimitBytes: Int64
        /// Billionths of a CPU (docker's NanoCpus): 500000000 is half a CPU; 0: no limit.
        public var nanoCPUs: Int64
        /// CPUs in the kernel's list form: 0-1,3
        public var cpusetCPUs: String
        /// 0: no limit.
        public var pidsLimit: Int64
        public var labels: [String: String]
        /// Remove the container when its program has ended.
        public var autoRemove: Bool
        /// none (a network namespace with lo only, the default) or host.
        public var network: String
        /// Empty for an own pid namespace, or host.
        public var pidNamespace: String
        public var readOnlyRootfs: Bool
        public var capabilitiesAdd: [String]
        public var capabilitiesDrop: [String]
        /// The OCI runtime: a name to look up in PATH or an absolute path; empty: apus-runtime.
        public var runtime: String
        /// Signal that Stop sends; empty: the image's, or SIGTERM.
        public var stopSignal: String
        /// "unconfined", or empty for the default profile.
        public var seccomp: String
        /// A first process of the manager's own runs the program: it reaps orphans and forwards signals.
        public var useInit: Bool
        /// json-file, also where it is empty: files that Logs reads; journald; or none: for attachers alone.
        public var logDriver: String
        /// Of json-file: max-size, max-file, compress, max-rate, max-total. Of journald: tag, and fields.
        /// stdio.md says what they mean.
        public var logOptions: [String: String]

        public init(name: String = "", image: String = "", args: [String] = [], entrypoint: [String] = [], overrideEntrypoint: Bool = false, env: [String] = [], user: String = "", workingDirectory: String = "", hostname: String = "", terminal: Bool = false, stdinOpen: Bool = false, volumes: [Apus.VolumeMount] = [], memoryLimitBytes: Int64 = 0, nanoCPUs: Int64 = 0, cpusetCPUs: String = "", pidsLimit: Int64 = 0, labels: [String: String] = [:], autoRemove: Bool = false, network: String = "", pidNamespace: String = "", readOnlyRootfs: Bool = false, capabilitiesAdd: [String] = [], capabilitiesDrop: [String] = [], runtime: String = "", stopSignal: String = "", seccomp: String = "", useInit: Bool = false, logDriver: String = "", logOptions: [String: String] = [:]) {
            self.name = name
            self.image = image
            self.args = args
            self.entrypoint = entrypoint
            self.overrideEntrypoint = overrideEntrypoint
            self.env = env
            self.user = user
            self.workingDirectory = workingDirectory
            self.hostname = hostname
            self.terminal = terminal
            self.stdinOpen = stdinOpen
            self.volumes = volumes
            self.memoryLimitBytes = memoryLimitBytes
            self.nanoCPUs = nanoCPUs
            self.cpusetCPUs = cpusetCPUs
            self.pidsLimit = pidsLimit
            self.labels = labels
            self.autoRemove = autoRemove
            self.network = network
            self.pidNamespace = pidNamespace
            self.readOnlyRootfs = readOnlyRootfs
            self.capabilitiesAdd = capabilitiesAdd
            self.capabilitiesDrop = capabilitiesDrop
            self.runtime = runtime
            self.stopSignal = stopSignal
            self.seccomp = seccomp
            self.useInit = useInit
            self.logDriver = logDriver
            self.logOptions = logOptions
        }

        public static var wireName: String { "apus.v1.ContainerSpec" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct Container: WireMessage {
        /// 64 hexadecimal digits.
        public var id: String
        public var name: String
        public var spec: Apus.ContainerSpec?
        /// Digest of the manifest it was made from.
        public var imageDigest: String
        public var status: Apus.ContainerStatus
        public var createdAt: Timestamp?
        /// Absent until it was started.
        public var startedAt: Timestamp?
        /// Absent until it has ended.
        public var finishedAt: Timestamp?
        /// Pid on the host; 0 unless running or paused.
        public var pid: UInt32
        /// Exit code, or 128 + signal; meaningful once stopped.
        public var exitStatus: UInt32
        public var oomKilled: Bool
        /// Why it could not be started or removed.
        public var error: String
        /// Directory with config.json.
        public var bundle: String
        public var logPath: String
        /// The command as it runs: entrypoint and arguments.
        public var command: [String]
        /// Directories of its overlay, lowest layer last in lower_directories.
        public var lowerDirectories: [String]
        public var upperDirectory: String
        public var workDirectory: String
        public var mergedDirectory: String

        public init(id: String = "", name: String = "", spec: Apus.ContainerSpec? = nil, imageDigest: String = "", status: Apus.ContainerStatus = Apus.ContainerStatus(rawValue: 0), createdAt: Timestamp? = nil, startedAt: Timestamp? = nil, finishedAt: Timestamp? = nil, pid: UInt32 = 0, exitStatus: UInt32 = 0, oomKilled: Bool = false, error: String = "", bundle: String = "", logPath: String = "", command: [String] = [], lowerDirectories: [String] = [], upperDirectory: String = "", workDirectory: String = "", mergedDirectory: String = "") {
            self.id = id
            self.name = name
            self.spec = spec
            self.imageDigest = imageDigest
            self.status = status
            self.createdAt = createdAt
            self.startedAt = startedAt
            self.finishedAt = finishedAt
            self.pid = pid
            self.exitStatus = exitStatus
            self.oomKilled = oomKilled
            self.error = error
            self.bundle = bundle
            self.logPath = logPath
            self.command = command
            self.lowerDirectories = lowerDirectories
            self.upperDirectory = upperDirectory
            self.workDirectory = workDirectory
            self.mergedDirectory = mergedDirectory
        }

        public static var wireName: String { "apus.v1.Container" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// The part of an image's config that says how to run it (image-spec config.md).
    public struct ImageConfig: WireMessage {
        public var user: String
        public var exposedPorts: [String]
        public var env: [String]
        public var entrypoint: [String]
        public var cmd: [String]
        public var volumes: [String]
        public var workingDirectory: String
        public var labels: [String: String]
        public var stopSignal: String

        public init(user: String = "", exposedPorts: [String] = [], env: [String] = [], entrypoint: [String] = [], cmd: [String] = [], volumes: [String] = [], workingDirectory: String = "", labels: [String: String] = [:], stopSignal: String = "") {
            self.user = user
            self.exposedPorts = exposedPorts
            self.env = env
            self.entrypoint = entrypoint
            self.cmd = cmd
            self.volumes = volumes
            self.workingDirectory = workingDirectory
            self.labels = labels
            self.stopSignal = stopSignal
        }

        public static var wireName: String { "apus.v1.ImageConfig" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct Layer: WireMessage {
        /// Of the blob as stored.
        public var digest: String
        /// Of the tar inside it.
        public var diffID: String
        /// Of this layer and those below: the snapshot's key.
        public var chainID: String
        public var mediaType: String
        /// Of the blob.
        public var sizeBytes: Int64

        public init(digest: String = "", diffID: String = "", chainID: String = "", mediaType: String = "", sizeBytes: Int64 = 0) {
            self.digest = digest
            self.diffID = diffID
            self.chainID = chainID
            self.mediaType = mediaType
            self.sizeBytes = sizeBytes
        }

        public static var wireName: String { "apus.v1.Layer" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct HistoryEntry: WireMessage {
        public var createdAt: Timestamp?
        public var createdBy: String
        public var comment: String
        public var emptyLayer: Bool

        public init(createdAt: Timestamp? = nil, createdBy: String = "", comment: String = "", emptyLayer: Bool = false) {
            self.createdAt = createdAt
            self.createdBy = createdBy
            self.comment = comment
            self.emptyLayer = emptyLayer
        }

        public static var wireName: String { "apus.v1.HistoryEntry" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct Image: WireMessage {
        /// All names that point to it: docker.io/library/alpine:latest
        public var names: [String]
        /// Of the manifest for this machine's platform.
        public var digest: String
        /// Of its config: what docker calls the image's id.
        public var configDigest: String
        public var createdAt: Timestamp?
        public var os: String
        public var architecture: String
        public var variant: String
        /// Sum of the blobs.
        public var sizeBytes: Int64
        public var config: Apus.ImageConfig?
        /// Lowest first.
        public var layers: [Apus.Layer]
        public var history: [Apus.HistoryEntry]

        public init(names: [String] = [], digest: String = "", configDigest: String = "", createdAt: Timestamp? = nil, os: String = "", architecture: String = "", variant: String = "", sizeBytes: Int64 = 0, config: Apus.ImageConfig? = nil, layers: [Apus.Layer] = [], history: [Apus.HistoryEntry] = []) {
            self.names = names
            self.digest = digest
            self.configDigest = configDigest
            self.createdAt = createdAt
            self.os = os
            self.architecture = architecture
            self.variant = variant
            self.sizeBytes = sizeBytes
            self.config = config
            self.layers = layers
            self.history = history
        }

        public static var wireName: String { "apus.v1.Image" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

}

extension Apus.Failure: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__Failure>) { unsafe apus__v1__failure__init(c) }
    init(reading c: borrowing Apus__V1__Failure) {
        self.stage = unsafe readString(c.stage)
        self.subject = unsafe readString(c.subject)
        self.cause = unsafe readString(c.cause)
        self.hint = unsafe readString(c.hint)
        self.exitCode = unsafe c.exit_code
    }
    func write(to c: inout Apus__V1__Failure, in arena: Arena) {
        unsafe c.stage = arena.string(self.stage)
        unsafe c.subject = arena.string(self.subject)
        unsafe c.cause = arena.string(self.cause)
        unsafe c.hint = arena.string(self.hint)
        unsafe c.exit_code = self.exitCode
    }
}

extension Apus.VolumeMount: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__VolumeMount>) { unsafe apus__v1__volume_mount__init(c) }
    init(reading c: borrowing Apus__V1__VolumeMount) {
        self.source = unsafe readString(c.source)
        self.destination = unsafe readString(c.destination)
        self.readOnly = unsafe c.read_only != 0
        self.options = unsafe readStrings(c.options, c.n_options)
    }
    func write(to c: inout Apus__V1__VolumeMount, in arena: Arena) {
        unsafe c.source = arena.string(self.source)
        unsafe c.destination = arena.string(self.destination)
        unsafe c.read_only = self.readOnly ? 1 : 0
        unsafe c.options = arena.strings(self.options)
        unsafe c.n_options = self.options.count
    }
}

extension Apus.ContainerSpec: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__ContainerSpec>) { unsafe apus__v1__container_spec__init(c) }
    init(reading c: borrowing Apus__V1__ContainerSpec) {
        self.name = unsafe readString(c.name)
        self.image = unsafe readString(c.image)
        self.args = unsafe readStrings(c.args, c.n_args)
        self.entrypoint = unsafe readStrings(c.entrypoint, c.n_entrypoint)
        self.overrideEntrypoint = unsafe c.override_entrypoint != 0
        self.env = unsafe readStrings(c.env, c.n_env)
        self.user = unsafe readString(c.user)
        self.workingDirectory = unsafe readString(c.working_directory)
        self.hostname = unsafe readString(c.hostname)
        self.terminal = unsafe c.terminal != 0
        self.stdinOpen = unsafe c.stdin_open != 0
        self.volumes = unsafe readArray(c.volumes, c.n_volumes, Apus.VolumeMount.self)
        self.memoryLimitBytes = unsafe c.memory_limit_bytes
        self.nanoCPUs = unsafe c.nano_cpus
        self.cpusetCPUs = unsafe readString(c.cpuset_cpus)
        self.pidsLimit = unsafe c.pids_limit
        self.labels = unsafe readMap(c.labels, c.n_labels) { unsafe ($0.key, $0.value) }
        self.autoRemove = unsafe c.auto_remove != 0
        self.network = unsafe readString(c.network)
        self.pidNamespace = unsafe readString(c.pid_namespace)
        self.readOnlyRootfs = unsafe c.read_only_rootfs != 0
        self.capabilitiesAdd = unsafe readStrings(c.capabilities_add, c.n_capabilities_add)
        self.capabilitiesDrop = unsafe readStrings(c.capabilities_drop, c.n_capabilities_drop)
        self.runtime = unsafe readString(c.runtime)
        self.stopSignal = unsafe readString(c.stop_signal)
        self.seccomp = unsafe readString(c.seccomp)
        self.useInit = unsafe c.use_init != 0
        self.logDriver = unsafe readString(c.log_driver)
        self.logOptions = unsafe readMap(c.log_options, c.n_log_options) { unsafe ($0.key, $0.value) }
    }
    func write(to c: inout Apus__V1__ContainerSpec, in arena: Arena) {
        unsafe c.name = arena.string(self.name)
        unsafe c.image = arena.string(self.image)
        unsafe c.args = arena.strings(self.args)
        unsafe c.n_args = self.args.count
        unsafe c.entrypoint = arena.strings(self.entrypoint)
        unsafe c.n_entrypoint = self.entrypoint.count
        unsafe c.override_entrypoint = self.overrideEntrypoint ? 1 : 0
        unsafe c.env = arena.strings(self.env)
        unsafe c.n_env = self.env.count
        unsafe c.user = arena.string(self.user)
        unsafe c.working_directory = arena.string(self.workingDirectory)
        unsafe c.hostname = arena.string(self.hostname)
        unsafe c.terminal = self.terminal ? 1 : 0
        unsafe c.stdin_open = self.stdinOpen ? 1 : 0
        unsafe c.volumes = arena.array(self.volumes)
        unsafe c.n_volumes = self.volumes.count
        unsafe c.memory_limit_bytes = self.memoryLimitBytes
        unsafe c.nano_cpus = self.nanoCPUs
        unsafe c.cpuset_cpus = arena.string(self.cpusetCPUs)
        unsafe c.pids_limit = self.pidsLimit
        unsafe c.labels = arena.map(self.labels, apus__v1__container_spec__labels_entry__init) {
            unsafe $0.pointee.key = $1
            unsafe $0.pointee.value = $2
        }
        unsafe c.n_labels = self.labels.count
        unsafe c.auto_remove = self.autoRemove ? 1 : 0
        unsafe c.network = arena.string(self.network)
        unsafe c.pid_namespace = arena.string(self.pidNamespace)
        unsafe c.read_only_rootfs = self.readOnlyRootfs ? 1 : 0
        unsafe c.capabilities_add = arena.strings(self.capabilitiesAdd)
        unsafe c.n_capabilities_add = self.capabilitiesAdd.count
        unsafe c.capabilities_drop = arena.strings(self.capabilitiesDrop)
        unsafe c.n_capabilities_drop = self.capabilitiesDrop.count
        unsafe c.runtime = arena.string(self.runtime)
        unsafe c.stop_signal = arena.string(self.stopSignal)
        unsafe c.seccomp = arena.string(self.seccomp)
        unsafe c.use_init = self.useInit ? 1 : 0
        unsafe c.log_driver = arena.string(self.logDriver)
        unsafe c.log_options = arena.map(self.logOptions, apus__v1__container_spec__log_options_entry__init) {
            unsafe $0.pointee.key = $1
            unsafe $0.pointee.value = $2
        }
        unsafe c.n_log_options = self.logOptions.count
    }
}

extension Apus.Container: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__Container>) { unsafe apus__v1__container__init(c) }
    init(reading c: borrowing Apus__V1__Container) {
        self.id = unsafe readString(c.id)
        self.name = unsafe readString(c.name)
        self.spec = unsafe readMessage(c.spec, Apus.ContainerSpec.self)
        self.imageDigest = unsafe readString(c.image_digest)
        self.status = Apus.ContainerStatus(rawValue: Int32(bitPattern: unsafe c.status.rawValue))
        self.createdAt = unsafe readMessage(c.created_at, Timestamp.self)
        self.startedAt = unsafe readMessage(c.started_at, Timestamp.self)
        self.finishedAt = unsafe readMessage(c.finished_at, Timestamp.self)
        self.pid = unsafe c.pid
        self.exitStatus = unsafe c.exit_status
        self.oomKilled = unsafe c.oom_killed != 0
        self.error = unsafe readString(c.error)
        self.bundle = unsafe readString(c.bundle)
        self.logPath = unsafe readString(c.log_path)
        self.command = unsafe readStrings(c.command, c.n_command)
        self.lowerDirectories = unsafe readStrings(c.lower_directories, c.n_lower_directories)
        self.upperDirectory = unsafe readString(c.upper_directory)
        self.workDirectory = unsafe readString(c.work_directory)
        self.mergedDirectory = unsafe readString(c.merged_directory)
    }
    func write(to c: inout Apus__V1__Container, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.name = arena.string(self.name)
        unsafe c.spec = arena.message(self.spec)
        unsafe c.image_digest = arena.string(self.imageDigest)
        unsafe c.status = Apus__V1__ContainerStatus(rawValue: UInt32(bitPattern: self.status.rawValue))
        unsafe c.created_at = arena.message(self.createdAt)
        unsafe c.started_at = arena.message(self.startedAt)
        unsafe c.finished_at = arena.message(self.finishedAt)
        unsafe c.pid = self.pid
        unsafe c.exit_status = self.exitStatus
        unsafe c.oom_killed = self.oomKilled ? 1 : 0
        unsafe c.error = arena.string(self.error)
        unsafe c.bundle = arena.string(self.bundle)
        unsafe c.log_path = arena.string(self.logPath)
        unsafe c.command = arena.strings(self.command)
        unsafe c.n_command = self.command.count
        unsafe c.lower_directories = arena.strings(self.lowerDirectories)
        unsafe c.n_lower_directories = self.lowerDirectories.count
        unsafe c.upper_directory = arena.string(self.upperDirectory)
        unsafe c.work_directory = arena.string(self.workDirectory)
        unsafe c.merged_directory = arena.string(self.mergedDirectory)
    }
}

extension Apus.ImageConfig: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__ImageConfig>) { unsafe apus__v1__image_config__init(c) }
    init(reading c: borrowing Apus__V1__ImageConfig) {
        self.user = unsafe readString(c.user)
        self.exposedPorts = unsafe readStrings(c.exposed_ports, c.n_exposed_ports)
        self.env = unsafe readStrings(c.env, c.n_env)
        self.entrypoint = unsafe readStrings(c.entrypoint, c.n_entrypoint)
        self.cmd = unsafe readStrings(c.cmd, c.n_cmd)
        self.volumes = unsafe readStrings(c.volumes, c.n_volumes)
        self.workingDirectory = unsafe readString(c.working_directory)
        self.labels = unsafe readMap(c.labels, c.n_labels) { unsafe ($0.key, $0.value) }
        self.stopSignal = unsafe readString(c.stop_signal)
    }
    func write(to c: inout Apus__V1__ImageConfig, in arena: Arena) {
        unsafe c.user = arena.string(self.user)
        unsafe c.exposed_ports = arena.strings(self.exposedPorts)
        unsafe c.n_exposed_ports = self.exposedPorts.count
        unsafe c.env = arena.strings(self.env)
        unsafe c.n_env = self.env.count
        unsafe c.entrypoint = arena.strings(self.entrypoint)
        unsafe c.n_entrypoint = self.entrypoint.count
        unsafe c.cmd = arena.strings(self.cmd)
        unsafe c.n_cmd = self.cmd.count
        unsafe c.volumes = arena.strings(self.volumes)
        unsafe c.n_volumes = self.volumes.count
        unsafe c.working_directory = arena.string(self.workingDirectory)
        unsafe c.labels = arena.map(self.labels, apus__v1__image_config__labels_entry__init) {
            unsafe $0.pointee.key = $1
            unsafe $0.pointee.value = $2
        }
        unsafe c.n_labels = self.labels.count
        unsafe c.stop_signal = arena.string(self.stopSignal)
    }
}

extension Apus.Layer: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__Layer>) { unsafe apus__v1__layer__init(c) }
    init(reading c: borrowing Apus__V1__Layer) {
        self.digest = unsafe readString(c.digest)
        self.diffID = unsafe readString(c.diff_id)
        self.chainID = unsafe readString(c.chain_id)
        self.mediaType = unsafe readString(c.media_type)
        self.sizeBytes = unsafe c.size_bytes
    }
    func write(to c: inout Apus__V1__Layer, in arena: Arena) {
        unsafe c.digest = arena.string(self.digest)
        unsafe c.diff_id = arena.string(self.diffID)
        unsafe c.chain_id = arena.string(self.chainID)
        unsafe c.media_type = arena.string(self.mediaType)
        unsafe c.size_bytes = self.sizeBytes
    }
}

extension Apus.HistoryEntry: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__HistoryEntry>) { unsafe apus__v1__history_entry__init(c) }
    init(reading c: borrowing Apus__V1__HistoryEntry) {
        self.createdAt = unsafe readMessage(c.created_at, Timestamp.self)
        self.createdBy = unsafe readString(c.created_by)
        self.comment = unsafe readString(c.comment)
        self.emptyLayer = unsafe c.empty_layer != 0
    }
    func write(to c: inout Apus__V1__HistoryEntry, in arena: Arena) {
        unsafe c.created_at = arena.message(self.createdAt)
        unsafe c.created_by = arena.string(self.createdBy)
        unsafe c.comment = arena.string(self.comment)
        unsafe c.empty_layer = self.emptyLayer ? 1 : 0
    }
}

extension Apus.Image: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__V1__Image>) { unsafe apus__v1__image__init(c) }
    init(reading c: borrowing Apus__V1__Image) {
        self.names = unsafe readStrings(c.names, c.n_names)
        self.digest = unsafe readString(c.digest)
        self.configDigest = unsafe readString(c.config_digest)
        self.createdAt = unsafe readMessage(c.created_at, Timestamp.self)
        self.os = unsafe readString(c.os)
        self.architecture = unsafe readString(c.architecture)
        self.variant = unsafe readString(c.variant)
        self.sizeBytes = unsafe c.size_bytes
        self.config = unsafe readMessage(c.config, Apus.ImageConfig.self)
        self.layers = unsafe readArray(c.layers, c.n_layers, Apus.Layer.self)
        self.history = unsafe readArray(c.history, c.n_history, Apus.HistoryEntry.self)
    }
    func write(to c: inout Apus__V1__Image, in arena: Arena) {
        unsafe c.names = arena.strings(self.names)
        unsafe c.n_names = self.names.count
        unsafe c.digest = arena.string(self.digest)
        unsafe c.config_digest = arena.string(self.configDigest)
        unsafe c.created_at = arena.message(self.createdAt)
        unsafe c.os = arena.string(self.os)
        unsafe c.architecture = arena.string(self.architecture)
        unsafe c.variant = arena.string(self.variant)
        unsafe c.size_bytes = self.sizeBytes
        unsafe c.config = arena.message(self.config)
        unsafe c.layers = arena.array(self.layers)
        unsafe c.n_layers = self.layers.count
        unsafe c.history = arena.array(self.history)
        unsafe c.n_history = self.history.count
    }
}
