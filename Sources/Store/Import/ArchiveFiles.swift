/// The files of an archive by their paths in it, taken into an ingest area.
protocol ArchiveFiles: AnyObject {
    /// Nil where there is no such file.
    func file(_ path: String) throws(StoreError) -> IngestedBlob?
}
