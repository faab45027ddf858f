/// An image of an archive, complete and verified but for what is inside its layers.
struct ResolvedImage {
    var name: ImageName
    var manifest: IngestedBlob
    var config: IngestedBlob
    var configJSON: [UInt8]
    var document: ConfigDocument
    var layers: [StoredLayer]
    var layerBlobs: [String: IngestedBlob]
    /// The indexes that it was chosen from.
    var indexes: [IngestedBlob]

    var digest: String { manifest.digest.description }

    var blobs: [IngestedBlob] { [manifest, config] + indexes + layerBlobs.values }

    var sizeBytes: Int64 {
        layerBlobs.values.reduce(manifest.sizeBytes + config.sizeBytes) { $0 + $1.sizeBytes }
    }
}

/// Makes images of an archive's blobs, with the checks that both formats share.
struct ImageAssembly {
    let limits: StoreLimits
    let platform: Platform

    /// - Parameter layers: lowest first, with the media types that they are stored with.
    func assemble(
        name: ImageName, manifest: IngestedBlob, config: IngestedBlob,
        layers: [(blob: IngestedBlob, mediaType: String)], indexes: [IngestedBlob]
    ) throws(StoreError) -> ResolvedImage {
        let json = try config.read(limit: limits.configBytes, what: "image config")
        let document = try ConfigDocument(json: json, subject: config.digest.description)
        let subject = name.description
        guard layers.count <= limits.layers else {
            throw invalid(
                subject, "it has \(layers.count) layers; at most \(limits.layers) are taken")
        }
        guard document.diffIDs.count == layers.count else {
            throw invalid(
                subject,
                "it has \(layers.count) layers, but its config lists \(document.diffIDs.count)")
        }
        if let unknown = document.diffIDs.first(where: { Digest($0) == nil }) {
            throw invalid(
                subject, "its config has the diff id \(unknown), which is no sha256 digest")
        }
        guard document.platform.os.isEmpty || platform.suitability(of: document.platform) != nil
        else {
            throw invalid(
                subject, "it is for \(document.platform); this machine is \(platform)",
                hint: "get the image for \(platform)")
        }
        var chain: String?
        var stored: [StoredLayer] = []
        for (diffID, layer) in zip(document.diffIDs, layers) {
            let chainID = Digest.chain(chain, diffID)
            chain = chainID
            stored.append(
                StoredLayer(
                    digest: layer.blob.digest.description, diffID: diffID, chainID: chainID,
                    mediaType: layer.mediaType, sizeBytes: layer.blob.sizeBytes))
        }
        return ResolvedImage(
            name: name, manifest: manifest, config: config, configJSON: json, document: document,
            layers: stored,
            layerBlobs: Dictionary(
                layers.map { ($0.blob.digest.description, $0.blob) }, uniquingKeysWith: { $1 }),
            indexes: indexes)
    }

    func invalid(_ subject: String, _ cause: String, hint: String = "") -> StoreError {
        StoreError(.invalid, stage: "import image", subject: subject, cause: cause, hint: hint)
    }
}
