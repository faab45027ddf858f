internal import Glibc
internal import Linux
internal import OCI
internal import Wire

/// What criu does not keep of a container, beside its images.
struct CheckpointNote: JSONReadable {
    static let fileName = "descriptors.json"
    private static let limit = 1 << 20

    /// What the standard streams were, as /proc/PID/fd shows them (`pipe:[1234]`, `/dev/null`): who
    /// restores the container gives others in their place.
    var streams: [String]
    /// Where mounts were whose destinations lead through links of the image's.
    var places: [String: String]

    init(of pid: Int32, places: [String: String]) {
        streams = (0..<3).map { number in
            let directory = try? openFile("/proc/\(pid)/fd", O_RDONLY | O_DIRECTORY)
            guard let directory = directory else { return "" }
            return
                (try? openFile(
                    in: directory, "\(number)", .pathNoFollow, resolve: []
                ).readLink()) ?? ""
        }
        self.places = places
    }

    init(json: JSONNode) throws(DocumentError) {
        streams = try json.list("streams")
        places = try json.map("places")
    }

    init(from images: String) throws(EngineError) {
        let path = "\(images)/\(Self.fileName)"
        let text = try attempt("read \(path)") { () throws(SystemError) in
            try readFile(path, limit: Self.limit)
        }
        do throws(DocumentError) {
            self = try readJSON(from: text, of: path)
        } catch {
            throw EngineError("read \(path)", "\(error)")
        }
    }

    var text: String {
        JSONValue.object {
            $0.set("streams", list: streams)
            $0.set("places", map: places)
        }.text()
    }

    /// Only pipes: what is a file of the container's own criu opens again.
    var inherited: [CRIU.InheritedFile] {
        streams.enumerated().filter { $0.element.hasPrefix("pipe:[") }
            .map { CRIU.InheritedFile(key: $0.element, fd: [Int32($0.offset)]) }
    }
}
