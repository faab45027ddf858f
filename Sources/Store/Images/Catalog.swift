internal import FoundationEssentials
internal import GRDB
internal import Synchronization

/// The images that the store has, and their names.
extension Store {
    /// All images, those with names first, sorted by name.
    package func images() throws(StoreError) -> [StoredImage] {
        let images = try databaseStep("list images", "") {
            try database.read { database in
                try String.fetchAll(database, sql: "SELECT digest FROM image ORDER BY digest")
                    .compactMap { try self.load($0, database) }
            }
        }
        return images.sorted {
            ($0.names.isEmpty ? 1 : 0, $0.names.first ?? "", $0.digest)
                < ($1.names.isEmpty ? 1 : 0, $1.names.first ?? "", $1.digest)
        }
    }

    /// The image of a name (`alpine` is `docker.io/library/alpine:latest`), of a digest of its
    /// manifest or config, or of the beginning of one that fits no other image.
    package func image(_ reference: String) throws(StoreError) -> StoredImage {
        let found = try databaseStep("find image", reference) {
            try database.read { database in
                try self.find(reference, database).flatMap { try self.load($0, database) }
            }
        }
        guard let found else {
            throw StoreError(
                .notFound, stage: "find image", subject: reference, cause: "there is no such image",
                hint: "`apusctl images` lists them; `apusctl import FILE` adds one")
        }
        return found
    }

    /// Gives the image of `source` one more name; the name leaves the image that had it.
    package func tag(_ source: String, as target: String) throws(StoreError) {
        let image = try image(source)
        let name = try ImageName(target)
        guard name.digest == nil else {
            throw StoreError(
                .invalid, stage: "tag image", subject: target,
                cause: "a name with a digest cannot be given", hint: "leave out @sha256:…")
        }
        try databaseStep("tag image", name.description) {
            try database.writeDurably { try self.point(name, to: image.digest, $0) }
        }
    }

    func point(_ name: ImageName, to digest: String, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO imageName (name, image) VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE SET image = excluded.image
                """, arguments: [name.description, digest])
    }

    /// The digest of the image that is meant, or nil.
    func find(_ reference: String, _ database: Database) throws -> String? {
        if let name = try? ImageName(reference) {
            if let digest = name.digest {
                return try image(withDigest: digest.description, database)
            }
            let named = try String.fetchOne(
                database, sql: "SELECT image FROM imageName WHERE name = ?",
                arguments: [name.description])
            if let named { return named }
        }
        let hex = reference.hasPrefix("sha256:") ? String(reference.dropFirst(7)) : reference
        guard (1...64).contains(hex.utf8.count), hex.utf8.allSatisfy(isLowerHexDigit) else {
            return nil
        }
        return try image(withDigest: "sha256:" + hex, database)
    }

    /// The one image whose manifest, config or index has a digest that begins so.
    private func image(withDigest prefix: String, _ database: Database) throws -> String? {
        // Digits only: GLOB has nothing to escape.
        let found = try String.fetchAll(
            database,
            sql: """
                SELECT digest FROM image WHERE digest GLOB :prefix OR configDigest GLOB :prefix
                UNION SELECT image FROM imageIndex WHERE digest GLOB :prefix LIMIT 2
                """, arguments: ["prefix": prefix + "*"])
        guard found.count < 2 else {
            throw StoreError(
                .invalid, stage: "find image", subject: prefix, cause: "several images begin so",
                hint: "give more digits")
        }
        return found.first
    }

    /// An image with names, layers and config; nil where there is none.
    func load(_ digest: String, _ database: Database) throws -> StoredImage? {
        let row = try Row.fetchOne(
            database, sql: "SELECT * FROM image WHERE digest = ?", arguments: [digest])
        guard let row else { return nil }
        let configDigest: String = row["configDigest"]
        let config = try decodedConfig(configDigest, Array(row["config"] as Data))
        return StoredImage(
            names: try String.fetchAll(
                database, sql: "SELECT name FROM imageName WHERE image = ? ORDER BY name",
                arguments: [digest]),
            digest: digest, configDigest: configDigest, config: config.config,
            layers: try layers(of: digest, database), history: config.history,
            createdAt: config.createdAt,
            platform: Platform(
                os: row["os"], architecture: row["architecture"], variant: row["variant"]),
            sizeBytes: row["sizeBytes"])
    }

    private func layers(of digest: String, _ database: Database) throws -> [StoredLayer] {
        try Row.fetchAll(
            database, sql: "SELECT * FROM imageLayer WHERE image = ? ORDER BY position",
            arguments: [digest]
        ).map { row in
            StoredLayer(
                digest: row["digest"], diffID: row["diffID"], chainID: row["chainID"],
                mediaType: row["mediaType"], sizeBytes: row["sizeBytes"])
        }
    }

    /// Decodes a config once; `run` asks for it each time.
    private func decodedConfig(
        _ digest: String, _ json: @autoclosure () -> [UInt8]
    ) throws -> ConfigDocument {
        if let known = decodedConfigs.withLock({ $0[digest] }) { return known }
        let document = try ConfigDocument(json: json(), subject: digest)
        decodedConfigs.withLock { known in
            if known.count >= 256 { known.removeAll() }
            known[digest] = document
        }
        return document
    }
}
