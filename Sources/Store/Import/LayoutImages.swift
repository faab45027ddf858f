/// The images of an OCI image layout (image-spec image-layout.md).
struct LayoutImages {
    let files: any ArchiveFiles
    let assembly: ImageAssembly
    /// Given by the caller, for an image that has none or is the only one.
    let name: String?
    /// The archive, for messages.
    let archive: String

    func resolve(_ top: IngestedBlob) throws(StoreError) -> [ResolvedImage] {
        let json = try top.read(limit: assembly.limits.manifestBytes, what: "index.json")
        let document = try ManifestDocument(json: json, mediaType: nil, subject: "index.json")
        guard case .index(let descriptors) = document else {
            throw assembly.invalid(archive, "its index.json is no index")
        }
        try checkCount(descriptors, of: "index.json")
        let groups = group(descriptors.filter(isImage))
        guard !groups.isEmpty else { throw assembly.invalid(archive, "there is no image in it") }
        var images: [ResolvedImage] = []
        for group in groups {
            let name = try imageName(group.name, isOnly: groups.count == 1)
            images.append(try choose(from: group.descriptors, name: name, indexes: [], depth: 0))
        }
        return images
    }

    /// Entries of one name are one image for several machines.
    private func group(
        _ descriptors: [Descriptor]
    ) -> [(name: String?, descriptors: [Descriptor])] {
        var order: [String?] = []
        var groups: [String?: [Descriptor]] = [:]
        for descriptor in descriptors {
            if groups[descriptor.name] == nil { order.append(descriptor.name) }
            groups[descriptor.name, default: []].append(descriptor)
        }
        return order.map { ($0, groups[$0]!) }
    }

    /// Layouts may hold other things too: signatures, attestations.
    private func isImage(_ descriptor: Descriptor) -> Bool {
        guard let type = descriptor.mediaType else { return true }
        return MediaType.isIndex(type) || MediaType.isManifest(type)
    }

    private func imageName(_ inArchive: String?, isOnly: Bool) throws(StoreError) -> ImageName {
        if let name, isOnly || inArchive == nil { return try ImageName(name) }
        guard let inArchive else {
            throw assembly.invalid(
                archive, "its image has no name", hint: "give one: import --name NAME")
        }
        // umoci and skopeo write only a tag there.
        if inArchive.contains("/") || inArchive.contains(":") { return try ImageName(inArchive) }
        guard let name else {
            throw assembly.invalid(
                archive, "it names its image only by the tag \(inArchive)",
                hint: "give the name: import --name NAME:\(inArchive)")
        }
        return try ImageName("\(try ImageName(name).repository):\(inArchive)")
    }

    private func choose(
        from descriptors: [Descriptor], name: ImageName, indexes: [IngestedBlob], depth: Int
    ) throws(StoreError) -> ResolvedImage {
        let chosen = try bestSuited(descriptors, name)
        let blob = try blob(of: chosen)
        let json = try blob.read(limit: assembly.limits.manifestBytes, what: "manifest")
        let document = try ManifestDocument(
            json: json, mediaType: chosen.mediaType, subject: chosen.digest)
        switch document {
        case .manifest(let config, let layers):
            return try image(
                name: name, manifest: blob, config: config, layers: layers, indexes: indexes)
        case .index(let inner):
            guard depth < assembly.limits.indexDepth else {
                throw assembly.invalid(chosen.digest, "its indexes are nested too deep")
            }
            try checkCount(inner, of: chosen.digest)
            return try choose(
                from: inner.filter(isImage), name: name, indexes: indexes + [blob],
                depth: depth + 1)
        }
    }

    /// The descriptor for this machine; without a platform, it must be the only one.
    private func bestSuited(
        _ descriptors: [Descriptor], _ name: ImageName
    ) throws(StoreError) -> Descriptor {
        if descriptors.count == 1, descriptors[0].platform == nil { return descriptors[0] }
        let suited = descriptors.compactMap { descriptor in
            descriptor.platform.flatMap { assembly.platform.suitability(of: $0.platform) }
                .map { (descriptor: descriptor, suitability: $0) }
        }
        let best = suited.map(\.suitability).max()
        let equals = suited.filter { $0.suitability == best }
        if Set(equals.map(\.descriptor.digest)).count == 1 { return equals[0].descriptor }
        let offered = descriptors.compactMap { $0.platform?.platform.description }
        if equals.isEmpty && offered.count == descriptors.count {
            throw assembly.invalid(
                name.description,
                "it is for \(offered.joined(separator: ", ")); this machine is \(assembly.platform)",
                hint: "get the image for \(assembly.platform)")
        }
        throw assembly.invalid(
            archive, "it has \(descriptors.count) images that only their digests tell apart",
            hint: "name them in the archive, or import them one by one")
    }

    private func image(
        name: ImageName, manifest: IngestedBlob, config: Descriptor, layers: [Descriptor],
        indexes: [IngestedBlob]
    ) throws(StoreError) -> ResolvedImage {
        let configType = config.mediaType ?? MediaType.config
        guard MediaType.isConfig(configType) else {
            throw assembly.invalid(
                config.digest,
                "\(configType) is no image's config: this is another kind of artifact")
        }
        guard layers.count <= assembly.limits.layers else {
            throw assembly.invalid(
                name.description,
                "it has \(layers.count) layers; at most \(assembly.limits.layers) are taken")
        }
        var blobs: [(blob: IngestedBlob, mediaType: String)] = []
        for layer in layers {
            let type = layer.mediaType ?? MediaType.layer
            guard !MediaType.isForeignLayer(type) else {
                throw assembly.invalid(
                    layer.digest, "the layer is foreign (\(type)): it is not in the archive",
                    hint: "images with foreign layers, as of Windows, cannot be run")
            }
            guard MediaType.isLayer(type) else {
                throw assembly.invalid(layer.digest, "\(type) is no media type of a layer")
            }
            blobs.append((try blob(of: layer), type))
        }
        return try assembly.assemble(
            name: name, manifest: manifest, config: try blob(of: config), layers: blobs,
            indexes: indexes)
    }

    /// The blob that a descriptor points to, with digest and size as it says.
    private func blob(of descriptor: Descriptor) throws(StoreError) -> IngestedBlob {
        guard let digest = Digest(descriptor.digest) else {
            throw assembly.invalid(descriptor.digest, "it is no sha256 digest")
        }
        guard let blob = try files.file("blobs/sha256/" + digest.hex) else {
            throw assembly.invalid(
                descriptor.digest, "the blob is not in \(archive)",
                hint: "the archive is incomplete: make or fetch it again")
        }
        guard blob.digest == digest else {
            throw assembly.invalid(
                descriptor.digest, "its bytes have the digest \(blob.digest)",
                hint: "the archive is damaged: make or fetch it again")
        }
        guard blob.sizeBytes == descriptor.size else {
            throw assembly.invalid(
                descriptor.digest,
                "it has \(blob.sizeBytes) bytes, its descriptor says \(descriptor.size)")
        }
        return blob
    }

    private func checkCount(_ entries: [Descriptor], of index: String) throws(StoreError) {
        guard entries.count <= assembly.limits.indexEntries else {
            throw assembly.invalid(
                index,
                "it has \(entries.count) entries; at most \(assembly.limits.indexEntries)"
                    + " are taken")
        }
    }
}
