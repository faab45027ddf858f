/// A bundle's config.json (runtime-spec 1.3, config.md), as far as it concerns Linux.
///
/// Lists that the file leaves out are empty here; scalars whose absence means something are nil.
package struct Spec: Sendable, Equatable {
    package var ociVersion: String
    package var root: Root?
    package var process: Process?
    package var hostname: String?
    package var domainname: String?
    package var mounts: [Mount]
    package var hooks: Hooks
    package var annotations: [String: String]
    package var linux: LinuxSection

    package init(
        ociVersion: String = Spec.version, root: Root? = nil, process: Process? = nil,
        hostname: String? = nil, domainname: String? = nil, mounts: [Mount] = [],
        hooks: Hooks = Hooks(), annotations: [String: String] = [:],
        linux: LinuxSection = LinuxSection()
    ) {
        self.ociVersion = ociVersion
        self.root = root
        self.process = process
        self.hostname = hostname
        self.domainname = domainname
        self.mounts = mounts
        self.hooks = hooks
        self.annotations = annotations
        self.linux = linux
    }

    /// The runtime-spec version that this toolkit writes and follows.
    package static let version = "1.3.0"
}

/// The container's root filesystem.
package struct Root: Sendable, Equatable {
    /// Absolute, or relative to the bundle.
    package var path: String
    package var readonly: Bool

    package init(path: String, readonly: Bool = false) {
        self.path = path
        self.readonly = readonly
    }
}

/// One entry of `mounts`; they are made in the order of the list.
package struct Mount: Sendable, Equatable {
    /// As the container sees it.
    package var destination: String
    package var type: String?
    package var source: String?
    package var options: [String]
    /// Idmapped mounts: both or neither.
    package var uidMappings: [IDMapping]
    package var gidMappings: [IDMapping]

    package init(
        destination: String, type: String? = nil, source: String? = nil, options: [String] = [],
        uidMappings: [IDMapping] = [], gidMappings: [IDMapping] = []
    ) {
        self.destination = destination
        self.type = type
        self.source = source
        self.options = options
        self.uidMappings = uidMappings
        self.gidMappings = gidMappings
    }
}
