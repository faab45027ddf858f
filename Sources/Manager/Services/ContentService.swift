internal import AsyncRPC
internal import Store
internal import Wire

extension Services {
    /// What the store holds: blobs and snapshots.
    func addContent(_ table: inout AsyncServiceTable) {
        let store = context.store
        table.on(Apus.ContentService.list) { _, _ in
            try await answer("list blobs", "") {
                let blobs = try await offload { try store.listBlobs() }
                return Apus.ListContentResponse(
                    blobs: blobs.map {
                        Apus.ContentBlob(
                            digest: $0.digest, sizeBytes: $0.sizeBytes,
                            createdAt: .init($0.createdAt))
                    })
            }
        }
        table.on(Apus.ContentService.check) { _, _, writer in
            try await answer("check blobs", "") {
                try await store.checkBlobs { check in
                    try await writer.send(
                        Apus.CheckContentResult(
                            digest: check.digest, ok: check.problem == nil,
                            problem: check.problem ?? ""))
                    return true
                }
            }
        }
        table.on(Apus.SnapshotsService.list) { _, _ in
            try await answer("list snapshots", "") {
                let snapshots = try await offload { try store.listSnapshots() }
                return Apus.ListSnapshotsResponse(
                    snapshots: snapshots.map {
                        Apus.Snapshot(
                            key: $0.key, parent: $0.parent, kind: $0.kind.rawValue,
                            sizeBytes: $0.sizeBytes, inodes: $0.inodes, path: $0.path)
                    })
            }
        }
    }
}
