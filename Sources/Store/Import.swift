extension Store {
    /// Takes an OCI layout or a docker-archive (directory or tar, plain, gzip or zstd) into the
    /// store and unpacks its layers. Either all of it is there afterwards, on the disk, or nothing.
    package func importImages(
        from path: String, name: String?, progress: @escaping @Sendable (ImportStep) -> Void
    ) async throws(StoreError) -> [StoredImage] {
        throw StoreError(.io, stage: "import image", subject: path, cause: "landing next")
    }

    func unpackMissingLayers(of image: StoredImage) throws(StoreError) {}
    func copyLayers(_ layers: [Int64], to directory: String) throws(StoreError) {}
}
