internal import Arguments
internal import Engine
internal import Linux
internal import OCI

/// Brings a container back from the files that `checkpoint` wrote.
enum Restore {
    static let command = Command(
        "restore", "Bring a container back from files (with criu)", synopsis: "ID", words: 1...1,
        options: CriuOptions.all + [
            Bundle.bundle, Bundle.config, Creation.consoleSocket, Creation.pidFile, Run.detach,
            noSubreaper, noPivot, lsmProfile, lsmMountContext,
        ])

    static func run(_ call: Call) throws(Failure) -> Int32 {
        let isDetached = call.options.has(Run.detach)
        if !isDetached && !call.options.has(noSubreaper) {
            try system { () throws(SystemError) in try ProcessControl.becomeSubreaper() }
        }
        let container = try restore(call, detached: isDetached)
        guard !isDetached else {
            call.note(container.takeProcess())
            return 0
        }
        guard let process = container.takeProcess() else {
            throw Failure("restore \(call.id)", "the engine gave no process to wait for")
        }
        var foreground = try Foreground.begin(process)
        let status = try foreground.wait()
        try engine { () throws(EngineError) in
            try container.delete(force: false, call.recorder)
        }
        return status.code
    }

    private static func restore(_ call: Call, detached: Bool) throws(Failure) -> Container {
        try engine { () throws(EngineError) in try Container.validate(id: call.id) }
        var checkpoint = try CriuOptions.read(call)
        checkpoint.lsmProfile = call.options.value(lsmProfile)
        checkpoint.lsmMountContext = call.options.value(lsmMountContext)
        let bundle = try Bundle(call.options, call.recorder)
        var options = CreateOptions(id: call.id, root: call.global.root, bundle: bundle.path)
        options.console = try Creation.console(
            call.options, terminal: bundle.spec.process?.terminal ?? false, detached: detached)
        options.pidFile = try call.options.value(Creation.pidFile).map(GlobalOptions.absolute)
        options.cgroupManager = call.global.cgroupManager
        try Creation.makeRoot(call.global.root)
        let (plan, images) = (options, checkpoint)
        return try engine { () throws(EngineError) in
            try Container.restore(
                bundle.spec, configuration: bundle.configuration, options: plan, from: images,
                recorder: call.recorder)
        }
    }

    private static let noSubreaper = Option.flag(
        "no-subreaper", help: "Do not become the parent of the container's orphans")
    private static let noPivot = Option.flag("no-pivot", help: "", hidden: true)
    private static let lsmProfile = Option.value(
        "lsm-profile", word: "TYPE:NAME", help: "Another label of AppArmor or SELinux")
    private static let lsmMountContext = Option.value(
        "lsm-mount-context", word: "LABEL", help: "Another SELinux label of mounts")
}
