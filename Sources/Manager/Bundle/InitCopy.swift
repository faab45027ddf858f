internal import Glibc
internal import Linux
internal import RPC

/// The copy of our static program that is bound into containers as their first process. Never the
/// program itself: what a container can see, a container may one day find a way to write.
struct InitCopy {
    private let directory: String
    private let manager: String

    init(_ context: DaemonContext) {
        directory = "\(context.paths.root)/init"
        manager = context.program
    }

    /// Makes it where it is not there: one for each build of the program.
    func path() throws(Failure) -> String {
        guard let source = ExecutableSearch.find("apus-shim", beside: manager) else {
            throw Failure(
                .notFound, "find the init", "apus-shim",
                "there is no such program beside apusd or in PATH",
                hint: "install it, or leave --init out")
        }
        return try attempt("copy the init", source) {
            try copyProgram(source, to: directory, as: "apus-init")
        }
    }
}
