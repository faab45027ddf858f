internal import ApusClient
internal import ArgumentParser

/// `apusctl content`
struct Content: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The blobs that images are made of.", subcommands: [List.self, Check.self])

    /// `apusctl content ls`
    struct List: Operation {
        static let configuration = CommandConfiguration(
            commandName: "ls", abstract: "List blobs.", aliases: ["list"])

        @Flag(name: .shortAndLong, help: "Only their digests.")
        var quiet = false

        @OptionGroup var global: GlobalOptions

        func perform(_ stopwatch: Stopwatch) async throws -> Int32 {
            let blobs = try await global.connect().content.list()
            if global.isJSON {
                try Console.print(JSON(blobs))
            } else if quiet {
                try Console.print(blobs.map { $0.digest + "\n" }.joined())
            } else {
                let now = Clock.now
                var table = Table("DIGEST", "SIZE", "AGE")
                for blob in blobs {
                    table.add(
                        blob.digest, ByteSize.decimal(blob.sizeBytes),
                        blob.createdAt?.age(at: now).spoken ?? "")
                }
                try Console.print(table.text)
            }
            return 0
        }
    }

    /// `apusctl content check`
    struct Check: Operation {
        static let configuration = CommandConfiguration(
            abstract: "Read every blob again and compare it with its digest.")

        @OptionGroup var global: GlobalOptions

        func perform(_ stopwatch: Stopwatch) async throws -> Int32 {
            var results: [Apus.CheckContentResult] = []
            for try await result in try await global.connect().content.check() {
                results.append(result)
                guard !global.isJSON else { continue }
                try Console.printLine(
                    "\(result.digest)  \(result.ok ? "ok" : Table.printable(result.problem))")
            }
            if global.isJSON { try Console.print(JSON(results)) }
            let broken = results.filter { !$0.ok }.count
            guard broken > 0 else { return 0 }
            throw Complaint(
                "\(broken) of \(results.count) blobs are broken",
                hint: "remove the images that use them and import them again")
        }
    }
}

/// `apusctl snapshots`
struct Snapshots: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The file trees below containers.", subcommands: [List.self, Tree.self])

    /// `apusctl snapshots ls`
    struct List: Operation {
        static let configuration = CommandConfiguration(
            commandName: "ls", abstract: "List snapshots.", aliases: ["list"])

        @OptionGroup var global: GlobalOptions

        func perform(_ stopwatch: Stopwatch) async throws -> Int32 {
            let snapshots = try await global.connect().snapshots.list()
            guard !global.isJSON else {
                try Console.print(JSON(snapshots))
                return 0
            }
            var table = Table("KEY", "PARENT", "KIND", "SIZE", "INODES")
            for snapshot in snapshots {
                table.add(
                    snapshot.key, snapshot.parent, snapshot.kind,
                    ByteSize.decimal(snapshot.sizeBytes), "\(snapshot.inodes)")
            }
            try Console.print(table.text)
            return 0
        }
    }

    /// `apusctl snapshots tree`
    struct Tree: Operation {
        static let configuration = CommandConfiguration(
            abstract: "Show which snapshot stands on which.")

        @OptionGroup var global: GlobalOptions

        func perform(_ stopwatch: Stopwatch) async throws -> Int32 {
            let snapshots = try await global.connect().snapshots.list()
            let lines = SnapshotTree.lines(snapshots)
            if global.isJSON {
                try Console.print(.array(lines.map { .string($0) }))
            } else {
                try Console.print(lines.map { Table.printable($0) + "\n" }.joined())
            }
            return 0
        }
    }
}

/// Snapshots, each indented below the one it stands on.
enum SnapshotTree {
    static func lines(_ snapshots: [Apus.Snapshot]) -> [String] {
        let keys = Set(snapshots.map(\.key))
        let children = Dictionary(grouping: snapshots) { keys.contains($0.parent) ? $0.parent : "" }
        var lines: [String] = []
        // A stack instead of recursion: a chain may be as long as an image has layers.
        var open = children["", default: []].reversed().map { (snapshot: $0, depth: 0) }
        while let (snapshot, depth) = open.popLast() {
            lines.append(String(repeating: "  ", count: depth) + snapshot.key)
            open += children[snapshot.key, default: []].reversed().map { ($0, depth + 1) }
        }
        return lines
    }
}
