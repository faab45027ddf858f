import Foundation
import Glibc
import Linux
import Store
import TestSupport
import Testing

/// What layers become on the disk.
@Suite struct LayerExtractionTests {
    @Test func everyKindOfFileIsUnpackedWithAllThatItHas() async throws {
        let test = try TestStore()
        let image = try await test.load(layers: [
            tar { tar in
                tar.add("./", .directory, mode: 0o751, modified: 1_500_000_000)
                tar.add("dir/", .directory, mode: 0o1777, uid: 7, gid: 8, modified: 1_500_000_001)
                tar.add(
                    "dir/suid", mode: 0o4755, uid: 12, gid: 34, modified: 1_500_000_002,
                    content: Array("x".utf8),
                    pax: [
                        ("SCHILY.xattr.user.color", Array("red".utf8)),
                        ("SCHILY.xattr.security.capability", capability),
                        ("SCHILY.xattr.trusted.overlay.redirect", Array("/etc".utf8)),
                        ("SCHILY.xattr.user.overlay.opaque", Array("y".utf8)),
                        ("mtime", Array("1500000002.123456789".utf8)),
                    ])
                tar.add("dir/again", .hardLink, link: "dir/suid")
                tar.addLink("dir/link", to: "../../../../outside")
                tar.add("dir/fifo", .fifo, mode: 0o640)
                tar.add("null", .characterDevice, mode: 0o666, major: 1, minor: 3)
                tar.add("loop", .blockDevice, mode: 0o660, gid: 6, major: 7, minor: 9)
                tar.addFile("/absolute", "stays inside")
                tar.addFile("implicit/deep/file", "x")
                tar.add("empty")
            }
        ])
        let root = try openFile(try test.topFiles(image), O_RDONLY | O_DIRECTORY)
        let top = try root.status()
        #expect(top.mode == 0o751)
        #expect(top.modified.seconds == 1_500_000_000)
        let dir = try root.openBeneath("dir", O_RDONLY | O_DIRECTORY)
        let status = try dir.status()
        #expect(status.mode == 0o1777 && status.uid == 7 && status.gid == 8)
        #expect(status.modified.seconds == 1_500_000_001, "filling it must not change it")
        let suid = try #require(try dir.status(of: "suid"))
        #expect(suid.mode == 0o4755 && suid.uid == 12 && suid.gid == 34 && suid.links == 2)
        #expect(suid.modified == FileTime(seconds: 1_500_000_002, nanoseconds: 123_456_789))
        #expect(try dir.status(of: "again")?.inode == suid.inode)
        let file = try dir.openBeneath("suid", O_RDONLY)
        #expect(try file.attribute("user.color") == Array("red".utf8))
        #expect(try file.attribute("security.capability")?.isEmpty == false)
        #expect(try file.attribute("trusted.overlay.redirect") == nil)
        #expect(try file.attribute("user.overlay.opaque") == nil)
        #expect("\(try dir.readLink("link"))" == "../../../../outside")
        #expect(try dir.status(of: "fifo")?.kind == .fifo)
        let null = try #require(try root.status(of: "null"))
        #expect(null.kind == .characterDevice && null.deviceMajor == 1 && null.deviceMinor == 3)
        #expect(null.mode == 0o666)
        let loop = try #require(try root.status(of: "loop"))
        #expect(loop.kind == .blockDevice && loop.deviceMajor == 7 && loop.gid == 6)
        #expect(try root.status(of: "absolute")?.sizeBytes == 12)
        #expect(try root.status(of: "implicit")?.mode == 0o755)
        #expect(try root.status(of: "empty")?.sizeBytes == 0)
    }

    @Test func longAndOddNamesArrive() async throws {
        let test = try TestStore()
        let long = String(repeating: "d", count: 200) + "/" + String(repeating: "f", count: 255)
        let image = try await test.load(layers: [
            tar { tar in
                tar.addFile(long, "long")
                tar.addLink("link", to: String(repeating: "t", count: 300))
                tar.addFile("späß/日本", "utf-8")
                tar.add("späß2", pax: [("path", Array("späß3".utf8))])
                tar.addFile("new\nline", "x")
                tar.addFile("./a/./b//c", "x")
            }
        ])
        let files = try test.topFiles(image)
        #expect(read(files + "/" + long) == "long")
        #expect(read(files + "/späß/日本") == "utf-8")
        #expect(read(files + "/späß3") == "")
        #expect(read(files + "/new\nline") == "x")
        #expect(read(files + "/a/b/c") == "x")
        let root = try openFile(files, O_RDONLY | O_DIRECTORY)
        #expect(try root.readLink("link").bytes.count == 300)
    }

    @Test func namesThatAreNoTextStayTheBytesThatTheyAre() async throws {
        let test = try TestStore()
        let folder = test.directory.directory("files")
        let name = FileName([0x66, 0xff, 0xe4])
        _ = try openFile(folder, O_RDONLY | O_DIRECTORY)
            .openBeneath(name, O_WRONLY | O_CREAT, mode: 0o600)
        for format in ["ustar", "gnu"] {
            Command.shell("tar -C \(folder) --format=\(format) -cf \(folder).tar .")
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + ".tar")))
            let image = try await test.load(layers: [bytes], name: "odd:\(format)")
            let root = try openFile(try test.topFiles(image), O_RDONLY | O_DIRECTORY)
            #expect(try root.status(of: name) != nil)
        }
    }

    @Test func sparseFilesKeepTheirHoles() async throws {
        let test = try TestStore()
        let folder = test.directory.directory("files")
        Command.shell(
            "truncate -s 100M \(folder)/hole; printf end >>\(folder)/hole;"
                + "truncate -s 30M \(folder)/empty")
        for format in ["gnu", "posix"] {
            Command.shell("tar -C \(folder) --sparse --format=\(format) -cf \(folder).tar .")
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + ".tar")))
            let image = try await test.load(layers: [bytes], name: "sparse:\(format)")
            let root = try openFile(try test.topFiles(image), O_RDONLY | O_DIRECTORY)
            let hole = try #require(try root.status(of: "hole"))
            #expect(hole.sizeBytes == 100 << 20 | 3)
            #expect(hole.blocks < 1000)
            #expect(try root.status(of: "empty")?.sizeBytes == 30 << 20)
        }
    }

    @Test func laterEntriesReplaceEarlierOnes() async throws {
        let test = try TestStore()
        let image = try await test.load(layers: [
            tar { tar in
                tar.addFile("twice", "first")
                tar.addFile("twice", "second")
                tar.addFile("file-then-dir", "x")
                tar.addFile("other", "outside of it")
                tar.addDirectory("file-then-dir/")
                tar.addFile("file-then-dir/in", "x")
                tar.addFile("dir-then-file/in", "x")
                tar.addFile("dir-then-file", "now a file")
                tar.addLink("link", to: "other")
                tar.addFile("link", "no longer a link")
                tar.addFile("linked", "shared")
                tar.add("second-name", .hardLink, link: "linked")
                tar.addFile("second-name", "its own")
                tar.addDirectory("same/", mode: 0o700)
                tar.addFile("same/kept", "x")
                tar.addDirectory("same/", mode: 0o750)
            }
        ])
        let files = try test.topFiles(image)
        #expect(read(files + "/twice") == "second")
        #expect(read(files + "/file-then-dir/in") == "x")
        #expect(read(files + "/dir-then-file") == "now a file")
        #expect(read(files + "/link") == "no longer a link")
        #expect(read(files + "/other") == "outside of it", "it must not be written through")
        #expect(read(files + "/linked") == "shared", "it must not be written through")
        #expect(read(files + "/same/kept") == "x")
        let root = try openFile(files, O_RDONLY | O_DIRECTORY)
        #expect(try root.status(of: "same")?.mode == 0o750)
    }

    @Test func pathsThroughLinksStayInsideTheImage() async throws {
        let test = try TestStore()
        let outside = test.directory.directory("outside")
        let image = try await test.load(layers: [
            tar { tar in
                tar.addLink("absolute", to: outside)
                tar.addFile("absolute/a", "inside")
                tar.addLink("up", to: "../../../../../.." + outside)
                tar.addFile("up/b", "inside")
                tar.addDirectory("usr/lib/")
                tar.addLink("lib", to: "usr/lib")
                tar.addFile("lib/c", "as the container sees it")
                tar.addLink("magic", to: "/proc/self/root")
                tar.addFile("magic/d", "inside")
            }
        ])
        let files = try test.topFiles(image)
        #expect(try FileManager.default.contentsOfDirectory(atPath: outside) == [])
        #expect(read(files + outside + "/a") == "inside")
        #expect(read(files + outside + "/b") == "inside")
        #expect(read(files + "/usr/lib/c") == "as the container sees it")
        #expect(read(files + "/proc/self/root/d") == "inside", "a directory of the image")
    }

    @Test(arguments: Hostile.all) func whatWouldLeadOutIsRefused(_ hostile: Hostile) async throws {
        let test = try TestStore()
        let error = await storeError { try await test.load(layers: [hostile.tar]) }
        #expect(error?.kind == .invalid)
        #expect(error?.cause.contains(hostile.cause) == true, "\(String(describing: error))")
        #expect(test.leftovers == [])
    }

    @Test func whatTheLayersBelowHaveIsHiddenByWhiteouts() async throws {
        let test = try TestStore()
        let lower = tar { tar in
            for name in ["gone", "kept", "dir/a", "dir/b", "opaque/old", "again/old", "swap/in"] {
                tar.addFile(name, "lower")
            }
        }
        let upper = tar { tar in
            tar.addFile(".wh.gone", "")
            tar.addFile("dir/.wh.a", "")
            tar.addFile("opaque/new", "upper")
            tar.addFile("opaque/.wh..wh..opq", "")
            // Both in one layer: what was below goes, what the layer brings stays.
            tar.addFile("again/new", "upper")
            tar.addFile(".wh.again", "")
            tar.addFile(".wh.swap", "")
            tar.addFile("swap/out", "upper")
            tar.addFile(".wh.never-there", "")
            tar.addFile(".wh..wh.plnk/123", "aufs's own")
            tar.add("dir/b", .characterDevice, major: 0, minor: 0)
        }
        let image = try await test.load(layers: [lower, upper])
        let root = try openFile(try test.topFiles(image), O_RDONLY | O_DIRECTORY)
        #expect(try root.status(of: "gone")?.isWhiteout == true)
        #expect(try root.status(of: "never-there") == nil)
        let names = Set(try root.entryNames().map(\.description))
        #expect(names == ["gone", "dir", "opaque", "again", "swap"])
        let merged = try Merged(test, image)
        #expect(
            merged.tree == [
                "again", "again/new", "dir", "kept", "opaque", "opaque/new", "swap", "swap/out",
            ])
    }

    @Test func aLayerMayHideEverythingBelow() async throws {
        let test = try TestStore()
        let image = try await test.load(layers: [
            tar { tar in
                tar.addFile("a/b", "lower")
                tar.addFile("c", "lower")
            },
            tar { tar in
                tar.addFile("a/new", "upper")
                tar.addFile(".wh..wh..opq", "")
            },
        ])
        #expect(try Merged(test, image).tree == ["a", "a/new"])
    }

    @Test func directoriesThatALayerOnlyPassesThroughStayAsTheyAre() async throws {
        let test = try TestStore()
        let image = try await test.load(layers: [
            tar { tar in
                tar.add("srv/", .directory, mode: 0o2770, uid: 5, gid: 6, modified: 1_400_000_000)
                tar.addLink("opt", to: "srv")
            },
            tar { $0.addFile("srv/new", "x") },
            tar { $0.addFile("opt/through", "x") },
        ])
        let root = try openFile(try test.files(image.layers[1].chainID), O_RDONLY | O_DIRECTORY)
        let status = try #require(try root.status(of: "srv"))
        #expect(status.mode == 0o2770 && status.uid == 5 && status.gid == 6)
        #expect(status.modified.seconds == 1_400_000_000)
        #expect(read(try test.files(image.layers[2].chainID) + "/srv/through") == "x")
        #expect(try Merged(test, image).tree == ["opt", "srv", "srv/new", "srv/through"])
    }

    @Test func hardLinksReachIntoTheLayersBelow() async throws {
        let test = try TestStore()
        let image = try await test.load(layers: [
            tar { $0.add("bin/tool", mode: 0o755, uid: 3, content: Array("tool".utf8)) },
            tar { $0.add("bin/alias", .hardLink, link: "bin/tool") },
        ])
        let merged = try Merged(test, image)
        #expect(read(merged.path + "/bin/alias") == "tool")
        let bin = try openFile(merged.path + "/bin", O_RDONLY | O_DIRECTORY)
        let (tool, alias) = (try bin.status(of: "tool"), try bin.status(of: "alias"))
        #expect(tool?.inode == alias?.inode)
        #expect(alias?.uid == 3 && alias?.mode == 0o755)
    }

    @Test func aTreeDeeperThanThereAreDescriptorsIsRemoved() async throws {
        let test = try TestStore()
        let image = try await test.load(layers: [
            tar { $0.addFile(String(repeating: "d/", count: 900) + "file", "deep") }
        ])
        #expect(
            try test.store.removeImage(image.digest, usedDigests: [], force: false).deleted.count
                == 3)
        #expect(test.leftovers == [])
    }

    /// A file capability in its second version: cap_net_raw permitted and effective.
    private let capability: [UInt8] = [
        1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ]
}

/// An archive that no honest program would write.
struct Hostile: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var cause: String
    var tar: [UInt8]

    init(_ description: String, _ cause: String, _ fill: (inout TarWriter) -> Void) {
        testDescription = description
        self.cause = cause
        tar = StoreTests.tar(fill)
    }

    static let all = [
        Hostile("a path with ..", "..") { $0.addFile("../../etc/x", "") },
        Hostile("a path with .. inside", "..") { $0.addFile("a/../../x", "") },
        Hostile("a hard link to ..", "..") { $0.add("x", .hardLink, link: "../../etc/shadow") },
        Hostile("a hard link to nothing", "no such file") {
            $0.add("x", .hardLink, link: "/etc/shadow")
        },
        Hostile("a hard link through a link", "no such file") {
            $0.addLink("out", to: "/etc")
            $0.add("x", .hardLink, link: "out/passwd")
        },
        Hostile("a hard link to a directory", "directory") {
            $0.addDirectory("d/")
            $0.add("x", .hardLink, link: "d")
        },
        Hostile("links in a circle", "too many symbolic links") {
            $0.addLink("a", to: "b")
            $0.addLink("b", to: "a")
            $0.addFile("a/x", "")
        },
        Hostile("a file as a directory", "in its way") {
            $0.addFile("a", "")
            $0.addFile("a/x", "")
        },
        Hostile("a whiteout of the parent", "whiteout") { $0.addFile("a/.wh...", "") },
        Hostile("a whiteout of itself", "whiteout") { $0.addFile("a/.wh..", "") },
        Hostile("a whiteout without a name", "whiteout") { $0.addFile("a/.wh.", "") },
        Hostile("a path that is too long", "longer") {
            $0.addFile(String(repeating: "abcdefg/", count: 600) + "x", "")
        },
        Hostile("a name that is too long", "longer") {
            $0.addFile(String(repeating: "n", count: 256), "")
        },
        Hostile("a root that is a file", "root") { $0.addFile(".", "") },
        Hostile("a symbolic link to nothing", "empty") { $0.addLink("x", to: "") },
    ]
}

/// An image's layers under a container, mounted.
final class Merged {
    let path: String

    init(_ test: TestStore, _ image: StoredImage) throws {
        let snapshot = try test.store.prepareSnapshot(
            key: "merged-\(UInt32.random(in: 0 ... .max))", for: image)
        path = test.directory.directory("merged")
        try mountSnapshot(snapshot, at: path)
    }

    deinit { unsafe umount2(path, 2) }

    /// All paths, sorted.
    var tree: [String] {
        (FileManager.default.enumerator(atPath: path)?.allObjects as! [String]).sorted()
    }
}

func mountSnapshot(_ snapshot: ActiveSnapshot, at path: String) throws {
    let mount = snapshot.mount
    let output = Command.run(
        "mount",
        ["-t", mount.type, "-o", mount.options.joined(separator: ","), mount.source, path])
    if mount.type == "bind" { Command.run("mount", ["--bind", mount.source, path]) }
    try #require(mount.type == "bind" || output.status == 0, "\(output)")
}
