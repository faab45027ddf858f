internal import CLinux
internal import Glibc
internal import Linux
internal import OCI

/// The directory of one container below the runtime's root. Whoever changes the container holds its
/// lock; a lock goes with the process that has it, so a crash leaves none.
struct StateDirectory {
    static let recordName = "state.json"
    static let configurationName = "config.json"
    static let fifoName = "exec.fifo"
    /// A directory of criu's, with its log, where the caller gives none.
    static let criuName = "criu.work"
    /// A directory with the socket to which a container tells that it is ready.
    static let notifyName = "notify"
    /// More than any container's annotations need.
    private static let mostRecordBytes = 16 << 20

    let path: String
    private let root: String

    init(id: String, root: String) {
        self.root = root
        path = root == "/" ? "/\(id)" : "\(root)/\(id)"
    }

    var record: String { "\(path)/\(Self.recordName)" }
    private var nextRecord: String { "\(record).next" }
    var configuration: String { "\(path)/\(Self.configurationName)" }
    var criuWork: String { "\(path)/\(Self.criuName)" }
    var notify: String { "\(path)/\(Self.notifyName)" }
    var fifo: String { "\(path)/\(Self.fifoName)" }

    /// What a record says is done with the caller's rights: signals, the removal of cgroups and
    /// files. So nobody else may have written it, nor be able to exchange it, which whoever owns the
    /// root, or may write there, could. Throws "does not exist" where it does not.
    func requireOwn() throws(EngineError) {
        try Self.requireTrusted(root)
        guard let status = try status(), status.kind == .directory else {
            throw Self.missing(path)
        }
        guard status.uid == Identity.effectiveUser, status.mode & Self.writableByOthers == 0 else {
            throw Self.foreign(path, status)
        }
    }

    /// Of root, or of the caller, and nobody else may rename what is in it.
    private static func requireTrusted(_ root: String) throws(EngineError) {
        let found = try present("look at \(root)") { () throws(SystemError) in
            try FileStatus(path: root)
        }
        guard let status = found else { return }
        let isSticky = status.mode & 0o1000 != 0
        guard status.uid == 0 || status.uid == Identity.effectiveUser,
            isSticky || status.mode & writableByOthers == 0
        else { throw foreign(root, status) }
    }

    private static let writableByOthers: UInt32 = 0o022

    private static func foreign(_ path: String, _ status: FileStatus) -> EngineError {
        EngineError(
            "trust the state in \(path)",
            "it belongs to user \(status.uid) and has mode 0\(String(status.mode, radix: 8)): others "
                + "could have put it there",
            code: EPERM,
            hint: "call the runtime as that user, or give --root a directory of its own"
        )
    }

    /// mkdir(2) decides who of several callers makes the container.
    func make() throws(EngineError) {
        try Self.requireTrusted(root)
        do throws(SystemError) {
            try check("make directory \(path)") { unsafe mkdir(path, 0o700) }
        } catch {
            guard error.code == EEXIST else {
                throw EngineError(
                    error, during: "make the state directory \(path)",
                    hint: error.isOutOfSpace
                        ? Self.fullHint
                        : error.code == EACCES ? SearchPermission.obstacle(on: path) : "")
            }
            throw EngineError(
                "make the state directory \(path)", "container with given ID already exists",
                code: EEXIST, hint: "choose another id, or delete that container")
        }
    }

    /// nil where there is no such directory.
    func open() throws(EngineError) -> OwnedDescriptor? {
        do throws(SystemError) {
            return try openFile(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        } catch {
            if error.code == ENOENT || error.code == ENOTDIR { return nil }
            throw EngineError(error, during: "open the state directory \(path)")
        }
    }

    /// Waits for the lock, but not for ever: its holder may wait for a hook that hangs.
    func lock(seconds: UInt64 = 10) throws(EngineError) -> OwnedDescriptor {
        guard let directory = try open() else { throw Self.missing(path) }
        let end = Recorder.now + seconds * 1_000_000_000
        while true {
            let isOurs = try attempt("lock the state directory \(path)") {
                () throws(SystemError) in try FileLock.tryLock(directory)
            }
            if isOurs { break }
            guard Recorder.now < end else {
                throw EngineError(
                    "lock the state directory \(path)",
                    "another call has been busy with the container for \(seconds) seconds",
                    code: EBUSY, hint: "fuser \(path) names its process")
            }
            usleep(2000)
        }
        // Its holder may have removed it meanwhile.
        guard try exists() else { throw Self.missing(path) }
        return directory
    }

    /// Somebody is at work on it right now.
    var isBusy: Bool {
        guard let directory = try? open() else { return false }
        return (try? FileLock.tryLock(directory)) == false
    }

    func exists() throws(EngineError) -> Bool { try status()?.kind == .directory }

    private func status() throws(EngineError) -> FileStatus? {
        try Self.present("look for the state directory \(path)") { () throws(SystemError) in
            try FileStatus(pathItself: path)
        }
    }

    /// nil where there is nothing; an error where the kernel does not say. Who took that for no would
    /// leave a container running that was to be deleted, or trust a root unseen.
    private static func present(
        _ doing: String, _ look: () throws(SystemError) -> FileStatus
    ) throws(EngineError) -> FileStatus? {
        do throws(SystemError) {
            return try look()
        } catch {
            if error.code == ENOENT || error.code == ENOTDIR { return nil }
            throw EngineError(error, during: doing)
        }
    }

    /// Init holds the fifo open for as long as it waits. That there is a file says less: `start` may
    /// have been ended before it could remove it.
    var isAwaited: Bool { (try? openFile(fifo, O_WRONLY | O_NONBLOCK | O_NOFOLLOW)) != nil }

    func write(_ record: StateRecord) throws(EngineError) {
        try writing { () throws(SystemError) in
            try replaceFile(self.record, with: Array(record.jsonText().utf8))
        }
    }

    /// The work of `write`, but for the moment at which the record becomes the one that counts.
    /// Answers its text.
    func prepare(_ record: StateRecord) throws(EngineError) -> [UInt8] {
        let text = Array(record.jsonText().utf8)
        try writing { () throws(SystemError) in
            let file = try openFile(
                nextRecord, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: 0o600)
            try file.writeAll(text)
        }
        return text
    }

    /// That moment.
    func commit() throws(EngineError) {
        try writing { () throws(SystemError) in
            try check("rename \(nextRecord)") { unsafe rename(nextRecord, record) }
        }
    }

    private func writing(_ work: () throws(SystemError) -> Void) throws(EngineError) {
        do throws(SystemError) {
            try work()
        } catch {
            throw EngineError(
                error, during: "write \(record)", hint: error.isOutOfSpace ? Self.fullHint : "")
        }
    }

    /// nil where `create` was ended before it could write one.
    func readRecord() throws(EngineError) -> StateRecord? {
        guard let text = try readRecordText() else { return nil }
        return try parse(text)
    }

    func readRecordText() throws(EngineError) -> [UInt8]? {
        do throws(SystemError) {
            return try readAll(
                try openFile(record, O_RDONLY | O_NOFOLLOW), limit: Self.mostRecordBytes,
                of: record)
        } catch {
            if error.code == ENOENT { return nil }
            throw EngineError(error, during: "read the container's state")
        }
    }

    func parse(_ text: [UInt8]) throws(EngineError) -> StateRecord {
        do throws(DocumentError) {
            return try readJSON(from: text, of: record)
        } catch {
            throw EngineError("read the container's state", "\(error)")
        }
    }

    /// Both ways, so that neither side waits for the other to open it.
    func makeFifo() throws(EngineError) -> OwnedDescriptor {
        try attempt("make \(fifo)") { () throws(SystemError) in
            try check("make \(fifo)") { unsafe mkfifo(fifo, 0o600) }
            return try openFile(fifo, O_RDWR | O_NOFOLLOW)
        }
    }

    /// Everything in it, and itself. Fine where there is nothing.
    func remove() throws(EngineError) {
        guard let directory = try open() else { return }
        try attempt("remove the state directory \(path)") { () throws(SystemError) in
            for name in try directory.names() {
                let isDirectory = try FileStatus(in: directory, name).kind == .directory
                if [Self.criuName, Self.notifyName].contains(name) {
                    try Self.empty(name, in: directory)
                }
                try directory.remove(name, directory: isDirectory)
            }
            try check("remove \(path)") { unsafe rmdir(path) }
        }
    }

    private static let fullHint =
        "the filesystem of --root has no space or no inodes left (df, df -i)"

    private static func empty(
        _ name: String, in directory: borrowing OwnedDescriptor
    ) throws(SystemError) {
        let below = try openFile(
            in: directory, name, .directory, resolve: [.beneath, .noSymlinks, .noMounts])
        for name in try below.names() { try below.remove(name, directory: false) }
    }

    static func missing(_ path: String) -> EngineError {
        EngineError("find the container at \(path)", "container does not exist", code: ENOENT)
    }
}
