// Generated from spec/proto/containerd/runc_options.proto by spec/generate-swift.py; do not edit.

import CWire

extension RuncAPI {
    /// Runtime options in CreateTaskRequest.options.
    public struct Options: WireMessage {
        public var noPivotRoot: Bool
        public var noNewKeyring: Bool
        /// The shim moves itself into this cgroup.
        public var shimCgroup: String
        /// Owner of the stdio pipes.
        public var ioUid: UInt32
        public var ioGid: UInt32
        /// The OCI runtime: a name to look up in PATH, or an absolute path.
        public var binaryName: String
        /// The runtime's --root.
        public var root: String
        public var systemdCgroup: Bool
        public var criuImagePath: String
        public var criuWorkPath: String

        public init(noPivotRoot: Bool = false, noNewKeyring: Bool = false, shimCgroup: String = "", ioUid: UInt32 = 0, ioGid: UInt32 = 0, binaryName: String = "", root: String = "", systemdCgroup: Bool = false, criuImagePath: String = "", criuWorkPath: String = "") {
            self.noPivotRoot = noPivotRoot
            self.noNewKeyring = noNewKeyring
            self.shimCgroup = shimCgroup
            self.ioUid = ioUid
            self.ioGid = ioGid
            self.binaryName = binaryName
            self.root = root
            self.systemdCgroup = systemdCgroup
            self.criuImagePath = criuImagePath
            self.criuWorkPath = criuWorkPath
        }

        public static var wireName: String { "containerd.runc.v1.Options" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct CheckpointOptions: WireMessage {
        public var exit: Bool
        public var openTcp: Bool
        public var externalUnixSockets: Bool
        public var terminal: Bool
        public var fileLocks: Bool
        public var emptyNamespaces: [String]
        public var cgroupsMode: String
        public var imagePath: String
        public var workPath: String

        public init(exit: Bool = false, openTcp: Bool = false, externalUnixSockets: Bool = false, terminal: Bool = false, fileLocks: Bool = false, emptyNamespaces: [String] = [], cgroupsMode: String = "", imagePath: String = "", workPath: String = "") {
            self.exit = exit
            self.openTcp = openTcp
            self.externalUnixSockets = externalUnixSockets
            self.terminal = terminal
            self.fileLocks = fileLocks
            self.emptyNamespaces = emptyNamespaces
            self.cgroupsMode = cgroupsMode
            self.imagePath = imagePath
            self.workPath = workPath
        }

        public static var wireName: String { "containerd.runc.v1.CheckpointOptions" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct ProcessDetails: WireMessage {
        public var execID: String

        public init(execID: String = "") {
            self.execID = execID
        }

        public static var wireName: String { "containerd.runc.v1.ProcessDetails" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

}

extension RuncAPI.Options: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Runc__V1__Options>) { unsafe containerd__runc__v1__options__init(c) }
    init(reading c: borrowing Containerd__Runc__V1__Options) {
        self.noPivotRoot = unsafe c.no_pivot_root != 0
        self.noNewKeyring = unsafe c.no_new_keyring != 0
        self.shimCgroup = unsafe readString(c.shim_cgroup)
        self.ioUid = unsafe c.io_uid
        self.ioGid = unsafe c.io_gid
        self.binaryName = unsafe readString(c.binary_name)
        self.root = unsafe readString(c.root)
        self.systemdCgroup = unsafe c.systemd_cgroup != 0
        self.criuImagePath = unsafe readString(c.criu_image_path)
        self.criuWorkPath = unsafe readString(c.criu_work_path)
    }
    func write(to c: inout Containerd__Runc__V1__Options, in arena: Arena) {
        unsafe c.no_pivot_root = self.noPivotRoot ? 1 : 0
        unsafe c.no_new_keyring = self.noNewKeyring ? 1 : 0
        unsafe c.shim_cgroup = arena.string(self.shimCgroup)
        unsafe c.io_uid = self.ioUid
        unsafe c.io_gid = self.ioGid
        unsafe c.binary_name = arena.string(self.binaryName)
        unsafe c.root = arena.string(self.root)
        unsafe c.systemd_cgroup = self.systemdCgroup ? 1 : 0
        unsafe c.criu_image_path = arena.string(self.criuImagePath)
        unsafe c.criu_work_path = arena.string(self.criuWorkPath)
    }
}

extension RuncAPI.CheckpointOptions: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Runc__V1__CheckpointOptions>) { unsafe containerd__runc__v1__checkpoint_options__init(c) }
    init(reading c: borrowing Containerd__Runc__V1__CheckpointOptions) {
        self.exit = unsafe c.exit != 0
        self.openTcp = unsafe c.open_tcp != 0
        self.externalUnixSockets = unsafe c.external_unix_sockets != 0
        self.terminal = unsafe c.terminal != 0
        self.fileLocks = unsafe c.file_locks != 0
        self.emptyNamespaces = unsafe readStrings(c.empty_namespaces, c.n_empty_namespaces)
        self.cgroupsMode = unsafe readString(c.cgroups_mode)
        self.imagePath = unsafe readString(c.image_path)
        self.workPath = unsafe readString(c.work_path)
    }
    func write(to c: inout Containerd__Runc__V1__CheckpointOptions, in arena: Arena) {
        unsafe c.exit = self.exit ? 1 : 0
        unsafe c.open_tcp = self.openTcp ? 1 : 0
        unsafe c.external_unix_sockets = self.externalUnixSockets ? 1 : 0
        unsafe c.terminal = self.terminal ? 1 : 0
        unsafe c.file_locks = self.fileLocks ? 1 : 0
        unsafe c.empty_namespaces = arena.strings(self.emptyNamespaces)
        unsafe c.n_empty_namespaces = self.emptyNamespaces.count
        unsafe c.cgroups_mode = arena.string(self.cgroupsMode)
        unsafe c.image_path = arena.string(self.imagePath)
        unsafe c.work_path = arena.string(self.workPath)
    }
}

extension RuncAPI.ProcessDetails: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Runc__V1__ProcessDetails>) { unsafe containerd__runc__v1__process_details__init(c) }
    init(reading c: borrowing Containerd__Runc__V1__ProcessDetails) {
        self.execID = unsafe readString(c.exec_id)
    }
    func write(to c: inout Containerd__Runc__V1__ProcessDetails, in arena: Arena) {
        unsafe c.exec_id = arena.string(self.execID)
    }
}
