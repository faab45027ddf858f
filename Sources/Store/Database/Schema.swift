internal import GRDB

/// The store's tables. Other parts of the daemon add theirs with migrators of their own; their
/// identifiers must not begin with `store.`.
func migrateStore(_ database: DatabasePool) throws {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("store.1") { try makeFirstTables($0) }
    try migrator.migrate(database)
}

private func makeFirstTables(_ database: Database) throws {
    try database.create(table: "blob") { table in
        table.primaryKey("digest", .text)
        table.column("sizeBytes", .integer).notNull()
        table.column("createdAt", .integer).notNull()
        // Start-up did not find its file.
        table.column("isMissing", .boolean).notNull().defaults(to: false)
    }
    try database.create(table: "snapshot") { table in
        table.autoIncrementedPrimaryKey("id")
        table.column("key", .text).notNull().unique()
        table.column("kind", .text).notNull()
        // RESTRICT: what something stands on cannot go.
        table.column("parent", .integer).references("snapshot", onDelete: .restrict).indexed()
        table.column("sizeBytes", .integer).notNull().defaults(to: 0)
        table.column("inodes", .integer).notNull().defaults(to: 0)
        table.column("createdAt", .integer).notNull()
        table.column("isMissing", .boolean).notNull().defaults(to: false)
        // The files were copied, because there was no overlayfs.
        table.column("isCopied", .boolean).notNull().defaults(to: false)
    }
    try database.create(table: "image") { table in
        table.primaryKey("digest", .text)
        table.column("configDigest", .text).notNull().indexed()
        table.column("os", .text).notNull()
        table.column("architecture", .text).notNull()
        table.column("variant", .text).notNull()
        table.column("sizeBytes", .integer).notNull()
        table.column("importedAt", .integer).notNull()
        // The config's bytes: a list of images reads no file.
        table.column("config", .blob).notNull()
    }
    // Indexes that an image was chosen from, so that their digests name it too.
    try database.create(table: "imageIndex") { table in
        table.column("digest", .text).notNull()
        table.column("image", .text).notNull().references("image", onDelete: .cascade)
        table.primaryKey(["digest", "image"])
    }
    try database.create(table: "imageName") { table in
        table.primaryKey("name", .text)
        table.column("image", .text).notNull().indexed()
            .references("image", onDelete: .cascade)
    }
    try database.create(table: "imageBlob") { table in
        table.column("image", .text).notNull().references("image", onDelete: .cascade)
        table.column("blob", .text).notNull().indexed().references("blob", onDelete: .restrict)
        table.primaryKey(["image", "blob"])
    }
    try database.create(table: "imageLayer") { table in
        table.column("image", .text).notNull().references("image", onDelete: .cascade)
        table.column("position", .integer).notNull()
        table.column("digest", .text).notNull()
        table.column("diffID", .text).notNull()
        table.column("chainID", .text).notNull().indexed()
        table.column("mediaType", .text).notNull()
        table.column("sizeBytes", .integer).notNull()
        table.primaryKey(["image", "position"])
    }
}
