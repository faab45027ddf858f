/// Where things are below the store's root (spec/state-store.md).
struct StorePaths: Sendable {
    let root: String

    var lock: String { root + "/lock" }
    var database: String { root + "/apus.db" }
    var blobs: String { root + "/content/blobs/sha256" }
    /// Work that is under way; a new start empties it.
    var ingest: String { root + "/ingest" }
    var snapshots: String { root + "/snapshots" }

    var all: [String] { [blobs, ingest, snapshots] }

    func blob(_ digest: Digest) -> String { blobs + "/" + digest.hex }
    func snapshot(_ id: Int64) -> String { snapshots + "/\(id)" }
    func files(ofSnapshot id: Int64) -> String { snapshot(id) + "/fs" }
    func work(ofSnapshot id: Int64) -> String { snapshot(id) + "/work" }
}
