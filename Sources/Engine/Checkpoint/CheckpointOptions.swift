/// What `checkpoint` and `restore` are told, as far as both are.
package struct CheckpointOptions: Sendable {
    /// How criu treats cgroups: its numbers of `--manage-cgroups`.
    package enum CgroupMode: String, Sendable, CaseIterable {
        case ignore, none, props, soft, full, strict

        var number: UInt32 { UInt32(Self.allCases.firstIndex(of: self)!) }
    }

    /// Absolute.
    package var imagePath: String
    /// Absolute; criu's log is there. nil for the container's own directory.
    package var workPath: String?
    package var tcpEstablished = false
    package var tcpClose = false
    package var extUnixSockets = false
    package var shellJob = false
    package var fileLocks = false
    package var lazyPages = false
    package var autoDedup = false
    package var linkRemap = false
    package var cgroupMode: CgroupMode?
    /// Bits as for clone(2).
    package var emptyNamespaces: UInt32 = 0

    // Only when dumping.
    /// The images before, relative to these.
    package var parentPath: String?
    package var leaveRunning = false
    package var preDump = false
    package var tcpSkipInFlight = false
    package var pageServer: (address: String, port: Int32)?
    /// An inherited descriptor.
    package var statusDescriptor: Int32?

    // Only when restoring.
    package var lsmProfile: String?
    package var lsmMountContext: String?

    package init(imagePath: String) { self.imagePath = imagePath }
}
