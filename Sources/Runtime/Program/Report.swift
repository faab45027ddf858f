internal import CLinux
internal import Engine
internal import Glibc
internal import Linux
internal import OCI
internal import RPC
internal import Wire

/// The call that tells the caller how this one went (apus.runtime.v1.Report), where it gave a socket
/// for it. A caller that does not listen loses nothing but the report.
struct Report {
    private let descriptor: Int32

    /// Nobody below may inherit the socket.
    init(_ descriptor: Int32) throws(Failure) {
        self.descriptor = descriptor
        guard descriptor > 2, apus_fcntl(descriptor, F_SETFD, Int(FD_CLOEXEC)) == 0 else {
            throw Failure(
                "use --report-fd \(descriptor)", "it is not an inherited descriptor", code: EBADF)
        }
    }

    func deliver(_ call: Call, failure: Failure?) {
        let outcome = RuntimeAPI.Outcome(
            operation: call.verb, id: call.id, pid: call.made?.pid ?? 0,
            phases: call.recorder.phases.map {
                RuntimeAPI.Phase(
                    program: "apus-runtime", name: $0.name, startNS: $0.startNanoseconds,
                    endNS: $0.endNanoseconds)
            },
            warnings: call.recorder.warnings,
            problem: failure.map {
                RuntimeAPI.Problem(
                    stage: $0.stage, cause: $0.cause, errorNumber: $0.code, hint: $0.hint,
                    message: $0.message)
            })
        do throws(RPCError) {
            let client = try SyncClient(OwnedDescriptor(owning: descriptor))
            try client.post(
                RuntimeAPI.ReportService.deliver, outcome,
                descriptors: call.made.map { [$0.pidfd] } ?? [])
        } catch {
            call.log.debug("report to the caller: \(error.message)")
        }
    }
}
