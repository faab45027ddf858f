package import GRDB
internal import Linux
internal import Synchronization

/// Images, their layers and the snapshots of containers, below one directory.
///
/// Blobs never change and are named by what is in them; committed snapshots never change and are
/// named by their layers; the database says which of both are wanted. The process may end at any
/// instruction: the next start removes what no row of the database names.
package final class Store: Sendable {
    /// The one database; other parts add tables of their own, see `migrateStore`.
    package let database: DatabasePool
    /// Images for it are chosen where an index offers several.
    package let platform: Platform
    package let limits: StoreLimits

    let paths: StorePaths
    /// Held as long as the store lives, so that no second daemon works on the same files.
    private let lock: RootLock
    /// False where container's files must be copied.
    let hasOverlay: Bool
    /// What imports that are under way will refer to; garbage collection leaves it.
    let pins = Mutex(Pins())
    /// One layer is unpacked only once, whoever wants it.
    let unpacking = Mutex(())
    /// By digest; they never change.
    let decodedConfigs = Mutex<[String: ConfigDocument]>([:])

    /// Opens the store, makes it where there is none, and repairs what a crash has left.
    ///
    /// - Throws: `.inUse` where another process has it, `.corrupt` where the database is damaged.
    package convenience init(root: String) throws(StoreError) {
        try self.init(root: root, limits: StoreLimits(), platform: .current, copiesSnapshots: false)
    }

    /// - Parameter copiesSnapshots: do not even try overlayfs.
    package init(
        root: String, limits: StoreLimits, platform: Platform, copiesSnapshots: Bool
    ) throws(StoreError) {
        paths = StorePaths(root: root)
        self.limits = limits
        self.platform = platform
        do throws(SystemError) {
            try makeDirectories(root, mode: 0o711)
            for path in paths.all { try makeDirectories(path) }
        } catch {
            throw StoreError(error, stage: "open store", subject: root)
        }
        lock = try RootLock(paths.lock)
        try Self.emptyIngest(paths)
        try Self.refuseLostDatabase(paths)
        database = try openDatabase(paths.database)
        hasOverlay = !copiesSnapshots && OverlayProbe.works(below: paths.ingest)
        try reconcile()
    }
}
