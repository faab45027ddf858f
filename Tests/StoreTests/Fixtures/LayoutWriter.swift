import Foundation
import Store
import TestSupport

/// Writes OCI layouts, also wrong ones, into a directory.
struct LayoutWriter {
    let path: String
    private(set) var manifests: [[String: Any]] = []

    init(_ path: String) {
        self.path = path
        try! FileManager.default.createDirectory(
            atPath: path + "/blobs/sha256", withIntermediateDirectories: true)
        write("oci-layout", Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
    }

    func write(_ name: String, _ bytes: [UInt8]) {
        try! Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
    }

    /// Stores a blob and describes it.
    func blob(_ bytes: [UInt8], _ mediaType: String) -> [String: Any] {
        let digest = Digest(of: bytes)
        write("blobs/sha256/\(digest.hex)", bytes)
        return ["mediaType": mediaType, "digest": digest.description, "size": bytes.count]
    }

    func json(_ value: Any) -> [UInt8] {
        Array(try! JSONSerialization.data(withJSONObject: value, options: [.sortedKeys]))
    }

    /// Stores manifest, config and layers and describes the manifest.
    ///
    /// - Parameters:
    ///   - layers: tars, lowest first.
    ///   - stored: the blobs where they are not the tars as they are, with their media type's end.
    func image(
        _ layers: [[UInt8]], stored: [(bytes: [UInt8], suffix: String)]? = nil,
        architecture: String = Platform.current.architecture, config: [String: Any] = [:],
        diffIDs: [String]? = nil
    ) -> [String: Any] {
        let blobs = stored ?? layers.map { ($0, "") }
        let document: [String: Any] = [
            "architecture": architecture, "os": "linux", "created": "2024-05-06T07:08:09Z",
            "config": config,
            "rootfs": [
                "type": "layers",
                "diff_ids": diffIDs ?? layers.map { Digest(of: $0).description },
            ],
        ]
        let manifest: [String: Any] = [
            "schemaVersion": 2,
            "config": blob(json(document), "application/vnd.oci.image.config.v1+json"),
            "layers": blobs.map {
                blob($0.bytes, "application/vnd.oci.image.layer.v1.tar" + $0.suffix)
            },
        ]
        return blob(json(manifest), "application/vnd.oci.image.manifest.v1+json")
    }

    mutating func add(_ descriptor: [String: Any], name: String? = nil) {
        var descriptor = descriptor
        if let name { descriptor["annotations"] = ["org.opencontainers.image.ref.name": name] }
        manifests.append(descriptor)
    }

    func finish() { write("index.json", json(["schemaVersion": 2, "manifests": manifests])) }

    /// A layout with one image.
    static func single(
        _ path: String, _ layers: [[UInt8]], name: String? = "test.example/image:1"
    ) {
        var layout = LayoutWriter(path)
        layout.add(layout.image(layers), name: name)
        layout.finish()
    }
}
