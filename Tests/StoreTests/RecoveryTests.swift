import Foundation
import GRDB
import Glibc
import Store
import TestSupport
import Testing

/// Files enough that an import takes a while.
private func manyFiles(_ seed: Int, count: Int = 300) -> [UInt8] {
    tar { tar in
        for number in 0..<count {
            tar.addFile("d\(number % 10)/file-\(number)", String(repeating: "\(seed)", count: 3000))
        }
    }
}

@Suite struct RecoveryTests {
    // A process that is killed at any moment of an import leaves a store that opens, in which what
    // is named is whole, and into which the same image can be imported.
    @Test func anImportMayBeKilledAtAnyMoment() async throws {
        let directory = TemporaryDirectory("kill")
        let layout = directory.file("layout")
        LayoutWriter.single(layout, [manyFiles(1), manyFiles(2)], name: "killed:1")
        let root = directory.file("root")
        for attempt in 0..<12 {
            // The first ones at the beginning, the last ones after the end.
            let microseconds = UInt32(attempt * attempt) * 3000
            await #expect(processExitsWith: .failure) {
                [
                    root = root as String, layout = layout as String,
                    microseconds = microseconds as UInt32
                ] in
                Thread.detachNewThread {
                    usleep(microseconds)
                    kill(getpid(), SIGKILL)
                }
                let store = try Store(root: root)
                _ = try? await store.importImages(from: layout, name: nil) { _ in }
                while true { pause() }
            }
            try await checkStore(root)
        }
        let store = try Store(root: root)
        let image = try await store.importImages(from: layout, name: nil) { _ in }[0]
        let snapshot = try store.prepareSnapshot(key: "container", for: image)
        let files = try FileManager.default.subpathsOfDirectory(
            atPath: snapshot.lowerDirectories[0])
        #expect(files.count == 310)
    }

    /// Nothing without a row, no row without its files, and each blob as its name says.
    private func checkStore(_ root: String) async throws {
        let store = try Store(root: root)
        let blobs = try store.listBlobs()
        let snapshots = try store.listSnapshots()
        let onDisk = { try FileManager.default.contentsOfDirectory(atPath: root + "/" + $0) }
        #expect(try onDisk("ingest") == [])
        #expect(
            Set(try onDisk("content/blobs/sha256"))
                == Set(blobs.map { String($0.digest.dropFirst(7)) }))
        #expect(try onDisk("snapshots").count == snapshots.count)
        try await store.checkBlobs { result in
            #expect(result.isSound)
            return true
        }
        for snapshot in snapshots {
            #expect(try FileManager.default.subpathsOfDirectory(atPath: snapshot.path).count == 310)
        }
        for image in try store.images() { #expect(image.layers.count == 2) }
    }

    @Test func whatNoRowNamesIsRemoved() async throws {
        let test = TemporaryDirectory("store")
        let root = test.file("root")
        try await withStore(root) { store in
            LayoutWriter.single(test.file("layout"), [manyFiles(1, count: 3)])
            _ = try await store.importImages(from: test.file("layout"), name: nil) { _ in }
        }
        let stray = String(repeating: "0", count: 64)
        Command.shell(
            """
            cd \(root); mkdir -p ingest/x/1/fs snapshots/99/fs snapshots/odd
            echo x >content/blobs/sha256/\(stray); echo x >content/blobs/sha256/odd
            """)
        try await withStore(root) { store in
            #expect(try store.images().count == 1)
            #expect(try FileManager.default.contentsOfDirectory(atPath: root + "/ingest") == [])
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: root + "/snapshots") == ["1"])
            let blobs = try FileManager.default.contentsOfDirectory(
                atPath: root + "/content/blobs/sha256")
            #expect(blobs.count == 3)
        }
    }

    @Test func aLostLayerIsUnpackedAgain() async throws {
        let test = TemporaryDirectory("store")
        let root = test.file("root")
        LayoutWriter.single(test.file("layout"), [manyFiles(1, count: 3), manyFiles(2, count: 4)])
        try await withStore(root) { store in
            _ = try await store.importImages(from: test.file("layout"), name: nil) { _ in }
        }
        try FileManager.default.removeItem(atPath: root + "/snapshots/1")
        try await withStore(root) { store in
            let image = try store.images()[0]
            let snapshot = try store.prepareSnapshot(key: "container", for: image)
            #expect(read(snapshot.lowerDirectories[1] + "/d0/file-0")?.hasPrefix("111") == true)
            #expect(read(snapshot.lowerDirectories[0] + "/d0/file-0")?.hasPrefix("222") == true)
        }
        // Now its blob is gone as well.
        try FileManager.default.removeItem(atPath: root + "/snapshots/1")
        Command.shell("rm \(root)/content/blobs/sha256/\(Digest(of: manyFiles(1, count: 3)).hex)")
        try await withStore(root) { store in
            let image = try store.images()[0]
            let error = await storeError { _ = try store.prepareSnapshot(key: "other", for: image) }
            #expect(error?.description.contains(image.layers[0].digest) == true)
            // Importing it again mends it.
            _ = try await store.importImages(from: test.file("layout"), name: nil) { _ in }
            _ = try store.prepareSnapshot(key: "other", for: image)
        }
    }

    // A167
    @Test func aDamagedBlobIsFoundByCheckAndMendedByImport() async throws {
        let test = try TestStore()
        let path = test.directory.file("layout")
        LayoutWriter.single(path, [manyFiles(1, count: 3)])
        let image = try await test.load(path)[0]
        let blob = test.blobPath(image.layers[0].digest)
        Command.shell("chmod u+w \(blob); printf X | dd of=\(blob) bs=1 seek=700 conv=notrunc")
        let check = try await test.store.checkBlob(image.layers[0].digest)
        #expect(!check.isSound)
        #expect(check.problem?.contains("its bytes are sha256:") == true)
        #expect(try await test.store.checkBlob(image.configDigest).isSound)
        try await test.load(path)
        #expect(try await test.store.checkBlob(image.layers[0].digest).isSound)
        Command.run("rm", [blob])
        #expect(
            try await test.store.checkBlob(image.layers[0].digest).problem == "its file is missing")
        Command.shell("printf short >\(blob)")
        #expect(
            try await test.store.checkBlob(image.layers[0].digest).problem?.contains("5 bytes")
                == true)
    }

    // A167
    @Test func aDamagedBlobIsNotUnpacked() async throws {
        let test = TemporaryDirectory("store")
        let root = test.file("root")
        LayoutWriter.single(test.file("layout"), [manyFiles(1, count: 3)])
        try await withStore(root) { store in
            _ = try await store.importImages(from: test.file("layout"), name: nil) { _ in }
        }
        Command.shell(
            """
            rm -r \(root)/snapshots/1; cd \(root)/content/blobs/sha256
            f=\(Digest(of: manyFiles(1, count: 3)).hex); chmod u+w $f
            printf X | dd of=$f bs=1 seek=700 conv=notrunc
            """)
        try await withStore(root) { store in
            let image = try store.images()[0]
            let error = await storeError { _ = try store.prepareSnapshot(key: "c", for: image) }
            #expect(error?.kind == .corrupt)
            #expect(error?.cause.contains("damaged") == true)
            #expect(error?.hint.contains("import the image again") == true)
            #expect(try FileManager.default.contentsOfDirectory(atPath: root + "/ingest") == [])
            #expect(try store.snapshot(key: "c") == nil)
        }
    }

    @Test func onlyOneProcessMayHaveAStore() async throws {
        let test = try TestStore()
        let error = await storeError { _ = try Store(root: test.root) }
        #expect(error?.kind == .inUse)
        #expect(error?.cause == "process \(getpid()) uses it")
    }

    @Test func aDamagedDatabaseIsToldAsSuch() async throws {
        let test = TemporaryDirectory("store")
        let root = test.file("root")
        try await withStore(root) { _ in }
        test.write("root/apus.db", "this is no database, but it is as long as one could be\n")
        Command.shell("rm -f \(root)/apus.db-*")
        let error = await storeError { _ = try Store(root: root) }
        #expect(error?.kind == .corrupt)
        #expect(error?.subject == root + "/apus.db")
        #expect(error?.hint.isEmpty == false)
    }

    @Test func aLostDatabaseDoesNotEmptyTheStore() async throws {
        let test = TemporaryDirectory("store")
        let root = test.file("root")
        LayoutWriter.single(test.file("layout"), [manyFiles(1, count: 3)])
        try await withStore(root) { store in
            _ = try await store.importImages(from: test.file("layout"), name: nil) { _ in }
        }
        Command.shell("rm -f \(root)/apus.db*")
        let error = await storeError { _ = try Store(root: root) }
        #expect(error?.kind == .corrupt)
        #expect(FileManager.default.fileExists(atPath: root + "/snapshots/1/fs/d0"))
    }

    // Bad input: a full disk.
    @Test func aFullDiskLeavesNothingBehind() async throws {
        let directory = TemporaryDirectory("full")
        let disk = directory.directory("disk")
        let mounted = Command.run("mount", ["-t", "tmpfs", "-o", "size=24M", "tmpfs", disk])
        try #require(mounted.status == 0, "\(mounted)")
        defer { Command.run("umount", [disk]) }
        LayoutWriter.single(directory.file("small"), [manyFiles(1, count: 30)], name: "small:1")
        let large = tar { $0.add("zeros", content: [UInt8](repeating: 7, count: 40 << 20)) }
        var layout = LayoutWriter(directory.file("large"))
        layout.add(
            layout.image([large], stored: [(compress("gzip", large), "+gzip")]), name: "large:1")
        layout.finish()
        try await withStore(disk + "/root") { store in
            for source in ["large", "large"] {
                let error = await storeError {
                    _ = try await store.importImages(from: directory.file(source), name: nil) { _ in
                    }
                }
                #expect(error?.kind == .exhausted, "\(String(describing: error))")
                #expect(error?.hint.contains("free space") == true)
            }
            #expect(Command.shell("find \(disk)/root -type f -path '*blobs*'").stdout == "")
            #expect(
                Command.shell("ls \(disk)/root/ingest \(disk)/root/snapshots | grep -v :").stdout
                    .split(separator: "\n") == [])
            _ = try await store.importImages(from: directory.file("small"), name: nil) { _ in }
            #expect(try store.images().count == 1)
        }
    }

    /// Lets go of the store afterwards, so that it can be opened again.
    private func withStore(_ root: String, _ body: (Store) async throws -> Void) async throws {
        let store = try opened(root)
        try await body(store)
        try store.database.close()
    }

    /// A thread of the store before, which is done, may not have let go of it yet.
    private func opened(_ root: String) throws -> Store {
        for _ in 0..<500 {
            do throws(StoreError) { return try Store(root: root) } catch {
                guard error.kind == .inUse else { throw error }
            }
            usleep(10_000)
        }
        return try Store(root: root)
    }
}
