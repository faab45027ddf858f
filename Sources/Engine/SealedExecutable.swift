internal import CLinux
internal import Glibc
internal import Linux

/// Keeps what runs in a container from writing to the runtime's own program file (CVE-2019-5736).
///
/// Until its exec(2) a container's process is the runtime, and /proc/self/exe in the container names
/// the runtime's file on the host: an image whose entry point is the script `#!/proc/self/exe`, or
/// whose loader is /proc/self/exe, makes the runtime run there once more, and root of the container
/// could open the file through /proc to write it. So before anything of a container is touched the
/// program goes on from a mount of itself that is read-only, attached nowhere, and out of
/// everybody's reach once its descriptor is closed: every later way to the file leads over it.
///
/// Most kernels let the running process go over to that mount (`ProgramMappings`); with the others
/// the program is executed again. Measured on a 2-core machine: 0.2 and 1.5 ms, where a copy into a
/// sealed memfd takes 3 ms more.
package enum SealedExecutable {
    static let ownFile = "/proc/self/exe"

    /// `ensure`, before anything else: a program that has to be executed again begins at its
    /// beginning, and every page that it has looked at before it goes over to the mount has to be
    /// mapped once more. So nothing here makes an array or a string, which Swift has to prepare for.
    /// Where it cannot protect, it does nothing: `ensure` follows, and says why.
    package static func ensureEarly(_ arguments: () -> [String]) {
        // A container by the name of a verb costs its callers a fifth of a millisecond, and nothing
        // else.
        guard commandLineNamesVerb() else { return }
        do throws(SystemError) {
            guard let mount = try protect() else { return }
            _ = ProcessControl.execute(
                mount, arguments: arguments(), environment: environmentEntries)
        } catch {}
    }

    /// Comes back in a program that is protected. Has to be called before descriptors are opened
    /// that exec(2) must not lose: it is the same program from its beginning.
    package static func ensure(_ arguments: [String]) throws(EngineError) {
        if isHeld { return }
        let stage = "protect the runtime's program file"
        do throws(SystemError) {
            guard let mount = try protect() else { return }
            let refusal: SystemError = ProcessControl.execute(
                mount, arguments: arguments, environment: environmentEntries)
            throw refusal
        } catch {
            throw EngineError(
                error, during: stage,
                hint: error.code == ENOENT ? "the runtime needs a procfs at /proc" : "")
        }
    }

    /// What the program has to be executed again from; nil where it is protected as it is.
    static func protect() throws(SystemError) -> OwnedDescriptor? {
        let program = try openFile(ownFile, APUS_O_PATH)
        if try program.isOnReadOnlyMount { return nil }
        if try isSealedCopy() { return nil }
        let mount = try makeProtected(program)
        guard (try? ProgramMappings.move(onto: mount)) != nil else { return mount }
        hold(mount)
        return nil
    }

    static func makeProtected(
        _ program: borrowing OwnedDescriptor
    ) throws(SystemError) -> OwnedDescriptor {
        do throws(SystemError) {
            let mount = try MountTree.clone(program, recursive: false, name: ownFile)
            try MountTree.change(mount, set: .readOnly, name: ownFile)
            // Else the program would find itself unprotected, for ever.
            guard try mount.isOnReadOnlyMount else {
                throw SystemError("protect \(ownFile)", EROFS)
            }
            return mount
        } catch {
            // Without CAP_SYS_ADMIN there are no mounts, but a caller whose own file it may be.
            guard error.code == EPERM || error.code == EINVAL else { throw error }
            return try makeSealedCopy()
        }
    }

    static func isSealedCopy() throws(SystemError) -> Bool {
        let program = try openFile(ownFile, O_RDONLY)
        return MemoryFile.isSealed(program)
    }

    private static func makeSealedCopy() throws(SystemError) -> OwnedDescriptor {
        let source = try openFile(ownFile, O_RDONLY)
        let size = try FileStatus(of: source).size
        let copy = try MemoryFile.makeExecutable("apus-runtime")
        let (from, to) = (source.raw, copy.raw)
        var left = Int(size)
        while left > 0 {
            let count = left
            let copied = try check("copy \(ownFile)") { sendfile(to, from, nil, count) }
            guard copied > 0 else { throw SystemError("copy \(ownFile)", EIO) }
            left -= copied
        }
        try MemoryFile.seal(copy)
        return copy
    }
}
