internal import AsyncRPC
internal import Linux
internal import Synchronization
internal import Wire

extension Services {
    func addVersion(_ table: inout AsyncServiceTable) {
        let components = components
        table.on(Apus.VersionService.get) { _, _ in
            Apus.VersionResponse(
                version: Apus.version, gitCommit: Apus.gitCommit, buildTime: Apus.buildTime,
                platform: platformName, apiVersion: Apus.apiVersion,
                minimumApiVersion: Apus.minimumAPIVersion, components: await components.all())
        }
    }
}

private var platformName: String {
    #if arch(x86_64)
    "linux/amd64"
    #elseif arch(arm64)
    "linux/arm64"
    #else
    "linux"
    #endif
}

/// Versions of the programs that the manager uses. They are asked only when somebody wants to know,
/// every time: they may have been replaced on the disk.
struct ComponentVersions: Sendable {
    var shim: String
    var runtime: String

    func all() async -> [Apus.Component] {
        async let shim = component("shim", self.shim, "-v")
        async let runtime = component("runtime", self.runtime, "--version")
        return await [shim, runtime]
    }

    private func component(_ name: String, _ path: String, _ flag: String) async -> Apus.Component {
        let outcome = try? await Subprocess(
            path: path, arguments: [flag], environment: ["PATH=\(ExecutableSearch.path)"],
            limit: .seconds(5)
        ).run()
        var component = Apus.Component(name: name, path: path)
        guard let outcome, outcome.status == .exited(0) else { return component }
        let text = String(decoding: outcome.output, as: UTF8.self)
        (component.version, component.gitCommit) = Self.parse(text)
        return component
    }

    /// From what runc, crun and our own programs print: `apus-runtime version 0.1.0`, `commit: …`,
    /// and from containerd's shims, which indent `Version:` and `Revision:`.
    static func parse(_ text: String) -> (version: String, commit: String) {
        var version = ""
        var commit = ""
        for line in text.split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            guard let last = words.last else { continue }
            switch words[0].lowercased() {
            case "commit:", "revision:": commit = last
            case "version:": version = last
            default: if version.isEmpty, words.dropFirst().first == "version" { version = last }
            }
        }
        return (version, commit)
    }
}
