internal import GRDB
internal import Synchronization

extension Store {
    /// The committed snapshots that layers have already, by chain id.
    func committedSnapshots(of layers: [StoredLayer]) throws(StoreError) -> [String: Int64] {
        try databaseStep("find snapshots", "") {
            try database.read { database in
                var found: [String: Int64] = [:]
                for layer in layers where found[layer.chainID] == nil {
                    found[layer.chainID] = try Int64.fetchOne(
                        database,
                        sql: """
                            SELECT id FROM snapshot
                            WHERE key = ? AND kind = 'committed' AND NOT isMissing
                            """, arguments: [layer.chainID])
                }
                return found
            }
        }
    }

    /// Unpacks what an image's layers lack: after a loss that start-up has found. Usually nothing.
    func unpackMissingLayers(of image: StoredImage) throws(StoreError) {
        func missing() throws(StoreError) -> ([String: Int64], isComplete: Bool) {
            let committed = try committedSnapshots(of: image.layers)
            return (committed, image.layers.allSatisfy { committed[$0.chainID] != nil })
        }
        if try missing().isComplete { return }
        try unpacking.withLock { _ throws(StoreError) in
            // Somebody may have done it meanwhile.
            let (committed, isComplete) = try missing()
            if isComplete { return }
            let pinned = image.layers.map(\.chainID)
            pins.withLock { $0.add(pinned) }
            defer { pins.withLock { $0.remove(pinned) } }
            let area = try IngestArea(below: paths.ingest, limits: limits)
            var unpacker = try Unpacker(
                area: area, store: self, committed: committed, progress: ImportProgress { _ in })
            try unpacker.unpack(image.layers) { layer throws(StoreError) in
                guard let digest = Digest(layer.digest) else {
                    throw StoreError(
                        .corrupt, stage: "unpack layer", subject: layer.digest,
                        cause: "it is no sha256 digest")
                }
                return self.paths.blob(digest)
            }
            try Placement(store: self, area: area).commit(unpacker.unpacked, []) { _ in }
        }
    }
}
