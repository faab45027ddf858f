internal import CLinux
internal import Glibc
internal import Linux
internal import OCI
internal import RPC
internal import Wire

/// The files that the shim keeps in a bundle.
struct BundleFiles {
    let path: String

    var config: String { path + "/config.json" }
    var rootfs: String { path + "/rootfs" }
    var address: String { path + "/address" }
    var initPid: String { path + "/init.pid" }
    var task: String { path + "/shim.json" }
    func exit(_ id: String) -> String { "\(path)/exit-\(id).json" }
    func carry(_ name: String) -> String { "\(path)/\(name).carry" }
    func given(_ name: String) -> String { "\(path)/\(name).given" }
    /// What is kept about a process's streams.
    func notes(of name: String) -> [String] { [carry(name), given(name)] }
    func execPid(_ id: String) -> String { "\(path)/\(id).pid" }
    func execSpec(_ id: String) -> String { "\(path)/\(id).process.json" }

    /// Removes files that are done with; those that are not there are fine.
    func remove(_ files: [String]) {
        for file in files { unsafe unlink(file) }
    }

    /// Reads a pid file as runtimes write it.
    static func readPid(_ file: String) throws(Failure) -> Int32 {
        let bytes: [UInt8]
        do throws(SystemError) { bytes = try readFile(file, limit: 64) } catch {
            throw .system(error)
        }
        guard let pid = Int32(String(decoding: bytes, as: UTF8.self).trimmed), pid > 0 else {
            throw Failure(.internal, "\(file) holds no process number")
        }
        return pid
    }
}

/// The part of config.json that the shim itself needs.
struct BundleConfig: JSONReadable {
    var annotations: [String: String]
    /// True where the container's processes live on when its init ends.
    var sharesPidNamespace: Bool

    /// The container whose shim this one shall join; nil for a shim of its own.
    var group: String? {
        annotations["io.containerd.runc.v2.group"] ?? annotations["io.kubernetes.cri.sandbox-id"]
    }

    init(json: JSONNode) throws(DocumentError) {
        annotations = try json.map("annotations")
        let linux: LinuxPart? = try json.optional("linux")
        let own = linux?.namespaces.contains { $0.type == "pid" && $0.path.isEmpty }
        sharesPidNamespace = own != true
    }

    static func read(_ file: String) throws(Failure) -> BundleConfig {
        let text: [UInt8]
        do throws(SystemError) { text = try readFile(file, limit: longestDocumentBytes) } catch {
            throw .system(error)
        }
        do throws(DocumentError) { return try readJSON(from: text, of: file) } catch {
            throw .invalid(error.description)
        }
    }

    private struct LinuxPart: JSONReadable {
        var namespaces: [Namespace]
        init(json: JSONNode) throws(DocumentError) { namespaces = try json.list("namespaces") }
    }

    private struct Namespace: JSONReadable {
        var type: String
        var path: String
        init(json: JSONNode) throws(DocumentError) {
            type = try json.value("type", default: "")
            path = try json.value("path", default: "")
        }
    }
}

/// exit-<id>.json: how a process ended, for those who come after the shim.
struct ExitRecord: JSONReadable {
    var pid: UInt32
    var exit: Exit

    init(pid: UInt32, exit: Exit) {
        self.pid = pid
        self.exit = exit
    }

    init(json: JSONNode) throws(DocumentError) {
        pid = try json.required("pid")
        let time: String = try json.value("exited_at", default: "")
        exit = Exit(
            status: try json.required("exit_status"), at: Timestamp(rfc3339: time) ?? Clock.now,
            outOfMemory: try json.value("oom", default: false),
            signal: try json.value("signal", default: 0))
    }

    func write(id: String, to file: String) throws(SystemError) {
        let record = JSONValue.object(
            JSONObject([
                "id": .string(id), "pid": .integer(Int64(pid)),
                "exit_status": .integer(Int64(exit.status)),
                "exited_at": .string(exit.at.rfc3339), "oom": .bool(exit.outOfMemory),
                "signal": .integer(Int64(exit.signal)), "reason": .string(exit.reason),
            ]))
        try replaceFile(file, with: Array(record.text().utf8))
    }

    static func read(_ file: String) -> ExitRecord? {
        guard let text = try? readFile(file, limit: 4096) else { return nil }
        return try? readJSON(from: text, of: file)
    }
}
