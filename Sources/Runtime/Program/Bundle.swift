internal import Arguments
internal import Engine
internal import Glibc
internal import Linux
internal import OCI

/// A directory with config.json and the root filesystem that it names.
struct Bundle {
    /// Absolute, without symbolic links.
    let path: String
    /// config.json as it stands there.
    let configuration: [UInt8]
    let spec: Spec

    init(_ options: ParsedOptions, _ recorder: Recorder) throws(Failure) {
        let given = try GlobalOptions.absolute(options.value(Self.bundle) ?? "")
        guard let path = resolvedPath(given) else {
            let error = SystemError("open bundle \(given)", errno)
            throw Failure(
                error,
                hint: error.code == EACCES
                    ? SearchPermission.obstacle(on: given)
                    : "--bundle names the directory of config.json")
        }
        self.path = path
        let name = options.value(Self.config) ?? "config.json"
        let file = name.hasPrefix("/") ? name : "\(path)/\(name)"
        let start = Recorder.now
        do throws(SystemError) {
            configuration = try readFile(file, limit: longestDocumentBytes)
        } catch {
            throw Failure(
                error,
                hint: error.code == ENOENT ? "apus-runtime spec writes one to begin with" : "")
        }
        let text = configuration
        var spec = try document { () throws(DocumentError) in try Spec(configuration: text) }
        for warning in spec.warnings { recorder.warn(warning) }
        // Said here, with the path; what is left to be said of capabilities concerns the machine.
        spec.process?.capabilities?.unknown = []
        self.spec = spec
        recorder.note(
            Recorder.Phase(
                name: "configuration", startNanoseconds: start, endNanoseconds: Recorder.now))
    }

    static let bundle = Option.value(
        "bundle", "b", word: "DIR", help: "The bundle; otherwise the working directory")
    static let config = Option.value(
        "config", "f", word: "FILE", help: "Another name than config.json")
}
