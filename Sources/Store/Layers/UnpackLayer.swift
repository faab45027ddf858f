internal import Glibc
internal import Linux

/// A layer's blob on its way into a directory: read, decompressed and verified by one thread, unpacked
/// by another.
struct LayerUnpack {
    let layer: StoredLayer
    /// The file that holds the blob.
    let blob: String
    let limits: StoreLimits
    let space: SpaceGuard

    /// Unpacks into an empty directory, over the directories of the layers below, top first.
    ///
    /// - Throws: `.corrupt` where the blob is not what its digest says, `.invalid` where its tar is
    ///   not what the image's config says, or nothing that can be unpacked.
    func run(into directory: String, over lowers: [String]) throws(StoreError) -> DiskUsage {
        let file = try storeStep("read layer", layer.digest) {
            try openFile(blob, O_RDONLY | O_NOFOLLOW)
        }
        let stored = HashingSource(FileSource(file, name: layer.digest))
        let content = try decompressed(stored, name: layer.digest)
        let diff = HashingSource(
            LimitedSource(content.source, limitBytes: expansionLimit, excess: bomb))
        let ahead = ReadAhead(diff)
        let usage: DiskUsage
        do throws(StoreError) {
            usage = try extract(ahead, into: directory, over: lowers)
            // What is behind the tar's end belongs to the layer's digest too.
            try ahead.drain()
            ahead.stop()
        } catch {
            ahead.stop()
            // The damage is the cause, whatever it then led to.
            try verifyBlob()
            throw error
        }
        try stored.drain()
        guard stored.digest.description == layer.digest else { throw damaged(stored.digest) }
        guard diff.digest.description == layer.diffID else {
            throw StoreError(
                .invalid, stage: "verify layer", subject: layer.digest,
                cause:
                    "its tar has the digest \(diff.digest), the image's config says \(layer.diffID)",
                hint: "the image was built wrongly, or somebody changed it")
        }
        return usage
    }

    private func extract(
        _ source: any ByteSource, into directory: String, over lowers: [String]
    ) throws(StoreError) -> DiskUsage {
        let extractor = try storeStep("unpack layer", layer.digest) {
            try LayerExtractor(
                into: directory, over: MergedView(directories: lowers), limits: limits,
                space: space)
        }
        try extractor.extract(try TarReader(source, name: layer.digest))
        return extractor.usage
    }

    private func verifyBlob() throws(StoreError) {
        let file = try storeStep("read layer", layer.digest) {
            try openFile(blob, O_RDONLY | O_NOFOLLOW)
        }
        let stored = HashingSource(FileSource(file, name: layer.digest))
        try stored.drain()
        guard stored.digest.description == layer.digest else { throw damaged(stored.digest) }
    }

    private func damaged(_ digest: Digest) -> StoreError {
        StoreError(
            .corrupt, stage: "verify layer", subject: layer.digest,
            cause: "the blob is damaged: its bytes have the digest \(digest)",
            hint: "import the image again")
    }

    private var expansionLimit: Int64 {
        let (product, overflow) = layer.sizeBytes.multipliedReportingOverflow(by: limits.expansion)
        return overflow ? .max : max(product, limits.expansionFloorBytes)
    }

    private var bomb: StoreError {
        StoreError(
            .invalid, stage: "unpack layer", subject: layer.digest,
            cause: "its \(layer.sizeBytes) bytes unpack to more than \(expansionLimit)",
            hint: "a layer that is compressed so far is refused: it may be meant to fill the disk")
    }
}
