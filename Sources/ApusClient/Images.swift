internal import AsyncRPC
public import Wire

extension Apus.Client {
    /// Images: named, verified and immutable. A name is what the store calls an image
    /// (`docker.io/library/alpine:latest`, for which `alpine` will do), its digest, or a unique
    /// beginning of its digest.
    public struct Images: Sendable {
        let rpc: RPCClient

        /// Takes an OCI layout or a docker-archive into the store: a directory or a tar, also
        /// compressed. Every digest is verified.
        ///
        /// - Parameters:
        ///   - path: absolute, on the manager's machine.
        ///   - name: for an archive that has no name in it, or its only image.
        /// - Returns: progress, message by message; the last one has the images.
        public func `import`(
            path: String, name: String = ""
        ) async throws(ApusError) -> Apus.Messages<Apus.ImportProgress> {
            try await rpc.follow(
                Apus.ImagesService.import, Apus.ImportRequest(path: path, name: name),
                "import image")
        }

        /// All images.
        public func list() async throws(ApusError) -> [Apus.Image] {
            try await rpc.ask(
                Apus.ImagesService.list, Apus.ListImagesRequest(), "list images"
            ).images
        }

        /// One image. Throws `notFound`.
        public func get(_ name: String) async throws(ApusError) -> Apus.Image {
            try await rpc.ask(
                Apus.ImagesService.get, Apus.ImageRequest(name: name), "look up image")
        }

        /// Gives an image a further name, taking it from the one that had it.
        public func tag(_ source: String, as target: String) async throws(ApusError) {
            _ = try await rpc.ask(
                Apus.ImagesService.tag, Apus.TagImageRequest(source: source, target: target),
                "tag image")
        }

        /// Takes a name away, and with its last name the image.
        ///
        /// - Parameter force: also while containers made from it exist.
        /// - Throws: `notFound`, `failedPrecondition` while it is in use.
        public func remove(
            _ name: String, force: Bool = false
        ) async throws(ApusError) -> Apus.RemoveImageResponse {
            try await rpc.ask(
                Apus.ImagesService.remove, Apus.RemoveImageRequest(name: name, force: force),
                "remove image")
        }
    }
}
