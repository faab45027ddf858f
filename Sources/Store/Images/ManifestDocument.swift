/// Points to a blob (image-spec descriptor.md).
struct Descriptor: Codable, Equatable, Sendable {
    var mediaType: String?
    var digest: String
    var size: Int64
    var annotations: [String: String]?
    var platform: DescriptorPlatform?

    /// The name that its producer gave it: containerd's annotation is in full, OCI's may be only a
    /// tag.
    var name: String? {
        annotations?["io.containerd.image.name"]
            ?? annotations?["org.opencontainers.image.ref.name"]
    }
}

struct DescriptorPlatform: Codable, Equatable, Sendable {
    var os: String?
    var architecture: String?
    var variant: String?

    var platform: Platform {
        Platform(os: os ?? "", architecture: architecture ?? "", variant: variant ?? "")
    }
}

/// An index or a manifest, whichever the blob holds.
enum ManifestDocument {
    /// Of manifests for several machines or, at the top of a layout, of several images.
    case index([Descriptor])
    case manifest(config: Descriptor, layers: [Descriptor])

    private struct Wire: Decodable {
        var schemaVersion: Int?
        var mediaType: String?
        var manifests: [Descriptor]?
        var config: Descriptor?
        var layers: [Descriptor]?
    }

    /// - Parameter mediaType: what the descriptor says that it is, where it says so.
    init(json: [UInt8], mediaType: String?, subject: String) throws(StoreError) {
        let wire = try decodeJSON(Wire.self, json, what: "manifest", subject: subject)
        func invalid(_ cause: String) -> StoreError {
            StoreError(.invalid, stage: "read manifest", subject: subject, cause: cause)
        }
        guard wire.schemaVersion == 2 else {
            let version = wire.schemaVersion.map(String.init) ?? "none"
            throw invalid("its schema version is \(version); only 2 is known")
        }
        // A blob that can be read as both could be verified as the one and run as the other.
        guard wire.manifests == nil || (wire.config == nil && wire.layers == nil) else {
            throw invalid("it is an index and a manifest at once")
        }
        let type = wire.mediaType ?? mediaType
        if let manifests = wire.manifests {
            guard type.map(MediaType.isIndex) ?? true else {
                throw invalid("it is an index, but its media type is \(type ?? "")")
            }
            self = .index(manifests)
        } else if let config = wire.config, let layers = wire.layers {
            guard type.map(MediaType.isManifest) ?? true else {
                throw invalid("it is a manifest, but its media type is \(type ?? "")")
            }
            self = .manifest(config: config, layers: layers)
        } else {
            throw invalid("it is neither an index nor a manifest")
        }
    }
}
