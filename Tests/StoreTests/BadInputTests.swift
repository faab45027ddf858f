import Foundation
import Store
import TestSupport
import Testing

private let layer = tar { $0.addFile("file", String(repeating: "content ", count: 5000)) }

/// Archives with which something is wrong: each error says what, and nothing is left behind.
@Suite struct BadInputTests {
    private func refused(
        limits: StoreLimits = StoreLimits(), _ kind: StoreError.Kind = .invalid, _ words: String...,
        name: String? = nil, write: (TestStore, String) throws -> String
    ) async throws {
        let test = try TestStore(limits: limits)
        let path = try write(test, test.directory.file("layout"))
        let error = await storeError { try await test.load(path, name: name) }
        #expect(error?.kind == kind, "\(String(describing: error))")
        let text = error?.description ?? ""
        for word in words { #expect(text.contains(word), "\(text)") }
        #expect(test.leftovers == [])
        #expect(try test.store.images() == [])
        #expect(try test.store.listSnapshots() == [])
    }

    private func layout(
        _ path: String, _ fill: (inout LayoutWriter) throws -> Void
    ) rethrows -> String {
        var layout = LayoutWriter(path)
        try fill(&layout)
        layout.finish()
        return path
    }

    private func archive(_ path: String) -> String {
        Command.run("tar", ["-cf", path + ".tar", "-C", path, "."])
        return path + ".tar"
    }

    // A167
    @Test(arguments: [false, true]) func aBlobWithAWrongDigest(inTar: Bool) async throws {
        try await refused(.invalid, "sha256:", "digest", "damaged") { test, path in
            LayoutWriter.single(path, [layer])
            let digest = Digest(of: layer).hex
            let file = path + "/blobs/sha256/" + digest
            var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
            bytes[600] ^= 1
            try Data(bytes).write(to: URL(fileURLWithPath: file))
            return inTar ? archive(path) : path
        }
    }

    // A167
    @Test func aLayerWhoseTarIsNotTheConfigs() async throws {
        try await refused(.invalid, "verify layer", "config says") { _, path in
            layout(path) {
                $0.add(
                    $0.image([layer], diffIDs: [Digest(of: Array("other".utf8)).description]),
                    name: "x:1")
            }
        }
    }

    // A167
    @Test(arguments: ["gzip", "zstd"]) func aFlippedBitInACompressedLayer(
        _ program: String
    ) async throws {
        var bytes = compress(program, layer)
        bytes[bytes.count / 2] ^= 0x10
        let damaged = bytes
        try await refused(.invalid, "sha256:") { _, path in
            layout(path) {
                $0.add($0.image([layer], stored: [(damaged, "+" + program)]), name: "x:1")
            }
        }
    }

    @Test(arguments: ["gzip", "zstd"]) func aLayerThatEndsEarly(_ program: String) async throws {
        let damaged = Array(compress(program, layer).dropLast(20))
        try await refused(.invalid, "it ends in the middle") { _, path in
            layout(path) {
                $0.add($0.image([layer], stored: [(damaged, "+" + program)]), name: "x:1")
            }
        }
    }

    @Test(arguments: ["", "gzip", "zstd"]) func anArchiveThatEndsEarly(
        _ program: String
    ) async throws {
        try await refused(.invalid) { test, path in
            LayoutWriter.single(path, [layer])
            let file = archive(path)
            let pipe = program.isEmpty ? "cat" : "\(program) -c"
            Command.shell(
                "\(pipe) <\(file) >\(file).all; size=$(stat -c %s \(file).all);"
                    + "head -c $((size * 2 / 3)) \(file).all >\(file)")
            return file
        }
    }

    @Test func aMissingBlob() async throws {
        try await refused(.invalid, "not in", "incomplete") { _, path in
            LayoutWriter.single(path, [layer])
            try FileManager.default.removeItem(
                atPath: path + "/blobs/sha256/" + Digest(of: layer).hex)
            return path
        }
    }

    @Test func aDescriptorWithAWrongSize() async throws {
        try await refused(.invalid, "bytes, its descriptor says") { _, path in
            layout(path) {
                var image = $0.image([layer])
                image["size"] = 7
                $0.add(image, name: "x:1")
            }
        }
    }

    @Test(arguments: [
        ("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "foreign"),
        ("application/vnd.oci.image.layer.nondistributable.v1.tar", "foreign"),
        ("application/x-unknown", "media type"),
    ])
    func layersOfOtherKinds(type: String, word: String) async throws {
        try await refused(.invalid, word, type) { _, path in
            layout(path) { layout in
                let config = layout.blob(
                    layout.json([
                        "os": "linux", "architecture": Platform.current.architecture,
                        "rootfs": ["type": "layers", "diff_ids": [Digest(of: layer).description]],
                    ]), "application/vnd.oci.image.config.v1+json")
                let manifest: [String: Any] = [
                    "schemaVersion": 2, "config": config, "layers": [layout.blob(layer, type)],
                ]
                layout.add(
                    layout.blob(
                        layout.json(manifest), "application/vnd.oci.image.manifest.v1+json"),
                    name: "x:1")
            }
        }
    }

    @Test func anImageForAnotherMachine() async throws {
        try await refused(.invalid, "linux/s390x", "this machine is") { _, path in
            layout(path) { $0.add($0.image([layer], architecture: "s390x"), name: "x:1") }
        }
    }

    @Test func anImageWithoutAName() async throws {
        try await refused(.invalid, "no name", "--name") { _, path in
            layout(path) { $0.add($0.image([layer])) }
        }
    }

    @Test func twoImagesWithoutNames() async throws {
        try await refused(.invalid, "only their digests tell apart", name: "x") { _, path in
            layout(path) {
                $0.add($0.image([layer]))
                $0.add($0.image([layer, layer]))
            }
        }
    }

    @Test func aNameThatIsNone() async throws {
        try await refused(.invalid, "read image name", name: "Not/A Name") { _, path in
            layout(path) { $0.add($0.image([layer])) }
        }
    }

    @Test func moreLayersThanTheConfigLists() async throws {
        try await refused(.invalid, "2 layers", "lists 1") { _, path in
            layout(path) {
                $0.add(
                    $0.image([layer, layer], diffIDs: [Digest(of: layer).description]), name: "x:1")
            }
        }
    }

    @Test func moreLayersThanAreTaken() async throws {
        try await refused(.invalid, "128 layers", "127") { _, path in
            layout(path) {
                $0.add($0.image(Array(repeating: layer, count: 128)), name: "x:1")
            }
        }
    }

    @Test func aManifestThatIsTooLarge() async throws {
        try await refused(.invalid, "at most 4194304") { _, path in
            layout(path) {
                $0.add(
                    $0.blob(
                        [UInt8](repeating: 0x20, count: 5 << 20),
                        "application/vnd.oci.image.manifest.v1+json"), name: "x:1")
            }
        }
    }

    @Test func aDocumentThatIsAnIndexAndAManifest() async throws {
        try await refused(.invalid, "at once") { _, path in
            layout(path) { layout in
                let empty = layout.blob([], "application/vnd.oci.image.config.v1+json")
                layout.add(
                    layout.blob(
                        layout.json([
                            "schemaVersion": 2, "manifests": [empty], "config": empty,
                            "layers": [empty],
                        ]), "application/vnd.oci.image.manifest.v1+json"), name: "x:1")
            }
        }
    }

    @Test func indexesWithinIndexes() async throws {
        try await refused(.invalid, "nested too deep") { _, path in
            layout(path) { layout in
                var inner = layout.image([layer])
                for _ in 0..<7 {
                    inner = layout.blob(
                        layout.json(["schemaVersion": 2, "manifests": [inner]]),
                        "application/vnd.oci.image.index.v1+json")
                }
                layout.add(inner, name: "x:1")
            }
        }
    }

    @Test func jsonThatIsNone() async throws {
        try await refused(.invalid, "index.json", "no JSON") { _, path in
            LayoutWriter(path).write("index.json", Array("{not json".utf8))
            return path
        }
    }

    @Test func jsonWithAWrongType() async throws {
        try await refused(.invalid, "manifests[0].size is no Int64") { _, path in
            LayoutWriter(path).write(
                "index.json",
                Array(#"{"schemaVersion":2,"manifests":[{"digest":"x","size":"big"}]}"#.utf8))
            return path
        }
    }

    @Test func aPathThatIsNotThere() async throws {
        try await refused(.notFound, "no such file") { _, path in path + "/nothing" }
    }

    @Test func aFileThatIsNoArchive() async throws {
        try await refused(.invalid, "it is no tar") { test, _ in
            test.directory.write("text", String(repeating: "hello\n", count: 500))
        }
    }

    @Test func aDirectoryThatIsNoLayout() async throws {
        try await refused(.invalid, "neither an index.json nor a manifest.json") { test, _ in
            test.directory.directory("empty")
        }
    }

    @Test func aDockerArchiveThatNamesFilesOutside() async throws {
        try await refused(.invalid, "..") { test, _ in
            let folder = test.directory.directory("save")
            test.directory.write(
                "save/manifest.json",
                #"[{"Config":"../../../../etc/passwd","RepoTags":["x:1"],"Layers":[]}]"#)
            return archive(folder)
        }
    }

    @Test(arguments: ["gzip", "zstd"]) func aBomb(_ program: String) async throws {
        var limits = StoreLimits()
        limits.expansion = 100
        limits.expansionFloorBytes = 1 << 20
        let bomb = tar { $0.add("zeros", content: [UInt8](repeating: 0, count: 64 << 20)) }
        let blob = compress(program, bomb)
        try await refused(limits: limits, .invalid, "unpack to more than", "fill the disk") {
            _, path in
            layout(path) {
                $0.add($0.image([bomb], stored: [(blob, "+" + program)]), name: "x:1")
            }
        }
    }

    @Test func tooManyEntries() async throws {
        var limits = StoreLimits()
        limits.layerEntries = 10
        try await refused(limits: limits, .exhausted, "more than 10 entries") { _, path in
            layout(path) {
                $0.add(
                    $0.image([tar { tar in for i in 0..<20 { tar.addFile("\(i)", "") } }]),
                    name: "x:1")
            }
        }
    }

    @Test func aGoodImageAfterABadOne() async throws {
        let test = try TestStore()
        var layout = LayoutWriter(test.directory.file("layout"))
        layout.add(layout.image([layer]), name: "good:1")
        layout.add(layout.image([layer], diffIDs: [Digest(of: []).description]), name: "bad:1")
        layout.finish()
        #expect(await storeError { try await test.load(layout.path) } != nil)
        #expect(test.leftovers == [])
        try await test.load(layers: [layer])
        #expect(try test.store.images().count == 1)
    }
}
