internal import CLinux
internal import Glibc
internal import Linux
internal import OCI
internal import RPC
internal import Wire

/// Serves containerd.runtime.sandbox.v1.Sandbox. A sandbox is a container as any other, whose
/// process the manager may leave to us.
struct SandboxService {
    private typealias Methods = SandboxAPI.SandboxService

    let tasks: Tasks
    /// Of the runtime.
    let options: RuncAPI.Options
    /// Where the copy of the program lies that keeps sandboxes.
    let directory: String

    func register(in table: inout ServiceTable) {
        registerLife(&table)
        registerReports(&table)
    }

    private func registerLife(_ table: inout ServiceTable) {
        table.on(Methods.createSandbox) { request, reply in
            create(request) { answer(reply, $0) { _ in .init() } }
        }
        table.on(Methods.startSandbox) { request, reply in
            start(request.sandboxID) { answer(reply, $0) { $0 } }
        }
        table.on(Methods.stopSandbox) { request, reply in
            tasks.stopSandbox(request) { answer(reply, $0) { .init() } }
        }
        table.on(Methods.shutdownSandbox) { request, reply in
            tasks.shutdownSandbox(request) { result in
                answer(reply, result) { .init() }
                if case .success = result { tasks.shutdown() }
            }
        }
        table.on(Methods.waitSandbox) { request, reply in
            do throws(Failure) {
                try tasks.sandbox(request.sandboxID).initial.wait(reply) {
                    SandboxAPI.WaitSandboxResponse(exitStatus: $0.status, exitedAt: $0.at)
                }
            } catch {
                reply.fail(error.rpcError)
            }
        }
    }

    private func registerReports(_ table: inout ServiceTable) {
        table.on(Methods.platform) { request, reply in
            answer(reply) { () throws(Failure) in
                _ = try tasks.sandbox(request.sandboxID)
                return SandboxAPI.PlatformResponse(platform: .own)
            }
        }
        table.on(Methods.sandboxStatus) { request, reply in
            answer(reply) { () throws(Failure) in
                status(try tasks.sandbox(request.sandboxID), verbose: request.verbose)
            }
        }
        table.on(Methods.pingSandbox) { request, reply in
            answer(reply) { () throws(Failure) in
                _ = try tasks.sandbox(request.sandboxID)
                return SandboxAPI.PingResponse()
            }
        }
        table.on(Methods.sandboxMetrics) { request, reply in
            answer(reply) { () throws(Failure) in
                let sandbox = try tasks.sandbox(request.sandboxID)
                return SandboxAPI.SandboxMetricsResponse(
                    metrics: TaskAPI.Metric(
                        timestamp: Clock.now, id: sandbox.id, data: try sandbox.stats()))
            }
        }
    }

    private func create(
        _ request: SandboxAPI.CreateSandboxRequest,
        _ done: @escaping (Result<Int32, Failure>) -> Void
    ) {
        let bundle = BundleFiles(path: request.bundlePath)
        do throws(Failure) {
            guard isName(request.sandboxID), bundle.path.hasPrefix("/") else {
                throw .invalid("sandbox \"\(request.sandboxID)\" in \"\(bundle.path)\"")
            }
            guard tasks.containers[request.sandboxID] == nil else {
                throw .exists("sandbox \(request.sandboxID)")
            }
            let isMade = unsafe access(bundle.config, F_OK) != 0
            if isMade { try writeConfig(request, bundle) }
            let own: AnyMessage
            do throws(WireError) { own = try AnyMessage(options) } catch {
                throw .invalid("options: \(error)")
            }
            let task = TaskAPI.CreateTaskRequest(
                id: request.sandboxID, bundle: bundle.path, rootfs: request.rootfs, options: own)
            tasks.create(task, sandbox: Sandbox(createdAt: Clock.now)) { result in
                if case .failure = result, isMade { bundle.remove([bundle.config]) }
                done(result)
            }
        } catch {
            done(.failure(error))
        }
    }

    /// Where the manager has left it to us what a sandbox is.
    private func writeConfig(
        _ request: SandboxAPI.CreateSandboxRequest, _ bundle: BundleFiles
    ) throws(Failure) {
        var pod: CRIAPI.PodSandboxConfig?
        do throws(WireError) { pod = try request.options?.unwrap() } catch {
            throw .invalid("options: \(error)")
        }
        guard let pod else {
            throw .invalid(
                "sandbox \(request.sandboxID) has neither a config.json in \(bundle.path) nor "
                    + "options of type \(CRIAPI.PodSandboxConfig.wireName)")
        }
        do throws(SystemError) {
            let sandbox = PodSandbox(
                id: request.sandboxID, pod: pod, networkNamespace: request.netnsPath,
                annotations: request.annotations, source: try InitProgram.copy(in: directory),
                systemdCgroup: options.systemdCgroup)
            try makeDirectories(bundle.rootfs, mode: 0o711)
            try replaceFile(bundle.config, with: Array(sandbox.config.text().utf8))
        } catch {
            throw .system(error)
        }
    }

    private func start(
        _ id: String,
        _ done: @escaping (Result<SandboxAPI.StartSandboxResponse, Failure>) -> Void
    ) {
        tasks.attempt(done) { () throws(Failure) in
            let sandbox = try tasks.sandbox(id)
            tasks.start(TaskAPI.StartRequest(id: id)) { result in
                done(
                    result.map { pid in
                        SandboxAPI.StartSandboxResponse(
                            pid: UInt32(pid), createdAt: sandbox.sandbox?.createdAt)
                    })
            }
        }
    }

    private func status(
        _ sandbox: Container, verbose: Bool
    ) -> SandboxAPI.SandboxStatusResponse {
        let process = sandbox.initial
        let isReady = [.running, .pausing, .paused].contains(process.state)
        var info: [String: String] = [:]
        if verbose {
            info["bundle"] = sandbox.bundle.path
            info["runtime"] = sandbox.runtime.path
            info["containers"] = tasks.containers.keys.filter { $0 != sandbox.id }.sorted()
                .joined(separator: ",")
        }
        return SandboxAPI.SandboxStatusResponse(
            sandboxID: sandbox.id, pid: UInt32(process.pid),
            state: isReady ? "SANDBOX_READY" : "SANDBOX_NOTREADY", info: info,
            createdAt: sandbox.sandbox?.createdAt, exitedAt: process.exit?.at ?? .never)
    }
}

extension TaskAPI.Platform {
    /// What this program runs on, and so what its containers do.
    fileprivate static var own: TaskAPI.Platform {
        #if arch(arm64)
        TaskAPI.Platform(os: "linux", architecture: "arm64", variant: "v8")
        #else
        TaskAPI.Platform(os: "linux", architecture: "amd64")
        #endif
    }
}
