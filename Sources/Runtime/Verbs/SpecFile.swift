internal import Arguments
internal import Glibc
internal import Linux
internal import OCI

/// Writes a config.json to begin with.
enum SpecFile {
    static let command = Command(
        "spec", "Write a config.json to begin with", options: [bundle, rootless])

    static func run(_ call: Call) throws(Failure) -> Int32 {
        let directory = try GlobalOptions.absolute(call.options.value(bundle) ?? "")
        let path = "\(directory)/config.json"
        let hasUnifiedCgroups = resolvedPath("/sys/fs/cgroup/cgroup.controllers") != nil
        var spec = Spec.initial(hasUnifiedCgroups: hasUnifiedCgroups)
        if call.options.has(rootless) {
            spec.makeRootless(uid: Identity.effectiveUser, gid: getegid())
        }
        let text = spec.jsonText(indent: 4) + "\n"
        do throws(SystemError) {
            // O_EXCL: somebody's work is never written over.
            let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
            try openFile(path, flags, mode: 0o644).writeAll(Array(text.utf8))
        } catch {
            throw Failure(
                SystemError("write \(path)", error.code),
                hint: error.code == EEXIST ? "remove it first" : "")
        }
        return 0
    }

    private static let bundle = Option.value(
        "bundle", "b", word: "DIR", help: "Where; otherwise the working directory")
    private static let rootless = Option.flag(
        "rootless", help: "For a container without root's help")
}
