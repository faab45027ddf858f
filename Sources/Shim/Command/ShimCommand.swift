internal import CLinux
internal import Glibc
internal import Linux
internal import Wire

/// The program: decides what was asked for.
@main
enum ShimCommand {
    static func main() {
        let begin = Clock.monotonic
        tameAllocator()
        if InitProgram.isAskedFor { exit(InitProgram.run()) }
        do throws(InvocationError) {
            let invocation = try Invocation(ProgramArguments.all.dropFirst())
            exit(run(invocation, begin: begin))
        } catch {
            complain("\(error)\n\n\(Invocation.usage)")
            exit(2)
        }
    }

    private static func run(_ invocation: Invocation, begin: UInt64) -> Int32 {
        do throws(Failure) {
            switch invocation.action {
            case .start:
                var start = Start(invocation, begin: begin)
                try start.run()
            case .delete: try DeleteDead(invocation).run()
            case .serve: try Serve(invocation, begin: begin).runInForeground()
            case .information: try Information.write()
            case .version:
                say("apus-shim:\n  Version:  \(Apus.version)\n  Revision: \(Apus.gitCommit)")
            case .help: say(Invocation.usage)
            }
            return 0
        } catch {
            complain("\(error)")
            return 1
        }
    }

    static func say(_ text: String) { write(1, text + "\n") }

    /// What an action answers with, where that is a message.
    static func answer(_ message: some WireMessage) throws(Failure) {
        let bytes: [UInt8]
        do throws(WireError) { bytes = try message.serialized() } catch {
            throw .unavailable("\(error)")
        }
        do throws(SystemError) { try StandardStreams.writeOutput(bytes) } catch {
            throw .unavailable("\(error)")
        }
    }

    /// Standard error is read together with the answer of `start`: only failures go there.
    static func complain(_ text: String) { write(2, "apus-shim: \(text)\n") }

    private static func write(_ descriptor: Int32, _ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe Glibc.write(descriptor, bytes, bytes.count)
    }

    /// Small steps, and nothing kept: there may be a thousand of us.
    private static func tameAllocator() {
        _ = apus_mallopt(APUS_M_TOP_PAD, 16 << 10)
        _ = apus_mallopt(APUS_M_TRIM_THRESHOLD, 64 << 10)
        _ = apus_mallopt(APUS_M_MMAP_THRESHOLD, 256 << 10)
    }
}

/// The working directory by its own name.
func workingDirectory() throws(Failure) -> String {
    guard let path = readLink("/proc/self/cwd") else {
        throw .unavailable("the working directory cannot be read")
    }
    return path
}
