// Generated from spec/proto/criu/rpc.proto by spec/generate-swift.py; do not edit.

import CWire

extension CRIU {
    public struct RequestType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        public var rawValue: Int32
        public init(rawValue: Int32) { self.rawValue = rawValue }
        public static let empty = RequestType(rawValue: 0)
        public static let dump = RequestType(rawValue: 1)
        public static let restore = RequestType(rawValue: 2)
        public static let check = RequestType(rawValue: 3)
        public static let preDump = RequestType(rawValue: 4)
        public static let pageServer = RequestType(rawValue: 5)
        public static let notify = RequestType(rawValue: 6)
        public var description: String {
            switch rawValue {
            case 0: "empty"
            case 1: "dump"
            case 2: "restore"
            case 3: "check"
            case 4: "preDump"
            case 5: "pageServer"
            case 6: "notify"
            default: "unknown(\(rawValue))"
            }
        }
    }

    /// What CRIU is asked to do.
    public struct Request: WireMessage {
        public var type: CRIU.RequestType
        public var opts: CRIU.Options?
        /// The answer to a notice.
        public var notifySuccess: Bool

        public init(type: CRIU.RequestType = CRIU.RequestType(rawValue: 0), opts: CRIU.Options? = nil, notifySuccess: Bool = false) {
            self.type = type
            self.opts = opts
            self.notifySuccess = notifySuccess
        }

        public static var wireName: String { "criu.Request" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct Options: WireMessage {
        public var imagesDirFd: Int32
        /// The root of the tree of processes that is dumped.
        public var pid: Int32
        public var leaveRunning: Bool
        public var extUnixSk: Bool
        public var tcpEstablished: Bool
        public var evasiveDevices: Bool
        public var shellJob: Bool
        public var fileLocks: Bool
        /// 0 is not sent: CRIU then writes warnings (2).
        public var logLevel: Int32
        /// A name in the working directory.
        public var logFile: String
        public var ps: CRIU.PageServer?
        /// Whether CRIU sends notices and waits for their answers.
        public var notifyScripts: Bool
        public var root: String
        /// The dump before, relative to the images.
        public var parentImg: String
        /// Follow which pages change, for the next dump.
        public var trackMem: Bool
        public var autoDedup: Bool
        public var workDirFd: Int32
        public var linkRemap: Bool
        /// The restored process becomes the caller's child, not CRIU's.
        public var rstSibling: Bool
        public var inheritFd: [CRIU.InheritedFile]
        public var cgRoot: [CRIU.CgroupRoot]
        /// One or none: a list, so that the mode 0 can be sent.
        public var manageCgroupsMode: [UInt32]
        /// KIND[THING]:KEY when dumping; KIND[KEY]:THING when restoring.
        public var external: [String]
        /// Bits as for clone(2): namespaces that are made anew, with nothing in them.
        public var emptyNS: UInt32
        public var freezeCgroup: String
        public var tcpSkipInFlight: Bool
        public var lazyPages: Bool
        /// Gets a NUL once a page server of lazy pages is there.
        public var statusFd: Int32
        public var orphanPtsMaster: Bool
        public var configFile: String
        public var tcpClose: Bool
        public var lsmProfile: String
        public var lsmMountContext: String

        public init(imagesDirFd: Int32 = 0, pid: Int32 = 0, leaveRunning: Bool = false, extUnixSk: Bool = false, tcpEstablished: Bool = false, evasiveDevices: Bool = false, shellJob: Bool = false, fileLocks: Bool = false, logLevel: Int32 = 0, logFile: String = "", ps: CRIU.PageServer? = nil, notifyScripts: Bool = false, root: String = "", parentImg: String = "", trackMem: Bool = false, autoDedup: Bool = false, workDirFd: Int32 = 0, linkRemap: Bool = false, rstSibling: Bool = false, inheritFd: [CRIU.InheritedFile] = [], cgRoot: [CRIU.CgroupRoot] = [], manageCgroupsMode: [UInt32] = [], external: [String] = [], emptyNS: UInt32 = 0, freezeCgroup: String = "", tcpSkipInFlight: Bool = false, lazyPages: Bool = false, statusFd: Int32 = 0, orphanPtsMaster: Bool = false, configFile: String = "", tcpClose: Bool = false, lsmProfile: String = "", lsmMountContext: String = "") {
            self.imagesDirFd = imagesDirFd
            self.pid = pid
            self.leaveRunning = leaveRunning
            self.extUnixSk = extUnixSk
            self.tcpEstablished = tcpEstablished
            self.evasiveDevices = evasiveDevices
            self.shellJob = shellJob
            self.fileLocks = fileLocks
            self.logLevel = logLevel
            self.logFile = logFile
            self.ps = ps
            self.notifyScripts = notifyScripts
            self.root = root
            self.parentImg = parentImg
            self.trackMem = trackMem
            self.autoDedup = autoDedup
            self.workDirFd = workDirFd
            self.linkRemap = linkRemap
            self.rstSibling = rstSibling
            self.inheritFd = inheritFd
            self.cgRoot = cgRoot
            self.manageCgroupsMode = manageCgroupsMode
            self.external = external
            self.emptyNS = emptyNS
            self.freezeCgroup = freezeCgroup
            self.tcpSkipInFlight = tcpSkipInFlight
            self.lazyPages = lazyPages
            self.statusFd = statusFd
            self.orphanPtsMaster = orphanPtsMaster
            self.configFile = configFile
            self.tcpClose = tcpClose
            self.lsmProfile = lsmProfile
            self.lsmMountContext = lsmMountContext
        }

        public static var wireName: String { "criu.Options" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct PageServer: WireMessage {
        public var address: String
        public var port: Int32

        public init(address: String = "", port: Int32 = 0) {
            self.address = address
            self.port = port
        }

        public static var wireName: String { "criu.PageServer" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// A descriptor of CRIU's own that takes the place of a dumped one.
    public struct InheritedFile: WireMessage {
        public var key: String
        /// Always one: a list, so that descriptor 0 is sent too.
        public var fd: [Int32]

        public init(key: String = "", fd: [Int32] = []) {
            self.key = key
            self.fd = fd
        }

        public static var wireName: String { "criu.InheritedFile" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct CgroupRoot: WireMessage {
        public var ctrl: String
        public var path: String

        public init(ctrl: String = "", path: String = "") {
            self.ctrl = ctrl
            self.path = path
        }

        public static var wireName: String { "criu.CgroupRoot" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct Response: WireMessage {
        public var type: CRIU.RequestType
        public var success: Bool
        public var restore: CRIU.Restored?
        public var notify: CRIU.Notice?
        public var crErrno: Int32
        public var crErrmsg: String

        public init(type: CRIU.RequestType = CRIU.RequestType(rawValue: 0), success: Bool = false, restore: CRIU.Restored? = nil, notify: CRIU.Notice? = nil, crErrno: Int32 = 0, crErrmsg: String = "") {
            self.type = type
            self.success = success
            self.restore = restore
            self.notify = notify
            self.crErrno = crErrno
            self.crErrmsg = crErrmsg
        }

        public static var wireName: String { "criu.Response" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct Restored: WireMessage {
        public var pid: Int32

        public init(pid: Int32 = 0) {
            self.pid = pid
        }

        public static var wireName: String { "criu.Restored" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// CRIU has come to a point, and waits. A terminal's master comes with it as a descriptor.
    public struct Notice: WireMessage {
        public var script: String
        public var pid: Int32

        public init(script: String = "", pid: Int32 = 0) {
            self.script = script
            self.pid = pid
        }

        public static var wireName: String { "criu.Notice" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

}

extension CRIU.Request: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Criu__Request>) { unsafe criu__request__init(c) }
    init(reading c: borrowing Criu__Request) {
        self.type = CRIU.RequestType(rawValue: Int32(bitPattern: unsafe c.type.rawValue))
        self.opts = unsafe readMessage(c.opts, CRIU.Options.self)
        self.notifySuccess = unsafe c.notify_success != 0
    }
    func write(to c: inout Criu__Request, in arena: Arena) {
        unsafe c.type = Criu__RequestType(rawValue: UInt32(bitPattern: self.type.rawValue))
        unsafe c.opts = arena.message(self.opts)
        unsafe c.notify_success = self.notifySuccess ? 1 : 0
    }
}

extension CRIU.Options: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Criu__Options>) { unsafe criu__options__init(c) }
    init(reading c: borrowing Criu__Options) {
        self.imagesDirFd = unsafe c.images_dir_fd
        self.pid = unsafe c.pid
        self.leaveRunning = unsafe c.leave_running != 0
        self.extUnixSk = unsafe c.ext_unix_sk != 0
        self.tcpEstablished = unsafe c.tcp_established != 0
        self.evasiveDevices = unsafe c.evasive_devices != 0
        self.shellJob = unsafe c.shell_job != 0
        self.fileLocks = unsafe c.file_locks != 0
        self.logLevel = unsafe c.log_level
        self.logFile = unsafe readString(c.log_file)
        self.ps = unsafe readMessage(c.ps, CRIU.PageServer.self)
        self.notifyScripts = unsafe c.notify_scripts != 0
        self.root = unsafe readString(c.root)
        self.parentImg = unsafe readString(c.parent_img)
        self.trackMem = unsafe c.track_mem != 0
        self.autoDedup = unsafe c.auto_dedup != 0
        self.workDirFd = unsafe c.work_dir_fd
        self.linkRemap = unsafe c.link_remap != 0
        self.rstSibling = unsafe c.rst_sibling != 0
        self.inheritFd = unsafe readArray(c.inherit_fd, c.n_inherit_fd, CRIU.InheritedFile.self)
        self.cgRoot = unsafe readArray(c.cg_root, c.n_cg_root, CRIU.CgroupRoot.self)
        self.manageCgroupsMode = unsafe readScalars(c.manage_cgroups_mode, c.n_manage_cgroups_mode)
        self.external = unsafe readStrings(c.external, c.n_external)
        self.emptyNS = unsafe c.empty_ns
        self.freezeCgroup = unsafe readString(c.freeze_cgroup)
        self.tcpSkipInFlight = unsafe c.tcp_skip_in_flight != 0
        self.lazyPages = unsafe c.lazy_pages != 0
        self.statusFd = unsafe c.status_fd
        self.orphanPtsMaster = unsafe c.orphan_pts_master != 0
        self.configFile = unsafe readString(c.config_file)
        self.tcpClose = unsafe c.tcp_close != 0
        self.lsmProfile = unsafe readString(c.lsm_profile)
        self.lsmMountContext = unsafe readString(c.lsm_mount_context)
    }
    func write(to c: inout Criu__Options, in arena: Arena) {
        unsafe c.images_dir_fd = self.imagesDirFd
        unsafe c.pid = self.pid
        unsafe c.leave_running = self.leaveRunning ? 1 : 0
        unsafe c.ext_unix_sk = self.extUnixSk ? 1 : 0
        unsafe c.tcp_established = self.tcpEstablished ? 1 : 0
        unsafe c.evasive_devices = self.evasiveDevices ? 1 : 0
        unsafe c.shell_job = self.shellJob ? 1 : 0
        unsafe c.file_locks = self.fileLocks ? 1 : 0
        unsafe c.log_level = self.logLevel
        unsafe c.log_file = arena.string(self.logFile)
        unsafe c.ps = arena.message(self.ps)
        unsafe c.notify_scripts = self.notifyScripts ? 1 : 0
        unsafe c.root = arena.string(self.root)
        unsafe c.parent_img = arena.string(self.parentImg)
        unsafe c.track_mem = self.trackMem ? 1 : 0
        unsafe c.auto_dedup = self.autoDedup ? 1 : 0
        unsafe c.work_dir_fd = self.workDirFd
        unsafe c.link_remap = self.linkRemap ? 1 : 0
        unsafe c.rst_sibling = self.rstSibling ? 1 : 0
        unsafe c.inherit_fd = arena.array(self.inheritFd)
        unsafe c.n_inherit_fd = self.inheritFd.count
        unsafe c.cg_root = arena.array(self.cgRoot)
        unsafe c.n_cg_root = self.cgRoot.count
        unsafe c.manage_cgroups_mode = arena.scalars(self.manageCgroupsMode)
        unsafe c.n_manage_cgroups_mode = self.manageCgroupsMode.count
        unsafe c.external = arena.strings(self.external)
        unsafe c.n_external = self.external.count
        unsafe c.empty_ns = self.emptyNS
        unsafe c.freeze_cgroup = arena.string(self.freezeCgroup)
        unsafe c.tcp_skip_in_flight = self.tcpSkipInFlight ? 1 : 0
        unsafe c.lazy_pages = self.lazyPages ? 1 : 0
        unsafe c.status_fd = self.statusFd
        unsafe c.orphan_pts_master = self.orphanPtsMaster ? 1 : 0
        unsafe c.config_file = arena.string(self.configFile)
        unsafe c.tcp_close = self.tcpClose ? 1 : 0
        unsafe c.lsm_profile = arena.string(self.lsmProfile)
        unsafe c.lsm_mount_context = arena.string(self.lsmMountContext)
    }
}

extension CRIU.PageServer: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Criu__PageServer>) { unsafe criu__page_server__init(c) }
    init(reading c: borrowing Criu__PageServer) {
        self.address = unsafe readString(c.address)
        self.port = unsafe c.port
    }
    func write(to c: inout Criu__PageServer, in arena: Arena) {
        unsafe c.address = arena.string(self.address)
        unsafe c.port = self.port
    }
}

extension CRIU.InheritedFile: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Criu__InheritedFile>) { unsafe criu__inherited_file__init(c) }
    init(reading c: borrowing Criu__InheritedFile) {
        self.key = unsafe readString(c.key)
        self.fd = unsafe readScalars(c.fd, c.n_fd)
    }
    func write(to c: inout Criu__InheritedFile, in arena: Arena) {
        unsafe c.key = arena.string(self.key)
        unsafe c.fd = arena.scalars(self.fd)
        unsafe c.n_fd = self.fd.count
    }
}

extension CRIU.CgroupRoot: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Criu__CgroupRoot>) { unsafe criu__cgroup_root__init(c) }
    init(reading c: borrowing Criu__CgroupRoot) {
        self.ctrl = unsafe readString(c.ctrl)
        self.path = unsafe readString(c.path)
    }
    func write(to c: inout Criu__CgroupRoot, in arena: Arena) {
        unsafe c.ctrl = arena.string(self.ctrl)
        unsafe c.path = arena.string(self.path)
    }
}

extension CRIU.Response: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Criu__Response>) { unsafe criu__response__init(c) }
    init(reading c: borrowing Criu__Response) {
        self.type = CRIU.RequestType(rawValue: Int32(bitPattern: unsafe c.type.rawValue))
        self.success = unsafe c.success != 0
        self.restore = unsafe readMessage(c.restore, CRIU.Restored.self)
        self.notify = unsafe readMessage(c.notify, CRIU.Notice.self)
        self.crErrno = unsafe c.cr_errno
        self.crErrmsg = unsafe readString(c.cr_errmsg)
    }
    func write(to c: inout Criu__Response, in arena: Arena) {
        unsafe c.type = Criu__RequestType(rawValue: UInt32(bitPattern: self.type.rawValue))
        unsafe c.success = self.success ? 1 : 0
        unsafe c.restore = arena.message(self.restore)
        unsafe c.notify = arena.message(self.notify)
        unsafe c.cr_errno = self.crErrno
        unsafe c.cr_errmsg = arena.string(self.crErrmsg)
    }
}

extension CRIU.Restored: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Criu__Restored>) { unsafe criu__restored__init(c) }
    init(reading c: borrowing Criu__Restored) {
        self.pid = unsafe c.pid
    }
    func write(to c: inout Criu__Restored, in arena: Arena) {
        unsafe c.pid = self.pid
    }
}

extension CRIU.Notice: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Criu__Notice>) { unsafe criu__notice__init(c) }
    init(reading c: borrowing Criu__Notice) {
        self.script = unsafe readString(c.script)
        self.pid = unsafe c.pid
    }
    func write(to c: inout Criu__Notice, in arena: Arena) {
        unsafe c.script = arena.string(self.script)
        unsafe c.pid = self.pid
    }
}
