internal import FoundationEssentials

/// An image's config as it is in its blob (image-spec config.md; docker's is the same).
struct ConfigDocument: Sendable {
    var platform: Platform
    var createdAt: Timestamp?
    var config: ImageConfig
    /// Of the tars of its layers, lowest first.
    var diffIDs: [String]
    var history: [ImageHistoryEntry]

    init(json: [UInt8], subject: String) throws(StoreError) {
        let wire = try decodeJSON(Wire.self, json, what: "image config", subject: subject)
        platform = Platform(
            os: wire.os ?? "", architecture: wire.architecture ?? "", variant: wire.variant ?? "")
        createdAt = wire.created.flatMap(Timestamp.init(rfc3339:))
        config = ImageConfig(wire.config)
        diffIDs = wire.rootfs?.diffIDs ?? []
        history = (wire.history ?? []).map { entry in
            ImageHistoryEntry(
                createdAt: entry.created.flatMap(Timestamp.init(rfc3339:)),
                createdBy: entry.createdBy ?? "", author: entry.author ?? "",
                comment: entry.comment ?? "", emptyLayer: entry.isEmptyLayer ?? false)
        }
    }

    fileprivate struct Wire: Decodable {
        var architecture: String?
        var os: String?
        var variant: String?
        var created: String?
        var config: Config?
        var rootfs: RootFiles?
        var history: [History]?

        struct Config: Decodable {
            var user: String?
            var exposedPorts: [String: Empty]?
            var env: [String]?
            var entrypoint: [String]?
            var cmd: [String]?
            var volumes: [String: Empty]?
            var workingDirectory: String?
            var labels: [String: String]?
            var stopSignal: String?

            enum CodingKeys: String, CodingKey {
                case user = "User"
                case exposedPorts = "ExposedPorts"
                case env = "Env"
                case entrypoint = "Entrypoint"
                case cmd = "Cmd"
                case volumes = "Volumes"
                case workingDirectory = "WorkingDir"
                case labels = "Labels"
                case stopSignal = "StopSignal"
            }
        }

        struct Empty: Decodable {
            // Old builders wrote null in place of {}.
            init(from decoder: any Decoder) throws {}
        }

        struct RootFiles: Decodable {
            var diffIDs: [String]?

            enum CodingKeys: String, CodingKey {
                case diffIDs = "diff_ids"
            }
        }

        struct History: Decodable {
            var created: String?
            var createdBy: String?
            var author: String?
            var comment: String?
            var isEmptyLayer: Bool?

            enum CodingKeys: String, CodingKey {
                case created, author, comment
                case createdBy = "created_by"
                case isEmptyLayer = "empty_layer"
            }
        }
    }
}

extension ImageConfig {
    fileprivate init(_ wire: ConfigDocument.Wire.Config?) {
        guard let wire else { return }
        user = wire.user ?? ""
        exposedPorts = (wire.exposedPorts ?? [:]).keys.sorted()
        env = wire.env ?? []
        entrypoint = wire.entrypoint ?? []
        cmd = wire.cmd ?? []
        volumes = (wire.volumes ?? [:]).keys.sorted()
        workingDirectory = wire.workingDirectory ?? ""
        labels = wire.labels ?? [:]
        stopSignal = wire.stopSignal ?? ""
    }
}

/// Decodes JSON from outside; its errors name the field.
func decodeJSON<Value: Decodable>(
    _ type: Value.Type, _ json: [UInt8], what: String, subject: String
) throws(StoreError) -> Value {
    do {
        return try JSONDecoder().decode(type, from: Data(json))
    } catch let error as DecodingError {
        throw StoreError(
            .invalid, stage: "read \(what)", subject: subject, cause: explain(error))
    } catch {
        throw StoreError(.invalid, stage: "read \(what)", subject: subject, cause: "\(error)")
    }
}

private func explain(_ error: DecodingError) -> String {
    func path(_ context: DecodingError.Context) -> String {
        context.codingPath.reduce(into: "") { text, key in
            text += key.intValue.map { "[\($0)]" } ?? (text.isEmpty ? "" : ".") + key.stringValue
        }
    }
    switch error {
    case .typeMismatch(let type, let context): return "\(path(context)) is no \(type)"
    case .valueNotFound(_, let context): return "\(path(context)) is null"
    case .keyNotFound(let key, let context):
        let place = path(context)
        return "\(place.isEmpty ? "" : place + ".")\(key.stringValue) is not there"
    case .dataCorrupted(let context):
        let place = path(context)
        return place.isEmpty ? "it is no JSON" : "\(place) is not well formed"
    @unknown default: return "it is not well formed"
    }
}
