internal import FoundationEssentials
internal import OCI
internal import RPC
internal import Store
internal import Wire

extension ContainerRegistry {
    /// Makes a container up to the point where it can be started. Its row is in the database before
    /// anything else is made; where a step fails, all is undone.
    func create(_ spec: Apus.ContainerSpec) async throws -> Container {
        var phases = PhaseLog()
        try SpecCheck(spec: spec, processors: context.host.processors).run()
        try checkSources(of: spec)
        let store = context.store
        let image = try await offload { try store.image(spec.image) }
        phases.mark("find image")
        let id = ContainerID.random()
        let name: String
        if spec.name.isEmpty {
            name = reserveRandomName(for: id)
        } else {
            name = spec.name
            try reserve(name, for: id)
        }
        let record = ContainerRecord(
            id: id, name: name, spec: spec, imageDigest: image.digest, createdAt: .now())
        do {
            try context.ledger.insert(record)
        } catch {
            release(name)
            throw Failure(error, "create container", name)
        }
        let container = makeContainer(record)
        add(container, name: name)
        Crashpoint.createIntent.reach()
        try await container.complete(from: image, phases)
        return container
    }

    /// The host's side of every volume must be there: docker would make a directory, owned by root,
    /// of every misspelt path.
    private func checkSources(of spec: Apus.ContainerSpec) throws(Failure) {
        for volume in spec.volumes {
            guard FileManager.default.fileExists(atPath: volume.source) else {
                throw Failure(
                    .notFound, "create container", volume.source,
                    "there is no such file or directory on the host",
                    hint: "make it first, or correct the volume's source")
            }
        }
    }
}

extension Container {
    /// The rest of a creation: snapshot, config.json, the container's own files.
    func complete(from image: StoredImage, _ begun: PhaseLog) async throws {
        phases = begun
        try await inTurn {
            do {
                try await makeParts(from: image)
            } catch {
                undoCreate()
                throw Failure(error, "create container", record.name)
            }
            Crashpoint.createDone.reach()
        }
    }

    private func makeParts(from image: StoredImage) async throws {
        let (store, id) = (context.store, id)
        let snapshot = try await offload { try store.prepareSnapshot(key: id, for: image) }
        Crashpoint.createSnapshot.reach()
        phases.mark("prepare snapshot")
        let plan = try plan(image.config, on: snapshot)
        let config = try plan.config()
        try store.makeDirectory(plan.workingDirectory, in: snapshot)
        try attempt("write files of", record.name) {
            try files.write(
                config: Array(config.jsonText().utf8), hostname: plan.hostname,
                onHostNetwork: record.spec.network == "host")
            try bundle.prepare(from: files)
        }
        Crashpoint.createFiles.reach()
        try move(to: .created, events: [EventDraft(.create, of: record)]) {
            $0.command = plan.command
            $0.stopSignal = plan.stopSignal
        }
        phases.mark("write config")
    }

    private func plan(
        _ image: ImageConfig, on snapshot: ActiveSnapshot
    ) throws(Failure) -> BundlePlan {
        let spec = record.spec
        let wanted = spec.user.isEmpty ? image.user : spec.user
        let user = try attempt("find user", wanted) {
            try context.store.findUser(wanted, in: snapshot)
        }
        let plan = BundlePlan(
            id: id, spec: spec, image: image, user: user, host: context.host,
            files: files.directory,
            initProgram: spec.useInit ? try InitCopy(context).path() : "")
        guard let program = plan.command.first, !program.isEmpty else {
            throw Failure(
                .invalidArgument, "create container", record.name,
                "no command: the image names none and none was given",
                hint: "give one behind the image's name")
        }
        return plan
    }
}
