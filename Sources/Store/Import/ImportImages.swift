internal import FoundationEssentials
internal import GRDB
internal import Glibc
internal import Linux
internal import Synchronization

extension Store {
    /// Takes an OCI layout or a docker-archive (directory or tar, plain, gzip or zstd) into the
    /// store and unpacks its layers. Either all of it is there afterwards, on the disk, or nothing.
    ///
    /// - Parameters:
    ///   - name: for an image that has none in the archive, or for its only one.
    ///   - progress: is called from another thread.
    /// - Returns: the images for this machine, each once, in the archive's order.
    package func importImages(
        from path: String, name: String?, progress: @escaping @Sendable (ImportStep) -> Void
    ) async throws(StoreError) -> [StoredImage] {
        let progress = ImportProgress(progress)
        let outcome: Result<[StoredImage], StoreError> = await withTaskCancellationHandler {
            do throws(StoreError) {
                return .success(
                    try await onOwnThread { () throws(StoreError) in
                        try self.importImages(from: path, name: name, progress)
                    })
            } catch {
                return .failure(error)
            }
        } onCancel: {
            progress.cancel()
        }
        return try outcome.get()
    }

    private func importImages(
        from path: String, name: String?, _ progress: ImportProgress
    ) throws(StoreError) -> [StoredImage] {
        let area = try IngestArea(below: paths.ingest, limits: limits)
        let images = try resolve(path, name, area, progress)
        let pinned = images.flatMap {
            $0.blobs.map(\.digest.description) + $0.layers.map(\.chainID)
        }
        pins.withLock { $0.add(pinned) }
        defer { pins.withLock { $0.remove(pinned) } }
        try commit(images, from: area, progress)
        var digests: [String] = []
        for image in images where !digests.contains(image.digest) { digests.append(image.digest) }
        var stored: [StoredImage] = []
        for digest in digests { stored.append(try self.image(digest)) }
        // All is done: too late to cancel.
        try? progress.report(.done, path)
        return stored
    }

    /// Reads the archive and verifies what can be without unpacking layers.
    private func resolve(
        _ path: String, _ name: String?, _ area: IngestArea, _ progress: ImportProgress
    ) throws(StoreError) -> [ResolvedImage] {
        if let name, !name.isEmpty { _ = try ImageName(name) }
        guard let status = try storeStep("open archive", path, { try pathStatus(path) }) else {
            throw StoreError(
                .notFound, stage: "open archive", subject: path, cause: "there is no such file")
        }
        let files: any ArchiveFiles =
            status.kind == .directory
            ? try DirectoryFiles(path: path, area: area, progress: progress)
            : try TarFiles(path: path, area: area, limits: limits, progress: progress)
        try progress.report(.verify, path)
        let assembly = ImageAssembly(limits: limits, platform: platform)
        let name = name.flatMap { $0.isEmpty ? nil : $0 }
        if let index = try files.file("index.json") {
            return try LayoutImages(
                files: files, assembly: assembly, name: name, archive: path
            ).resolve(index)
        }
        if let manifest = try files.file("manifest.json") {
            return try DockerArchiveImages(
                files: files, assembly: assembly, name: name, archive: path, area: area
            ).resolve(manifest)
        }
        throw StoreError(
            .invalid, stage: "read archive", subject: path,
            cause: "it has neither an index.json nor a manifest.json at its top",
            hint: "an OCI image layout or a docker-archive is wanted, as umoci, skopeo and"
                + " `docker save` make them")
    }

    /// Unpacks, waits for the disk, and only then says in one transaction that the images are there.
    private func commit(
        _ images: [ResolvedImage], from area: IngestArea, _ progress: ImportProgress
    ) throws(StoreError) {
        try unpacking.withLock { _ throws(StoreError) in
            let layers = images.flatMap(\.layers)
            var unpacker = try Unpacker(
                area: area, store: self, committed: try committedSnapshots(of: layers),
                progress: progress)
            for image in images {
                try unpacker.unpack(image.layers) { layer throws(StoreError) in
                    image.layerBlobs[layer.digest]!.path
                }
            }
            try Placement(store: self, area: area).commit(
                unpacker.unpacked, distinct(images.flatMap(\.blobs))
            ) { database in
                for image in images { try self.insert(image, database) }
            }
        }
    }

    private func insert(_ image: ResolvedImage, _ database: Database) throws {
        let platform = image.document.platform
        try database.execute(
            sql: """
                INSERT INTO image (digest, configDigest, os, architecture, variant, sizeBytes,
                    importedAt, config) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (digest) DO NOTHING
                """,
            arguments: [
                image.digest, image.config.digest.description, platform.os, platform.architecture,
                platform.variant, image.sizeBytes, Timestamp.now().nanosecondsSinceEpoch,
                Data(image.configJSON),
            ])
        for blob in image.blobs {
            try database.execute(
                sql: "INSERT OR IGNORE INTO imageBlob (image, blob) VALUES (?, ?)",
                arguments: [image.digest, blob.digest.description])
        }
        for index in image.indexes {
            try database.execute(
                sql: "INSERT OR IGNORE INTO imageIndex (digest, image) VALUES (?, ?)",
                arguments: [index.digest.description, image.digest])
        }
        for (position, layer) in image.layers.enumerated() {
            try database.execute(
                sql: """
                    INSERT OR IGNORE INTO imageLayer
                        (image, position, digest, diffID, chainID, mediaType, sizeBytes)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    image.digest, position, layer.digest, layer.diffID, layer.chainID,
                    layer.mediaType, layer.sizeBytes,
                ])
        }
        try point(image.name, to: image.digest, database)
    }
}

/// stat(2), with links followed: an archive may be one.
private func pathStatus(_ path: String) throws -> EntryStatus? {
    do throws(SystemError) {
        return try openFile(path, pathOnly).status()
    } catch {
        if error.code == ENOENT { return nil }
        throw error
    }
}

private let pathOnly: Int32 = 0o10000000

/// Images share blobs, and one image may have several names.
private func distinct(_ blobs: [IngestedBlob]) -> [IngestedBlob] {
    var seen: Set<Digest> = []
    return blobs.filter { seen.insert($0.digest).inserted }
}
