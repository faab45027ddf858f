internal import CLinux
internal import Glibc
internal import Linux
package import OCI

extension Container {
    /// The longest name that a file can have, less what is appended to it.
    private static let longestID = 200

    /// Throws where an id is not `[A-Za-z0-9_+.-]+`, is `.` or `..`, or looks like an option to the
    /// programs that are given names made of it.
    package static func validate(id: String) throws(EngineError) {
        let isValid =
            !id.isEmpty && id != "." && id != ".." && !id.hasPrefix("-")
            && id.utf8.count <= longestID
            && id.utf8.allSatisfy {
                switch $0 {
                case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2b, 0x2d, 0x2e, 0x5f: true
                default: false
                }
            }
        guard isValid else {
            throw EngineError(
                "check the container's id", "invalid container ID format", code: EINVAL,
                hint:
                    "1 to \(longestID) of the characters A-Z a-z 0-9 _ + . -, the last not in front"
            )
        }
    }

    /// "container does not exist" where there is none.
    package static func load(id: String, root: String) throws(EngineError) -> Container {
        try validate(id: id)
        let directory = StateDirectory(id: id, root: root)
        try directory.requireOwn()
        // Without a record `create` was ended at its very beginning: nothing else was made.
        guard let text = try directory.readRecordText() else {
            return Container(id: id, root: root, record: .unwritten)
        }
        let container = Container(id: id, root: root, record: try directory.parse(text))
        container.recordText = text
        return container
    }

    /// False also for a name that cannot be a container's.
    package static func exists(id: String, root: String) throws(EngineError) -> Bool {
        guard (try? validate(id: id)) != nil else { return false }
        return try StateDirectory(id: id, root: root).exists()
    }

    /// Every container below the root, by id; a missing root has none.
    package static func list(root: String) throws(EngineError) -> [Container] {
        let names: [String]
        do throws(SystemError) {
            names = try openFile(root, O_RDONLY | O_DIRECTORY).names()
        } catch {
            if error.code == ENOENT { return [] }
            throw EngineError(error, during: "list the containers of \(root)")
        }
        var containers: [Container] = []
        for id in names.sorted() {
            // One may go while this looks; files that are none of ours are left alone.
            let directory = StateDirectory(id: id, root: root)
            guard (try? validate(id: id)) != nil, (try? directory.requireOwn()) != nil,
                let record = try? directory.readRecord()
            else { continue }
            containers.append(Container(id: id, root: root, record: record))
        }
        return containers
    }

    /// The spec as it was at `create`.
    package func spec() throws(EngineError) -> Spec {
        if let readSpec { return readSpec }
        let path = directory.configuration
        let text = try attempt("read \(path)") { () throws(SystemError) in
            try readAll(
                try openFile(path, O_RDONLY | O_NOFOLLOW), limit: longestDocumentBytes, of: path)
        }
        do throws(DocumentError) {
            let spec = try Spec(configuration: text)
            readSpec = spec
            return spec
        } catch {
            throw EngineError("read the container's configuration", "\(error)")
        }
    }

    /// Reads the record again, under the lock.
    func reload() throws(EngineError) {
        // Mostly it is what we know: then reading is little, and understanding it would be much.
        guard let text = try directory.readRecordText(), text != recordText else { return }
        let fresh = try directory.parse(text)
        recordText = text
        change { $0 = fresh }
    }
}

extension StateRecord {
    /// What is known of a container whose `create` has written nothing.
    static let unwritten = StateRecord(
        ociVersion: Spec.version, bundle: "", rootfs: "", createdSeconds: 0,
        createdNanoseconds: 0, owner: 0, annotations: [:])
}
