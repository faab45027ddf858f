import Foundation
import Glibc
import Linux
import Store
import TestSupport
import Testing

private let base = tar { tar in
    tar.addDirectory("etc/")
    tar.addFile("etc/shared", String(repeating: "base ", count: 20_000))
    tar.add("etc/linked", .hardLink, link: "etc/shared")
}
private let upper = tar { tar in
    tar.addFile("etc/more", "upper")
    tar.addFile("etc/.wh.linked", "")
}

@Suite struct SnapshotTests {
    // A144
    @Test func twoImagesStoreAndUnpackTheirBaseOnce() async throws {
        let test = try TestStore()
        let one = try await test.load(layers: [base], name: "one:1")
        let blobs = try test.store.listBlobs().count
        let two = try await test.load(layers: [base, upper], name: "two:1")
        #expect(one.layers[0] == two.layers[0])
        // A manifest, a config and one layer.
        #expect(try test.store.listBlobs().count == blobs + 3)
        let first = try test.store.prepareSnapshot(key: "first", for: one)
        let second = try test.store.prepareSnapshot(key: "second", for: two)
        #expect(first.lowerDirectories.last == second.lowerDirectories.last)
        #expect(second.lowerDirectories.count == 2)
        let usage = try test.store.listSnapshots().filter { $0.kind == .active }
        #expect(usage.map(\.inodes) == [1, 1], "a container costs only its upper directory")
    }

    // A143
    @Test func eachLayerIsOneSnapshotOverTheOneBelow() async throws {
        let test = try TestStore()
        let layers = (1...5).map { number in tar { $0.addFile("layer-\(number)", "\(number)") } }
        let image = try await test.load(layers: layers)
        _ = try test.store.prepareSnapshot(key: "container", for: image)
        let snapshots = try test.store.listSnapshots()
        let chains = image.layers.map(\.chainID)
        #expect(snapshots.map(\.key) == chains + ["container"])
        #expect(snapshots.map(\.parent) == [""] + chains)
        #expect(snapshots.map(\.kind) == Array(repeating: .committed, count: 5) + [.active])
        // The rule of image-spec config.md, written out.
        let second = "\(image.layers[0].diffID) \(image.layers[1].diffID)"
        #expect(chains[0] == image.layers[0].diffID)
        #expect(chains[1] == Digest(of: Array(second.utf8)).description)
    }

    // A041
    @Test func containersWriteNeitherToBlobsNorToLayers() async throws {
        let test = try TestStore()
        let image = try await test.load(layers: [base, upper])
        let before = fingerprint(test)
        for number in 0..<50 {
            let snapshot = try test.store.prepareSnapshot(key: "c\(number)", for: image)
            let path = test.directory.directory("mnt\(number)")
            try mountSnapshot(snapshot, at: path)
            Command.shell("echo x >>\(path)/etc/shared; rm \(path)/etc/more; touch \(path)/new")
            #expect(unsafe umount2(path, 0) == 0)
        }
        #expect(fingerprint(test) == before)
    }

    /// Content, modes and times of blobs and layers.
    private func fingerprint(_ test: TestStore) -> String {
        Command.shell(
            """
            cd \(test.root); for d in content/blobs snapshots/1 snapshots/2; do
            find $d -type f -exec sha256sum {} +; find $d -printf '%p %m %U %G %T@ %C@ %n\\n'
            done | sort
            """
        ).stdout
    }

    @Test func aSnapshotIsFoundAgainAndRemoved() async throws {
        let test = try TestStore()
        let image = try await test.load(layers: [base, upper])
        let made = try test.store.prepareSnapshot(key: "container", for: image)
        #expect(try test.store.snapshot(key: "container") == made)
        let error = await storeError {
            _ = try test.store.prepareSnapshot(key: "container", for: image)
        }
        #expect(error?.kind == .alreadyExists)
        try test.store.removeSnapshot(key: "container")
        #expect(try test.store.snapshot(key: "container") == nil)
        #expect(!FileManager.default.fileExists(atPath: made.upper))
        try test.store.removeSnapshot(key: "container")
    }

    @Test func theContainersRootHasTheImagesOwnerAndMode() async throws {
        let test = try TestStore()
        let image = try await test.load(layers: [
            tar { $0.add("./", .directory, mode: 0o711, uid: 11, gid: 12) }, upper,
        ])
        let snapshot = try test.store.prepareSnapshot(key: "container", for: image)
        let status = try openFile(snapshot.upper, O_RDONLY).status()
        #expect(status.mode == 0o711 && status.uid == 11 && status.gid == 12)
    }

    // A165
    @Test func anImageWithoutLayersHasAnEmptyRoot() async throws {
        let test = try TestStore()
        let image = try await test.load(layers: [])
        let snapshot = try test.store.prepareSnapshot(key: "container", for: image)
        #expect(snapshot.mount.type == "bind")
        #expect(try FileManager.default.contentsOfDirectory(atPath: snapshot.upper) == [])
        #expect(try test.store.snapshot(key: "container") == snapshot)
    }

    @Test func withoutOverlayTheLayersAreCopied() async throws {
        let test = try TestStore(copiesSnapshots: true)
        let image = try await test.load(layers: [
            base, upper,
            tar { tar in
                tar.add("bin/su", mode: 0o4755, uid: 1, gid: 2, content: [1, 2, 3])
                tar.add("bin/su2", .hardLink, link: "bin/su")
                tar.addLink("sbin", to: "bin")
                tar.add("dev/null", .characterDevice, mode: 0o666, major: 1, minor: 3)
            },
        ])
        let snapshot = try test.store.prepareSnapshot(key: "container", for: image)
        #expect(snapshot.mount.type == "bind" && snapshot.lowerDirectories.isEmpty)
        let overlay = try TestStore()
        for layer in [base] { try await overlay.load(layers: [layer], name: "unused:1") }
        #expect(read(snapshot.upper + "/etc/more") == "upper")
        let root = try openFile(snapshot.upper, O_RDONLY | O_DIRECTORY)
        let etc = try root.openBeneath("etc", O_RDONLY | O_DIRECTORY)
        #expect(Set(try etc.entryNames()) == ["shared", "more"])
        let bin = try root.openBeneath("bin", O_RDONLY | O_DIRECTORY)
        let su = try #require(try bin.status(of: "su"))
        #expect(su.mode == 0o4755 && su.uid == 1 && su.links == 2)
        #expect(try bin.status(of: "su2")?.inode == su.inode)
        #expect("\(try root.readLink("sbin"))" == "bin")
        let dev = try root.openBeneath("dev", O_RDONLY | O_DIRECTORY)
        #expect(try dev.status(of: "null")?.deviceMinor == 3)
        // The layer itself must not change with the copy.
        Command.shell("echo changed >\(snapshot.upper)/etc/shared")
        #expect(
            read(try test.files(image.layers[0].chainID) + "/etc/shared")?.hasPrefix("base") == true
        )
        #expect(try test.store.snapshot(key: "container") == snapshot)
    }
}
