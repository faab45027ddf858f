internal import AsyncRPC
internal import RPC
internal import Store
internal import Wire

extension Services {
    private typealias Service = Apus.ImagesService

    func addImages(_ table: inout AsyncServiceTable) {
        let context = context
        let registry = registry
        let images = ImageOperations(context: context, registry: registry)
        table.on(Service.import) { request, _, writer in
            try await answer("import image", request.path) {
                try await images.importImages(request) { try await writer.send($0) }
            }
        }
        table.on(Service.list) { _, _ in
            try await answer("list images", "") {
                let store = context.store
                let images = try await offload { try store.images() }
                return Apus.ListImagesResponse(images: images.map { Apus.Image($0) })
            }
        }
        table.on(Service.get) { request, _ in
            try await answer("inspect image", request.name) {
                let store = context.store
                return Apus.Image(try await offload { try store.image(request.name) })
            }
        }
        table.on(Service.tag) { request, _ in
            try await answer("tag image", request.source) {
                try await images.tag(request.source, as: request.target)
                return Empty()
            }
        }
        table.on(Service.remove) { request, _ in
            try await answer("remove image", request.name) {
                try await uncancelled { try await images.remove(request) }
            }
        }
    }
}

/// What changes images, with the events that tell of it.
struct ImageOperations: Sendable {
    let context: DaemonContext
    let registry: ContainerRegistry

    func importImages(
        _ request: Apus.ImportRequest, _ send: @escaping (Apus.ImportProgress) async throws -> Void
    ) async throws {
        guard request.path.hasPrefix("/") else {
            throw Failure(
                .invalidArgument, "import image", request.path, "the path is not absolute")
        }
        // A caller that reads slowly sees fewer steps; the import does not wait for it.
        let (steps, continuation) = AsyncStream.makeStream(
            of: ImportStep.self, bufferingPolicy: .bufferingNewest(16))
        let store = context.store
        let name = request.name.isEmpty ? nil : request.name
        let work = Task {
            defer { continuation.finish() }
            return try await store.importImages(from: request.path, name: name) {
                continuation.yield($0)
            }
        }
        var isListening = true
        for await step in steps where step.phase != .done && isListening {
            do { try await send(Apus.ImportProgress(step)) } catch { isListening = false }
        }
        let images = try await work.value
        tell(images.map { EventDraft(.import, of: $0) })
        try await send(
            Apus.ImportProgress(phase: "done", images: images.map { Apus.Image($0) }))
    }

    func tag(_ source: String, as target: String) async throws {
        let store = context.store
        let image = try await offload {
            try store.tag(source, as: target)
            return try store.image(target)
        }
        tell([EventDraft(.tag, of: image, name: target)])
    }

    func remove(_ request: Apus.RemoveImageRequest) async throws -> Apus.RemoveImageResponse {
        let used = await usedDigests()
        let store = context.store
        let (image, removed) = try await offload {
            let image = try store.image(request.name)
            return (
                image,
                try store.removeImage(request.name, usedDigests: used, force: request.force)
            )
        }
        var events = removed.untagged.map { EventDraft(.untag, of: image, name: $0) }
        if !removed.deleted.isEmpty { events.append(EventDraft(.delete, of: image)) }
        tell(events)
        return Apus.RemoveImageResponse(untagged: removed.untagged, deleted: removed.deleted)
    }

    private func usedDigests() async -> Set<String> {
        var digests: Set<String> = []
        for container in registry.all { digests.insert(await container.record.imageDigest) }
        return digests
    }

    private func tell(_ events: [EventDraft]) {
        do { try context.journal.record(events) } catch {
            context.log.error("events of images are lost: \(error)")
        }
    }
}

extension EventDraft {
    init(_ action: Action, of image: StoredImage, name: String? = nil) {
        let attributes = (name ?? image.names.first).map { ["name": $0] } ?? [:]
        self.init(kind: .image, action: action, subject: image.digest, attributes: attributes)
    }
}

extension Apus.ImportProgress {
    init(_ step: ImportStep) {
        self.init(
            phase: step.phase.rawValue, subject: step.subject, doneBytes: step.doneBytes,
            totalBytes: step.totalBytes)
    }
}

extension Apus.Image {
    init(_ image: StoredImage) {
        self.init(
            names: image.names, digest: image.digest, configDigest: image.configDigest,
            createdAt: image.createdAt.map { .init($0) }, os: image.platform.os,
            architecture: image.platform.architecture, variant: image.platform.variant,
            sizeBytes: image.sizeBytes, config: Apus.ImageConfig(image.config),
            layers: image.layers.map {
                Apus.Layer(
                    digest: $0.digest, diffID: $0.diffID, chainID: $0.chainID,
                    mediaType: $0.mediaType, sizeBytes: $0.sizeBytes)
            },
            history: image.history.map {
                Apus.HistoryEntry(
                    createdAt: $0.createdAt.map { .init($0) }, createdBy: $0.createdBy,
                    comment: $0.comment, emptyLayer: $0.emptyLayer)
            })
    }
}

extension Apus.ImageConfig {
    init(_ config: ImageConfig) {
        self.init(
            user: config.user, exposedPorts: config.exposedPorts, env: config.env,
            entrypoint: config.entrypoint, cmd: config.cmd, volumes: config.volumes,
            workingDirectory: config.workingDirectory, labels: config.labels,
            stopSignal: config.stopSignal)
    }
}
