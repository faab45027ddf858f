internal import CLinux
internal import Glibc
internal import Linux
internal import OCI
internal import Wire

extension Container {
    /// Writes the container's processes into files (criu(8)). Unless it is left running or this is
    /// a dump before the dump, the container has ended then.
    package func checkpoint(
        _ options: CheckpointOptions, recorder: Recorder
    ) throws(EngineError) {
        let lock = try directory.lock()
        let now = statusUnderLock()
        guard now == .running || now == .paused else {
            throw EngineError(
                "checkpoint \(id)", "Container cannot be checkpointed in \(now.rawValue) state")
        }
        let spec = try spec()
        let images = try CheckpointFolder(options.imagePath)
        let work = try CheckpointFolder(options.workPath ?? directory.criuWork)
        let mounts = try MountPlan(spec, bundle: record.bundle)
        let plan = try CheckpointPlan(spec, mounts, cgroup: record.cgroup, rootfs: record.rootfs)
        let places = try attempt("open the container's root") { () throws(SystemError) in
            plan.places(
                in: try openFile("/proc/\(record.initPid)/root", OpenMode.pathDirectory.flags))
        }
        let request = dumpRequest(
            spec, options, images, work, external: try plan.whenDumping(places))
        let inherited = [images.raw, work.raw] + (options.statusDescriptor.map { [$0] } ?? [])
        let criu = try CriuProcess(inherited: inherited)
        do throws(EngineError) {
            // Before the dump: with lazy pages the container comes back while criu still has it.
            if !options.preDump {
                try images.keep(CheckpointNote(of: record.initPid, places: places))
            }
            try recorder.measure("dump") { () throws(EngineError) in
                _ = try criu.perform(request, log: "\(work.path)/dump.log") { _ in }
            }
        } catch {
            criu.abandon(recorder)
            images.forgetNote()
            throw error
        }
        try criu.finish(recorder)
        _ = lock.raw
    }

    private func dumpRequest(
        _ spec: Spec, _ options: CheckpointOptions, _ images: CheckpointFolder,
        _ work: CheckpointFolder, external: [String]
    ) -> CRIU.Request {
        var dump = options.common(spec, images, work, log: "dump.log")
        dump.pid = record.initPid
        dump.root = record.rootfs
        dump.leaveRunning = options.leaveRunning
        dump.parentImg = options.parentPath ?? ""
        dump.trackMem = options.preDump || options.parentPath != nil
        dump.tcpSkipInFlight = options.tcpSkipInFlight
        dump.statusFd = options.statusDescriptor ?? 0
        dump.external = external
        dump.ps = options.pageServer.map {
            CRIU.PageServer(address: $0.address, port: $0.port)
        }
        if let cgroup = record.cgroup {
            let freezer = cgroup.file("freezer", "freezer.state") != nil && !cgroup.isPureV2
            dump.freezeCgroup =
                (freezer ? cgroup.directory(of: "freezer") : cgroup.v2)?.path ?? ""
        }
        return CRIU.Request(type: options.preDump ? .preDump : .dump, opts: dump)
    }
}

extension CheckpointOptions {
    /// What criu is told in both directions.
    func common(
        _ spec: Spec, _ images: CheckpointFolder, _ work: CheckpointFolder, log: String
    ) -> CRIU.Options {
        CRIU.Options(
            imagesDirFd: images.raw, extUnixSk: extUnixSockets, tcpEstablished: tcpEstablished,
            evasiveDevices: true, shellJob: shellJob, fileLocks: fileLocks, logLevel: 4,
            logFile: log, notifyScripts: true, autoDedup: autoDedup, workDirFd: work.raw,
            linkRemap: linkRemap,
            manageCgroupsMode: [(cgroupMode ?? .soft).number], emptyNS: emptyNamespaces,
            lazyPages: lazyPages, orphanPtsMaster: spec.process?.terminal ?? false,
            configFile: spec.annotations["org.criu.config"] ?? "", tcpClose: tcpClose)
    }
}

/// A directory for criu, made where it is missing.
final class CheckpointFolder {
    let path: String
    private let descriptor: OwnedDescriptor

    init(_ path: String) throws(EngineError) {
        self.path = path
        descriptor = try attempt("open the directory \(path)") { () throws(SystemError) in
            try makeDirectories(path, mode: 0o700)
            return try openFile(path, O_RDONLY | O_DIRECTORY)
        }
    }

    var raw: Int32 { descriptor.raw }

    func keep(_ note: CheckpointNote) throws(EngineError) {
        try attempt("keep what criu does not") { () throws(SystemError) in
            try replaceFile("\(path)/\(CheckpointNote.fileName)", with: Array(note.text.utf8))
        }
    }

    /// Without it these are no images of a container.
    func forgetNote() { unsafe unlink("\(path)/\(CheckpointNote.fileName)") }
}
