import Foundation
import Store
import TestSupport

/// A store in a directory of its own, which goes with it.
final class TestStore: Sendable {
    let directory: TemporaryDirectory
    let store: Store

    var root: String { directory.file("root") }

    init(
        limits: StoreLimits = StoreLimits(), platform: Platform = .current,
        copiesSnapshots: Bool = false
    ) throws {
        directory = TemporaryDirectory("store")
        store = try Store(
            root: directory.file("root"), limits: limits, platform: platform,
            copiesSnapshots: copiesSnapshots)
    }

    @discardableResult
    func load(_ path: String, name: String? = nil) async throws -> [StoredImage] {
        try await store.importImages(from: path, name: name) { _ in }
    }

    /// Takes the layers in as one image.
    @discardableResult
    func load(layers: [[UInt8]], name: String = "test.example/image:1") async throws -> StoredImage
    {
        let path = directory.file("layout-\(UInt32.random(in: 0 ... .max))")
        LayoutWriter.single(path, layers, name: name)
        return try await load(path)[0]
    }

    /// The files of the uppermost layer of an image.
    func topFiles(_ image: StoredImage) throws -> String {
        try files(image.topChainID!)
    }

    func files(_ chainID: String) throws -> String {
        try store.listSnapshots().first { $0.key == chainID }!.path
    }

    /// What is on the disk below the root that an import could have left.
    var leftovers: [String] {
        ["content/blobs/sha256", "ingest", "snapshots"].flatMap { folder in
            try! FileManager.default.contentsOfDirectory(atPath: root + "/" + folder)
                .map { folder + "/" + $0 }
        }.sorted()
    }

    func blobPath(_ digest: String) -> String {
        root + "/content/blobs/sha256/" + digest.dropFirst(7)
    }
}

/// The error that a piece of work ends with.
func storeError(_ work: () async throws -> Void) async -> StoreError? {
    do {
        try await work()
        return nil
    } catch {
        return error as? StoreError
    }
}

func read(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

func compress(_ program: String, _ bytes: [UInt8]) -> [UInt8] {
    Command.run(program, ["-c"], input: bytes).stdoutBytes
}
