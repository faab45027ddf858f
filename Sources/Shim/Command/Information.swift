internal import Linux
internal import Wire

/// `-info`: what this shim is, as a containerd.types.RuntimeInfo message.
enum Information {
    static func write() throws(Failure) {
        let info = TaskAPI.RuntimeInfo(
            name: "io.containerd.apus.v2",
            version: TaskAPI.RuntimeVersion(version: Apus.version, revision: Apus.gitCommit))
        try ShimCommand.answer(info)
    }
}
