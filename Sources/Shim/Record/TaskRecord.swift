internal import Linux
internal import OCI
internal import Wire

/// shim.json: what those need who come after a shim that is dead: `delete`, which clears up, or
/// another shim, which takes up the container.
struct TaskRecord: JSONReadable {
    var id = ""
    var runtime: RuntimeProgram
    /// Where something is mounted on the rootfs, in the order in which that was done.
    var mounts: [String]
    var owner: (uid: UInt32, gid: UInt32) = (0, 0)
    var sandbox: Sandbox?
    /// Those that were made and not deleted; the init is the first. Empty until there is one.
    var processes: [ProcessRecord] = []

    init(runtime: RuntimeProgram, mounts: [String]) {
        self.runtime = runtime
        self.mounts = mounts
    }

    init(json: JSONNode) throws(DocumentError) {
        id = try json.value("id", default: "")
        runtime = RuntimeProgram(
            path: try json.required("runtime"), root: try json.required("root"),
            systemdCgroup: try json.value("systemd_cgroup", default: false))
        mounts = try json.list("mounts")
        owner = (try json.value("io_uid", default: 0), try json.value("io_gid", default: 0))
        let sandboxTime: String = try json.value("sandbox", default: "")
        sandbox = Timestamp(rfc3339: sandboxTime).map { Sandbox(createdAt: $0) }
        processes = try json.list("processes")
    }

    func write(to file: String) throws(SystemError) {
        var record = JSONObject([
            "id": .string(id), "runtime": .string(runtime.path),
            "root": .string(runtime.root), "systemd_cgroup": .bool(runtime.systemdCgroup),
            "mounts": .array(mounts.map(JSONValue.string)),
            "io_uid": .integer(Int64(owner.uid)), "io_gid": .integer(Int64(owner.gid)),
            "processes": .array(processes.map { $0.json }),
        ])
        record["sandbox"] = sandbox.map { .string($0.createdAt.rfc3339) }
        try replaceFile(file, with: Array(JSONValue.object(record).text().utf8))
    }

    static func read(_ file: String) -> TaskRecord? {
        guard let text = try? readFile(file, limit: longestDocumentBytes) else { return nil }
        return try? readJSON(from: text, of: file)
    }
}

/// One process in shim.json.
struct ProcessRecord: JSONReadable, Equatable {
    /// Empty for the init.
    var execID = ""
    var pid: Int32 = 0
    /// With the number it names one process for as long as the machine runs.
    var startTime: UInt64 = 0
    var state = ProcessState.created
    var stdin = ""
    var stdout = ""
    var stderr = ""
    var terminal = false
    /// Inodes of its pipes; 0 where it has none.
    var pipes = StreamInodes()

    struct StreamInodes: Equatable {
        var stdin: UInt64 = 0
        var stdout: UInt64 = 0
        var stderr: UInt64 = 0
    }

    init() {}

    init(json: JSONNode) throws(DocumentError) {
        execID = try json.value("exec_id", default: "")
        pid = try json.required("pid")
        startTime = try json.required("start_time")
        let name: String = try json.required("state")
        guard let state = ProcessState(rawValue: name) else {
            throw DocumentError("unknown state \"\(name)\"")
        }
        self.state = state
        stdin = try json.value("stdin", default: "")
        stdout = try json.value("stdout", default: "")
        stderr = try json.value("stderr", default: "")
        terminal = try json.value("terminal", default: false)
        pipes = StreamInodes(
            stdin: try json.value("stdin_pipe", default: 0),
            stdout: try json.value("stdout_pipe", default: 0),
            stderr: try json.value("stderr_pipe", default: 0))
    }

    var json: JSONValue {
        .object(
            JSONObject([
                "exec_id": .string(execID), "pid": .integer(Int64(pid)),
                "start_time": JSONValue(startTime), "state": .string(state.rawValue),
                "stdin": .string(stdin), "stdout": .string(stdout), "stderr": .string(stderr),
                "terminal": .bool(terminal), "stdin_pipe": JSONValue(pipes.stdin),
                "stdout_pipe": JSONValue(pipes.stdout), "stderr_pipe": JSONValue(pipes.stderr),
            ]))
    }
}
