internal import CLinux
internal import Glibc
internal import Linux
internal import RPC
internal import Wire

/// Upgrade: execve(2) of another program in place of this one. Children stay children, descriptors
/// stay open, the socket stays listening; what else must be known goes along in a sealed file.
struct Upgrade {
    /// Names the descriptor of that file to the program that comes.
    static let variable = "APUS_SHIM_HANDOVER"

    let invocation: Invocation
    let socket: String
    let listener: Int32

    /// Returns only where it failed, and then nothing has changed.
    func run(_ program: String, _ tasks: Tasks, _ context: ShimContext) throws(Failure) {
        let path = program.isEmpty ? Self.ownProgram : program
        guard path.hasPrefix("/"), unsafe access(path, X_OK) == 0 else {
            throw .invalid("program \"\(path)\" cannot be executed")
        }
        let handover = ShimAPI.Handover(
            listener: listener, socket: socket, containers: try tasks.handover())
        let kept = handover.containers.flatMap { $0.holdings }.map { $0.descriptor } + [listener]
        let bytes: [UInt8]
        do throws(WireError) { bytes = try handover.serialized() } catch {
            throw Failure(.internal, "hand over: \(error)")
        }
        context.log.info("going on as \(path)")
        do throws(SystemError) {
            let file = try MemoryFile.sealed(bytes, name: "handover")
            try Self.execute(path, arguments, kept + [file.raw], handover: file.raw)
        } catch {
            throw .system(error)
        }
    }

    private var arguments: [String] {
        [
            "-namespace", invocation.namespace, "-address", invocation.address, "-id",
            invocation.id,
        ] + (invocation.debug ? ["-debug"] : [])
    }

    /// Where this program was executed from, whatever lies there now.
    private static var ownProgram: String {
        let path = readLink("/proc/self/exe") ?? ""
        let mark = " (deleted)"
        return path.hasSuffix(mark) ? String(path.dropLast(mark.count)) : path
    }

    private static func execute(
        _ path: String, _ arguments: [String], _ kept: [Int32], handover: Int32
    ) throws(SystemError) {
        for raw in kept { _ = apus_fcntl(raw, F_SETFD, 0) }
        unsafe setenv(variable, String(handover), 1)
        let argv = unsafe (["apus-shim"] + arguments).map { unsafe strdup($0) } + [nil]
        unsafe execv(path, argv)
        let error = SystemError("execute \(path)", apus_errno())
        unsafe argv.forEach { unsafe free($0) }
        unsafe unsetenv(variable)
        for raw in kept { _ = apus_fcntl(raw, F_SETFD, Int(FD_CLOEXEC)) }
        throw error
    }
}

extension ShimAPI.Handover {
    /// What the program before this one in the same process has left; nil where there was none.
    static func receive() throws(Failure) -> ShimAPI.Handover? {
        guard let text = environment(Upgrade.variable), let raw = Int32(text) else { return nil }
        // Not for the programs that this one starts.
        unsafe unsetenv(Upgrade.variable)
        let file = OwnedDescriptor(owning: raw)
        let bytes: [UInt8]
        do throws(SystemError) {
            try rewind(file)
            bytes = try readAll(file, limit: 16 << 20, of: "the handover")
        } catch {
            throw Failure(.dataLoss, "read the handover: \(error)")
        }
        do throws(WireError) { return try ShimAPI.Handover(serialized: bytes) } catch {
            throw Failure(.dataLoss, "read the handover: \(error)")
        }
    }
}
