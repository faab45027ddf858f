internal import Linux

/// A layer that is unpacked in an ingest area and is not a snapshot yet.
struct UnpackedLayer: Sendable {
    var chainID: String
    /// Nil for the lowest.
    var parent: String?
    /// Holds the directory `fs`.
    var path: String
    var usage: DiskUsage
}

/// Unpacks the layers that no committed snapshot has yet, lowest first.
struct Unpacker {
    let area: IngestArea
    let paths: StorePaths
    let limits: StoreLimits
    let space: SpaceGuard
    let progress: ImportProgress
    /// Committed snapshots by their chain ids.
    let committed: [String: Int64]

    /// What was unpacked so far, in order.
    private(set) var unpacked: [UnpackedLayer] = []
    private var pathsByChain: [String: String] = [:]

    init(
        area: IngestArea, store: Store, committed: [String: Int64], progress: ImportProgress
    ) throws(StoreError) {
        self.area = area
        paths = store.paths
        limits = store.limits
        space = try SpaceGuard(area.path, limits: store.limits)
        self.committed = committed
        self.progress = progress
    }

    /// - Parameter blob: where the blob of a layer is.
    mutating func unpack(
        _ layers: [StoredLayer], blob: (StoredLayer) throws(StoreError) -> String
    ) throws(StoreError) {
        var lowers: [String] = []
        var parent: String?
        for layer in layers {
            if let id = committed[layer.chainID] {
                lowers.insert(paths.files(ofSnapshot: id), at: 0)
            } else if let path = pathsByChain[layer.chainID] {
                lowers.insert(path, at: 0)
            } else {
                try progress.report(.unpack, layer.digest, 0, of: layer.sizeBytes)
                let path = try unpack(layer, try blob(layer), over: lowers, parent)
                lowers.insert(path, at: 0)
                try progress.report(.unpack, layer.digest, layer.sizeBytes, of: layer.sizeBytes)
            }
            parent = layer.chainID
        }
    }

    private mutating func unpack(
        _ layer: StoredLayer, _ blob: String, over lowers: [String], _ parent: String?
    ) throws(StoreError) -> String {
        let path = area.newPath()
        let files = path + "/fs"
        try storeStep("unpack layer", layer.digest) { try makeDirectories(files) }
        let work = LayerUnpack(layer: layer, blob: blob, limits: limits, space: space)
        let usage = try work.run(into: files, over: lowers)
        unpacked.append(
            UnpackedLayer(chainID: layer.chainID, parent: parent, path: path, usage: usage))
        pathsByChain[layer.chainID] = files
        return files
    }
}
