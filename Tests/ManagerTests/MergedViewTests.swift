import Foundation
import Linux
import TestSupport
import Testing

@testable import Manager

/// Files of an image, read without mounting it.
@Suite struct MergedViewTests {
    private let directory = TemporaryDirectory("view")

    /// Makes a layer; a text ending with `->` is a link to what stands behind.
    private func layer(_ name: String, _ files: [String: String]) throws -> String {
        let root = directory.directory(name)
        for (path, text) in files {
            let full = root + path
            try makeDirectories((full as NSString).deletingLastPathComponent, mode: 0o755)
            if text.hasPrefix("->") {
                try FileManager.default.createSymbolicLink(
                    atPath: full, withDestinationPath: String(text.dropFirst(2)))
            } else {
                try text.write(toFile: full, atomically: false, encoding: .utf8)
            }
        }
        return root
    }

    private func text(_ view: MergedView, _ path: String) throws -> String? {
        try view.read(path, limit: 1000).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func theHighestLayerWins() throws {
        let view = MergedView(layers: [
            try layer("b", ["/etc/passwd": "new"]),
            try layer("a", ["/etc/passwd": "old", "/etc/group": "groups"]),
        ])
        #expect(try text(view, "/etc/passwd") == "new")
        #expect(try text(view, "/etc/group") == "groups")
        #expect(try text(view, "/etc/shadow") == nil)
        #expect(try text(view, "/etc") == nil)
    }

    @Test(.needsRoot) func aWhiteoutHidesWhatIsBelow() throws {
        let upper = try layer("b", ["/etc/other": "x"])
        #expect(Command.run("mknod", [upper + "/etc/passwd", "c", "0", "0"]).status == 0)
        let view = MergedView(layers: [upper, try layer("a", ["/etc/passwd": "old"])])
        #expect(try text(view, "/etc/passwd") == nil)
    }

    @Test(.needsRoot) func anOpaqueDirectoryHidesWhatIsBelow() throws {
        let upper = try layer("b", ["/etc/other": "x"])
        try openFile(upper + "/etc", O_RDONLY).setAttribute(
            "trusted.overlay.opaque", Array("y".utf8))
        let view = MergedView(layers: [upper, try layer("a", ["/etc/passwd": "old"])])
        #expect(try text(view, "/etc/passwd") == nil)
        #expect(try text(view, "/etc/other") == "x")
    }

    @Test func linksAreFollowedInsideTheStack() throws {
        let view = MergedView(layers: [
            try layer("b", ["/etc/passwd": "->../usr/lib/passwd", "/lib": "->usr/lib"]),
            try layer("a", ["/usr/lib/passwd": "there", "/usr/lib/x": "y"]),
        ])
        #expect(try text(view, "/etc/passwd") == "there")
        #expect(try text(view, "/lib/x") == "y")
        #expect(try text(view, "/lib/../lib/x") == "y")
    }

    @Test func noLinkLeadsOut() throws {
        let secret = directory.file("secret")
        try "host".write(toFile: secret, atomically: false, encoding: .utf8)
        let view = MergedView(layers: [
            try layer(
                "a",
                [
                    "/absolute": "->\(secret)", "/up": "->../secret",
                    "/far": "->../../../../../../..\(secret)", "/x": "y",
                ])
        ])
        for path in ["/absolute", "/up", "/far", "/../secret", "/../../\(secret)"] {
            #expect(try text(view, path) == nil, "\(path)")
        }
        #expect(try text(view, "/../../x") == "y")
    }

    @Test func aLinkToItselfIsAnError() throws {
        let view = MergedView(layers: [try layer("a", ["/etc/passwd": "->passwd"])])
        #expect(throws: SystemError.self) { try view.read("/etc/passwd", limit: 10) }
    }

    @Test func whatIsTooLongIsNotRead() throws {
        let view = MergedView(layers: [
            try layer("a", ["/long": String(repeating: "x", count: 2000)])
        ])
        #expect(throws: SystemError.self) { try view.read("/long", limit: 1000) }
    }

    @Test func aFifoIsNoFile() throws {
        let root = try layer("a", ["/x": "y"])
        #expect(Command.run("mkfifo", [root + "/fifo"]).status == 0)
        #expect(try text(MergedView(layers: [root]), "/fifo") == nil)
    }
}
