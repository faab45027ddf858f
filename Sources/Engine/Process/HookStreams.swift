internal import Glibc
internal import Linux
internal import OCI

/// Where hooks write: files of the host, which the annotations `run.oci.hooks.stdout` and
/// `run.oci.hooks.stderr` name as for crun. What they do not name the runtime hears itself, for the
/// message of a hook that fails.
package struct HookStreams {
    let output: HeldDescriptor?
    let errors: HeldDescriptor?
    /// The path of `errors`, for that message.
    let errorsPath: String?

    /// The runtime listens to both.
    package static var heard: HookStreams {
        HookStreams(output: nil, errors: nil, errorsPath: nil)
    }

    private init(output: HeldDescriptor?, errors: HeldDescriptor?, errorsPath: String?) {
        self.output = output
        self.errors = errors
        self.errorsPath = errorsPath
    }

    /// Opens the files for appending, and makes those that are missing. Called in the host's
    /// namespaces, also for the hooks that run in the container's.
    package init(_ annotations: [String: String], bundle: String) throws(EngineError) {
        output = try Self.open(RuntimeAnnotation.hooksOutput, annotations, bundle)
        errors = try Self.open(RuntimeAnnotation.hooksErrors, annotations, bundle)
        errorsPath = annotations[RuntimeAnnotation.hooksErrors]
    }

    private static func open(
        _ name: String, _ annotations: [String: String], _ bundle: String
    ) throws(EngineError) -> HeldDescriptor? {
        guard let given = annotations[name], !given.isEmpty else { return nil }
        // Wherever a later call of the runtime is made from.
        let path = given.hasPrefix("/") ? given : "\(bundle)/\(given)"
        do throws(SystemError) {
            // Not blocking, as a pipe that nobody reads would.
            let file = try openFile(
                path, O_WRONLY | O_APPEND | O_CREAT | O_NOCTTY | O_NONBLOCK, mode: 0o600)
            try file.setNonBlocking(false)
            return HeldDescriptor(file)
        } catch {
            let hint =
                switch error.code {
                case ENOENT: "its directory does not exist"
                case EISDIR: "it names a directory, and has to name a file"
                case ENXIO: "it is a socket, or a pipe that nobody reads"
                default: ""
                }
            throw EngineError(error, during: "open the file of annotation \(name)", hint: hint)
        }
    }
}
