/// What a descriptor says its blob is (image-spec media-types.md; docker's are older names).
enum MediaType {
    static let manifest = "application/vnd.oci.image.manifest.v1+json"
    static let index = "application/vnd.oci.image.index.v1+json"
    static let config = "application/vnd.oci.image.config.v1+json"
    static let layer = "application/vnd.oci.image.layer.v1.tar"

    static func isIndex(_ type: String) -> Bool {
        type == index || type == "application/vnd.docker.distribution.manifest.list.v2+json"
    }

    static func isManifest(_ type: String) -> Bool {
        type == manifest || type == "application/vnd.docker.distribution.manifest.v2+json"
    }

    static func isConfig(_ type: String) -> Bool {
        type == config || type == "application/vnd.docker.container.image.v1+json"
    }

    static func isLayer(_ type: String) -> Bool {
        layers.contains(type)
    }

    /// A layer that is to be fetched from elsewhere, which no archive holds.
    static func isForeignLayer(_ type: String) -> Bool {
        type.hasPrefix("application/vnd.docker.image.rootfs.foreign.")
            || type.hasPrefix("application/vnd.oci.image.layer.nondistributable.")
    }

    static func layer(compressedBy compression: Compression) -> String {
        switch compression {
        case .none: layer
        case .gzip: layer + "+gzip"
        case .zstd: layer + "+zstd"
        }
    }

    private static let layers: Set<String> = [
        layer, layer + "+gzip", layer + "+zstd",
        "application/vnd.docker.image.rootfs.diff.tar",
        "application/vnd.docker.image.rootfs.diff.tar.gzip",
        "application/vnd.docker.image.rootfs.diff.tar.zstd",
    ]
}
