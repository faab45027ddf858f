/// Who manages the cgroups of a container.
package enum CgroupManager: String, Sendable, CaseIterable {
    case cgroupfs, systemd, disabled
}

/// Where the terminal of a process goes.
package enum ConsoleDestination: Sendable, Equatable {
    /// Nobody asked for one.
    case none
    /// The master is sent to this Unix socket (SCM_RIGHTS beside the terminal's name).
    case socket(String)
    /// The caller takes the master from the process that it gets (`takeConsole`).
    case caller
}

/// What `create` and `run` are told beside the bundle.
package struct CreateOptions: Sendable {
    package var id: String
    /// The directory of all containers' state.
    package var root: String
    /// Absolute.
    package var bundle: String
    package var console: ConsoleDestination = .none
    package var pidfdSocket: String?
    package var pidFile: String?
    /// Descriptors from 3 on that the container inherits, beyond those of LISTEN_FDS.
    package var preserveDescriptors: Int32 = 0
    /// The container may tell that it is ready (sd_notify(3)): it finds a socket in NOTIFY_SOCKET,
    /// and who starts it hears what is said there (`readiness`).
    package var hearsReadiness = false
    package var noPivot = false
    package var noNewKeyring = false
    package var cgroupManager = CgroupManager.cgroupfs
    /// The caller starts the container next, before anything else: until then its init waits for the
    /// caller, and ends with it.
    package var startFollows = false

    package init(id: String, root: String, bundle: String) {
        self.id = id
        self.root = root
        self.bundle = bundle
    }
}

/// What `exec` is told beside the process.
package struct ExecOptions: Sendable {
    package var console: ConsoleDestination = .none
    package var pidfdSocket: String?
    package var pidFile: String?
    package var preserveDescriptors: Int32 = 0
    /// A cgroup below the container's, relative to it (`--cgroup`).
    package var cgroup: String?
    package var ignorePaused = false

    package init() {}
}
