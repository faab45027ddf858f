internal import CLinux
internal import Glibc
internal import Linux
internal import RPC

/// The old files of a log: path.1 is the newest. Where they are compressed, path.1.gz and so on.
final class LogRotation {
    private let options: LogOptions
    private let context: ShimContext
    /// The number of the file that is being compressed; 0 where none is.
    private var compressing = 0

    init(_ options: LogOptions, context: ShimContext) {
        self.options = options
        self.context = context
    }

    /// log.1 becomes log.2 and so on, the log becomes log.1. False where that cannot be done.
    func shift() -> Bool {
        let path = options.path
        // Whatever was last goes, under either of its names.
        unsafe unlink("\(path).\(options.maxFiles - 1)")
        unsafe unlink("\(path).\(options.maxFiles - 1).gz")
        for number in stride(from: options.maxFiles - 1, to: 1, by: -1) {
            unsafe rename("\(path).\(number - 1)", "\(path).\(number)")
            unsafe rename("\(path).\(number - 1).gz", "\(path).\(number).gz")
        }
        if compressing > 0 { compressing += 1 }
        guard unsafe rename(path, path + ".1") == 0 else { return false }
        if options.compresses { compressNext() }
        return true
    }

    /// gzip(1) reads one descriptor and writes another: the files may get other names meanwhile.
    private func compressNext() {
        guard compressing == 0,
            let number = (1..<options.maxFiles).last(where: { exists("\(options.path).\($0)") })
        else { return }
        let made = options.path + ".gz.tmp"
        do throws(SystemError) {
            guard let gzip = RuntimeProgram.search("gzip") else {
                throw SystemError("find gzip", ENOENT)
            }
            let source = try openFile("\(options.path).\(number)", O_RDONLY | O_NOFOLLOW)
            let target = try openFile(
                made, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: 0o640)
            let pid = try SpawnPlan(
                program: gzip, arguments: ["-c"], descriptors: [source.raw, target.raw, -1]
            ).spawn()
            compressing = number
            // Until it is done, also when the log is closed.
            context.reaper.watch(pid) { self.compressed(made, ExitStatus(waitStatus: $0)) }
        } catch {
            unsafe unlink(made)
            context.log.warning("\(options.path): an old file is not compressed: \(error)")
        }
    }

    private func compressed(_ made: String, _ status: ExitStatus) {
        let number = compressing
        compressing = 0
        let old = "\(options.path).\(number)"
        // It may have been so old by now that it is gone.
        guard number < options.maxFiles, status == .exited(0),
            unsafe rename(made, old + ".gz") == 0
        else {
            unsafe unlink(made)
            return
        }
        unsafe unlink(old)
        compressNext()
    }

    private func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }
}
