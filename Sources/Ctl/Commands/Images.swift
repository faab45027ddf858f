internal import ApusClient
internal import ArgumentParser
internal import Glibc

/// `apusctl images`
struct Images: Operation {
    static let configuration = CommandConfiguration(
        abstract: "List images; also: image ls.")

    @Flag(name: .shortAndLong, help: "Only their ids.")
    var quiet = false

    @Flag(help: "Whole ids.")
    var noTrunc = false

    @Flag(help: "Also the digests of their manifests.")
    var digests = false

    @OptionGroup var global: GlobalOptions

    func perform(_ stopwatch: Stopwatch) async throws -> Int32 {
        let images = try await global.connect().images.list()
        if global.isJSON {
            try Console.print(JSON(images))
        } else if quiet {
            try Console.print(
                images.map { (noTrunc ? $0.configDigest : $0.configDigest.shortID) + "\n" }.joined()
            )
        } else {
            let layout = ImageTable(isWhole: noTrunc, showsDigests: digests, now: Clock.now)
            try Console.print(layout.table(images).text)
        }
        return 0
    }
}

/// Images in docker's columns, one line a name.
struct ImageTable {
    var isWhole: Bool
    var showsDigests: Bool
    var now: Timestamp

    func table(_ images: [Apus.Image]) -> Table {
        let digest = showsDigests ? ["DIGEST"] : []
        var table = Table(
            header: ["REPOSITORY", "TAG"] + digest + ["IMAGE ID", "CREATED", "SIZE"])
        for image in images {
            for name in image.names.isEmpty ? [""] : image.names {
                let (repository, tag) = ImageName.parts(name)
                table.rows.append(
                    [repository, tag] + (showsDigests ? [image.digest] : [])
                        + [
                            isWhole ? image.configDigest : image.configDigest.shortID,
                            image.createdAt.map { $0.age(at: now).spoken + " ago" } ?? "",
                            ByteSize.decimal(image.sizeBytes),
                        ])
            }
        }
        return table
    }
}

/// Image names as people shorten them.
enum ImageName {
    /// docker.io/library/alpine:latest is called alpine:latest.
    static func familiar(_ name: String) -> String {
        for prefix in ["docker.io/library/", "docker.io/"] where name.hasPrefix(prefix) {
            return String(name.dropFirst(prefix.count))
        }
        return name
    }

    /// The familiar name and its tag; `<none>` for what is missing.
    static func parts(_ name: String) -> (repository: String, tag: String) {
        guard !name.isEmpty else { return ("<none>", "<none>") }
        let short = familiar(name).prefix { $0 != "@" }
        // A colon before the last slash belongs to a registry's port.
        guard let colon = short.lastIndex(of: ":"), !short[colon...].contains("/") else {
            return (String(short), "<none>")
        }
        return (String(short[..<colon]), String(short[short.index(after: colon)...]))
    }
}

/// `apusctl import`
struct Import: Operation {
    static let configuration = CommandConfiguration(
        abstract: "Take images in: an OCI layout or a docker-archive.", aliases: ["load"])

    @Option(help: "A name for an image that has none in the archive.")
    var name: String?

    @OptionGroup var global: GlobalOptions

    @Argument(help: "A directory or a tar, also compressed, on the manager's machine.")
    var path: String

    func perform(_ stopwatch: Stopwatch) async throws -> Int32 {
        let apus = try await global.connect()
        let path = Apus.VolumeMount.absolute(path, in: Surroundings.currentDirectory)
        var images: [Apus.Image] = []
        var progress = ImportProgressLine()
        for try await step in try await apus.images.import(path: path, name: name ?? "") {
            progress.show(step)
            images += step.images
        }
        progress.clear()
        if global.isJSON {
            try Console.print(JSON(images))
        } else {
            for image in images {
                let names = image.names.isEmpty ? [image.digest] : image.names
                for name in names { try Console.printLine(ImageName.familiar(name)) }
            }
        }
        return 0
    }
}

/// What is being imported, on one line of a terminal that is written over.
private struct ImportProgressLine {
    private let isShown = UserTerminal.isTerminal(STDERR_FILENO)
    private var isDirty = false

    mutating func show(_ step: Apus.ImportProgress) {
        guard isShown, step.phase != "done" else { return }
        var line = "\(step.phase) \(step.subject.shortID)"
        if step.totalBytes > 0 {
            line += " \(ByteSize.decimal(step.doneBytes)) of \(ByteSize.decimal(step.totalBytes))"
        }
        write("\r\u{1b}[K" + Table.printable(line))
        isDirty = true
    }

    mutating func clear() {
        if isDirty { write("\r\u{1b}[K") }
    }

    /// Progress is a courtesy: when it cannot be written, the import goes on.
    private func write(_ text: String) {
        try? StandardStreams.writeBlocking(Array(text.utf8), to: STDERR_FILENO)
    }
}

/// `apusctl tag`
struct Tag: Operation {
    static let configuration = CommandConfiguration(abstract: "Give an image a further name.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The image's name or digest.")
    var source: String

    @Argument(help: "Its further name.")
    var target: String

    func perform(_ stopwatch: Stopwatch) async throws -> Int32 {
        try await global.connect().images.tag(source, as: target)
        return 0
    }
}

/// `apusctl rmi`
struct RemoveImage: Operation {
    static let configuration = CommandConfiguration(
        commandName: "rmi",
        abstract: "Take names away from images, and with the last one the image.")

    @Flag(name: .shortAndLong, help: "Also while containers made from them exist.")
    var force = false

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Names or digests.")
    var images: [String]

    func perform(_ stopwatch: Stopwatch) async throws -> Int32 {
        let apus = try await global.connect()
        var removed: [Apus.RemoveImageResponse] = []
        var status: Int32 = 0
        for image in images {
            do {
                let response = try await apus.images.remove(image, force: force)
                removed.append(response)
                if !global.isJSON { try tell(response) }
            } catch let error as ApusError where error.code != .unavailable {
                Console.complain("\(error)")
                status = error.exitCode
            }
        }
        if global.isJSON { try Console.print(JSON(removed)) }
        return status
    }

    private func tell(_ response: Apus.RemoveImageResponse) throws {
        for name in response.untagged {
            try Console.printLine("Untagged: \(ImageName.familiar(name))")
        }
        for digest in response.deleted { try Console.printLine("Deleted: \(digest)") }
    }
}

/// `apusctl history`
struct History: Operation {
    static let configuration = CommandConfiguration(abstract: "Show how an image was made.")

    @Flag(help: "Whole ids and commands.")
    var noTrunc = false

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The image's name or digest.")
    var image: String

    func perform(_ stopwatch: Stopwatch) async throws -> Int32 {
        let image = try await global.connect().images.get(image)
        if global.isJSON {
            try Console.print(JSON(image.history))
        } else {
            try Console.print(HistoryTable(isWhole: noTrunc, now: Clock.now).table(image).text)
        }
        return 0
    }
}

/// An image's history, its newest step first.
struct HistoryTable {
    var isWhole: Bool
    var now: Timestamp

    func table(_ image: Apus.Image) -> Table {
        var table = Table("LAYER", "CREATED", "CREATED BY", "SIZE", "COMMENT")
        var layers = image.layers[...]
        var rows: [[String]] = []
        for entry in image.history {
            let layer = entry.emptyLayer ? nil : layers.popFirst()
            let diffID = layer?.diffID ?? "<none>"
            rows.append([
                isWhole || layer == nil ? diffID : diffID.shortID,
                entry.createdAt.map { $0.age(at: now).spoken + " ago" } ?? "",
                isWhole ? entry.createdBy : entry.createdBy.shortened(to: 45),
                ByteSize.decimal(layer?.sizeBytes ?? 0), entry.comment,
            ])
        }
        table.rows = rows.reversed()
        return table
    }
}
