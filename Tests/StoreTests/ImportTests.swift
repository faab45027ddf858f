import Foundation
import Store
import Synchronization
import TestSupport
import Testing

private let base = tar { tar in
    tar.addDirectory("etc/")
    tar.addFile("etc/hello", "from the base\n")
}
private let top = tar { $0.addFile("etc/world", "from the top\n") }

@Suite struct ImportTests {
    // A010 A143
    @Test func aLayoutInADirectoryIsTakenIn() async throws {
        let test = try TestStore()
        let image = try await test.load(layers: [base, top], name: "alpine:latest")
        #expect(image.names == ["docker.io/library/alpine:latest"])
        #expect(image.layers.count == 2)
        #expect(image.createdAt == Timestamp(rfc3339: "2024-05-06T07:08:09Z"))
        #expect(read(try test.files(image.layers[0].chainID) + "/etc/hello") == "from the base\n")
        #expect(read(try test.topFiles(image) + "/etc/world") == "from the top\n")
        #expect(try test.store.image("alpine") == image)
        #expect(try test.store.image(image.digest) == image)
        #expect(try test.store.image(String(image.configDigest.dropFirst(7).prefix(12))) == image)
        #expect(try test.store.listBlobs().count == 4)
    }

    // A010
    @Test(arguments: ["", "gzip", "zstd"], ["", "gzip", "zstd"])
    func everyCompressionOfLayerAndArchiveIsTakenIn(layer: String, archive: String) async throws {
        let test = try TestStore()
        let path = test.directory.file("layout")
        var layout = LayoutWriter(path)
        let blob = layer.isEmpty ? base : compress(layer, base)
        layout.add(
            layout.image([base], stored: [(blob, layer.isEmpty ? "" : "+" + layer)]),
            name: "test.example/image:1")
        layout.finish()
        let file = test.directory.file("image.tar")
        Command.run("tar", ["-cf", file, "-C", path, "."])
        if !archive.isEmpty {
            Command.shell("\(archive) <\(file) >\(file).new; mv \(file).new \(file)")
        }
        let image = try await test.load(file)[0]
        #expect(image.layers[0].digest == Digest(of: blob).description)
        #expect(read(try test.topFiles(image) + "/etc/hello") == "from the base\n")
        #expect(test.leftovers.filter { $0.hasPrefix("ingest") } == [])
    }

    @Test func aDockerArchiveIsTakenInWithItsTags() async throws {
        let test = try TestStore()
        LayoutWriter.single(
            test.directory.file("layout"), [base, top], name: "test.example/image:1")
        let file = test.directory.file("docker.tar")
        let copied = Command.run(
            "skopeo",
            [
                "copy", "--insecure-policy", "oci:\(test.directory.file("layout"))",
                "docker-archive:\(file):busybox:1.36",
            ])
        try #require(copied.status == 0, "\(copied)")
        let image = try await test.load(file)[0]
        #expect(image.names == ["docker.io/library/busybox:1.36"])
        #expect(read(try test.topFiles(image) + "/etc/world") == "from the top\n")
        // The manifest is ours, and always the same.
        let again = try await test.load(file, name: "other")[0]
        #expect(again.digest == image.digest)
        #expect(
            again.names == ["docker.io/library/busybox:1.36", "docker.io/library/other:latest"])
        let folder = test.directory.directory("unpacked")
        Command.run("tar", ["-xf", file, "-C", folder])
        #expect(try await test.load(folder, name: "third")[0].digest == image.digest)
    }

    @Test func oldDockerArchivesLinkLayersThatAreAlike() async throws {
        let test = try TestStore()
        let folder = test.directory.directory("save")
        for name in ["a", "b"] {
            try FileManager.default.createDirectory(
                atPath: folder + "/" + name, withIntermediateDirectories: true)
        }
        try Data(base).write(to: URL(fileURLWithPath: folder + "/a/layer.tar"))
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/b/layer.tar", withDestinationPath: "../a/layer.tar")
        let digest = Digest(of: base).description
        test.directory.write(
            "save/config.json",
            #"{"os":"linux","architecture":"\#(Platform.current.architecture)","rootfs":{"type":"layers","diff_ids":["\#(digest)","\#(digest)"]}}"#
        )
        test.directory.write(
            "save/manifest.json",
            #"[{"Config":"config.json","RepoTags":["old:1","old:2"],"Layers":["a/layer.tar","b/layer.tar"]}]"#
        )
        let file = test.directory.file("save.tar")
        Command.run("tar", ["-cf", file, "-C", folder, "b", "a", "config.json", "manifest.json"])
        for path in [file, folder] {
            let images = try await test.load(path)
            #expect(images.count == 1)
            #expect(images[0].names == ["docker.io/library/old:1", "docker.io/library/old:2"])
            #expect(images[0].layers.count == 2)
        }
    }

    // A168
    @Test func thePlatformOfThisMachineIsChosen() async throws {
        for (machine, text) in [("amd64", "from amd64\n"), ("arm64", "from arm64\n")] {
            let test = try TestStore(
                platform: Platform(
                    os: "linux", architecture: machine, variant: machine == "arm64" ? "v8" : ""))
            var layout = LayoutWriter(test.directory.file("layout"))
            var entries: [[String: Any]] = []
            for architecture in ["arm64", "amd64"] {
                var entry = layout.image(
                    [tar { $0.addFile("machine", "from \(architecture)\n") }],
                    architecture: architecture)
                entry["platform"] = ["os": "linux", "architecture": architecture]
                entries.append(entry)
            }
            // What buildx adds, for no machine.
            var attestation = layout.image([base], architecture: "unknown")
            attestation["platform"] = ["os": "unknown", "architecture": "unknown"]
            let index = layout.blob(
                layout.json(["schemaVersion": 2, "manifests": entries + [attestation]]),
                "application/vnd.oci.image.index.v1+json")
            layout.add(index, name: "multi:1")
            layout.finish()
            let image = try await test.load(test.directory.file("layout"))[0]
            #expect(image.platform.architecture == machine)
            #expect(read(try test.topFiles(image) + "/machine") == text)
            #expect(try test.store.image(index["digest"] as! String) == image)
        }
    }

    // A168
    @Test func platformsMayAlsoStandAtTheTop() async throws {
        let test = try TestStore(platform: Platform(os: "linux", architecture: "amd64"))
        var layout = LayoutWriter(test.directory.file("layout"))
        for architecture in ["amd64", "arm64", "386"] {
            var entry = layout.image([base], architecture: architecture)
            entry["platform"] = ["os": "linux", "architecture": architecture]
            layout.add(entry)
        }
        layout.finish()
        let images = try await test.load(test.directory.file("layout"), name: "flat")
        #expect(images.map(\.platform.architecture) == ["amd64"])
    }

    @Test func severalImagesOfOneArchiveShareTheirBase() async throws {
        let test = try TestStore()
        var layout = LayoutWriter(test.directory.file("layout"))
        layout.add(layout.image([base]), name: "one:1")
        layout.add(layout.image([base, top]), name: "two:1")
        layout.finish()
        let images = try await test.load(test.directory.file("layout"))
        #expect(images.map(\.names) == [["docker.io/library/one:1"], ["docker.io/library/two:1"]])
        #expect(try test.store.listSnapshots().count == 2)
        #expect(try test.store.images() == images)
    }

    // A166
    @Test func theConfigIsDecodedWhole() async throws {
        let test = try TestStore()
        var layout = LayoutWriter(test.directory.file("layout"))
        let image = layout.image(
            [base],
            config: [
                "User": "1000:100", "Env": ["A=b", "PATH=/bin"], "Entrypoint": ["/bin/sh", "-c"],
                "Cmd": ["true"], "WorkingDir": "/srv", "StopSignal": "SIGINT",
                "ExposedPorts": ["80/tcp": [:], "53/udp": [:]], "Volumes": ["/data": [:]],
                "Labels": ["who": "me"],
            ])
        layout.add(image, name: "full:1")
        layout.finish()
        let config = try await test.load(test.directory.file("layout"))[0].config
        #expect(config.user == "1000:100")
        #expect(config.env == ["A=b", "PATH=/bin"])
        #expect(config.entrypoint == ["/bin/sh", "-c"])
        #expect(config.cmd == ["true"])
        #expect(config.workingDirectory == "/srv")
        #expect(config.stopSignal == "SIGINT")
        #expect(config.exposedPorts == ["53/udp", "80/tcp"])
        #expect(config.volumes == ["/data"])
        #expect(config.labels == ["who": "me"])
    }

    @Test func progressGoesThroughItsPhases() async throws {
        let test = try TestStore()
        LayoutWriter.single(test.directory.file("layout"), [base])
        let steps = Steps()
        _ = try await test.store.importImages(
            from: test.directory.file("layout"), name: nil, progress: steps.add)
        let phases = steps.all.map(\.phase)
        #expect(phases.first == .verify || phases.first == .read)
        #expect(phases.contains(.unpack))
        #expect(phases.last == .done)
    }
}

extension ImportTests {
    @Test func aCanceledImportLeavesNothing() async throws {
        let test = try TestStore()
        LayoutWriter.single(test.directory.file("layout"), [base, top])
        let task = Mutex<Task<Void, any Error>?>(nil)
        let started = Mutex(false)
        let work = Task {
            while task.withLock({ $0 == nil }) { await Task.yield() }
            _ = try await test.store.importImages(
                from: test.directory.file("layout"), name: nil
            ) { step in
                if step.phase == .unpack { task.withLock { $0?.cancel() } }
                started.withLock { $0 = true }
            }
        }
        task.withLock { $0 = work }
        let error = await storeError { try await work.value }
        #expect(started.withLock { $0 })
        #expect(error?.kind == .canceled)
        #expect(test.leftovers == [])
    }
}

/// Steps as they came.
private final class Steps: @unchecked Sendable {
    private let lock = NSLock()
    private var steps: [ImportStep] = []

    var all: [ImportStep] { lock.withLock { steps } }

    @Sendable func add(_ step: ImportStep) { lock.withLock { steps.append(step) } }
}
