internal import FoundationEssentials
internal import Glibc
internal import Linux

/// The images of an archive as `docker save` writes it: manifest.json names configs and layers by
/// their paths. They get the OCI manifest that such an archive lacks.
struct DockerArchiveImages {
    let files: any ArchiveFiles
    let assembly: ImageAssembly
    let name: String?
    let archive: String
    let area: IngestArea

    private struct Entry: Decodable {
        var config: String
        var tags: [String]?
        var layers: [String]

        enum CodingKeys: String, CodingKey {
            case config = "Config"
            case tags = "RepoTags"
            case layers = "Layers"
        }
    }

    func resolve(_ manifest: IngestedBlob) throws(StoreError) -> [ResolvedImage] {
        let json = try manifest.read(limit: assembly.limits.manifestBytes, what: "manifest.json")
        let entries = try decodeJSON(
            [Entry].self, json, what: "docker archive", subject: "manifest.json")
        guard !entries.isEmpty else { throw assembly.invalid(archive, "there is no image in it") }
        guard entries.count <= assembly.limits.indexEntries else {
            throw assembly.invalid(archive, "it has \(entries.count) images")
        }
        var images: [ResolvedImage] = []
        for entry in entries {
            let names = try imageNames(entry, isOnly: entries.count == 1)
            var image = try image(entry, named: names[0])
            images.append(image)
            for name in names.dropFirst() {
                image.name = name
                images.append(image)
            }
        }
        return images
    }

    private func imageNames(_ entry: Entry, isOnly: Bool) throws(StoreError) -> [ImageName] {
        let tags = entry.tags ?? []
        if let name, isOnly || tags.isEmpty { return [try ImageName(name)] }
        guard !tags.isEmpty else {
            throw assembly.invalid(
                archive, "its image has no name", hint: "give one: import --name NAME")
        }
        var names: [ImageName] = []
        for tag in tags { names.append(try ImageName(tag)) }
        return names
    }

    private func image(_ entry: Entry, named name: ImageName) throws(StoreError) -> ResolvedImage {
        guard entry.layers.count <= assembly.limits.layers else {
            throw assembly.invalid(
                name.description,
                "it has \(entry.layers.count) layers; at most \(assembly.limits.layers) are taken")
        }
        let config = try file(entry.config)
        var layers: [(blob: IngestedBlob, mediaType: String)] = []
        for path in entry.layers {
            let blob = try file(path)
            layers.append((blob, MediaType.layer(compressedBy: try compression(of: blob))))
        }
        let manifest = Manifest(
            config: Descriptor(
                mediaType: MediaType.config, digest: config.digest.description,
                size: config.sizeBytes),
            layers: layers.map {
                Descriptor(
                    mediaType: $0.mediaType, digest: $0.blob.digest.description,
                    size: $0.blob.sizeBytes)
            })
        return try assembly.assemble(
            name: name, manifest: try area.ingest(try manifest.json()), config: config,
            layers: layers, indexes: [])
    }

    private func file(_ path: String) throws(StoreError) -> IngestedBlob {
        guard let file = try files.file(path) else {
            throw assembly.invalid(
                path, "manifest.json names it, but it is not in \(archive)",
                hint: "the archive is incomplete: make or fetch it again")
        }
        return file
    }

    private func compression(of blob: IngestedBlob) throws(StoreError) -> Compression {
        let file = try storeStep("read layer", blob.path) { try openFile(blob.path) }
        return Compression(magic: try PeekedSource(FileSource(file, name: blob.path)).magic)
    }
}

/// An OCI manifest that we write; the same image always gets the same bytes.
private struct Manifest: Encodable {
    var schemaVersion = 2
    var mediaType = MediaType.manifest
    var config: Descriptor
    var layers: [Descriptor]

    func json() throws(StoreError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(self))
        } catch {
            throw StoreError(.io, stage: "write manifest", subject: "", cause: "\(error)")
        }
    }
}
