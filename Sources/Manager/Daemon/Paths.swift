/// Where the manager's things are.
struct Paths: Sendable {
    /// Survives a reboot: database, content, snapshots, logs.
    var root: String
    /// Does not: sockets, bundles, the runtime's own state.
    var state: String
    /// The manager's socket.
    var address: String

    var bundles: String { "\(state)/bundles" }
    var shimSockets: String { "\(state)/s" }
    var runtimeRoot: String { "\(state)/runtime" }
    var containers: String { "\(root)/containers" }

    func files(of id: String) -> ContainerFiles { ContainerFiles(directory: "\(containers)/\(id)") }
    func bundle(of id: String) -> BundleDirectory {
        BundleDirectory(id: id, directory: "\(bundles)/\(id)")
    }
}
