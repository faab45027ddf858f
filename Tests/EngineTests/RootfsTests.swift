import Foundation
import Linux
import TestSupport
import Testing

@testable import Engine

/// Walks below a root that somebody else may have prepared.
struct RootfsTests {
    private let directory = TemporaryDirectory("rootfs")
    private var path: String { directory.file("root") }

    private func rootfs() throws -> Rootfs {
        _ = directory.directory("root")
        return Rootfs(try openFile(path, OpenMode.pathDirectory.flags))
    }

    private func link(_ name: String, _ target: String) {
        try! FileManager.default.createSymbolicLink(
            atPath: path + "/" + name, withDestinationPath: target)
    }

    private func kind(_ name: String) -> FileStatus.Kind? {
        try? FileStatus(path: directory.file(name)).kind
    }

    @Test func missingDirectoriesAreMade() throws {
        let rootfs = try rootfs()
        _ = try rootfs.directory("/a/b/c")
        #expect(kind("root/a/b/c") == .directory)
        directory.remove()
    }

    // A079: CVE-2019-18837, CVE-2024-45310
    @Test(arguments: ["/out", "../../out", "../out"])
    func aLinkOutLeadsIn(_ target: String) throws {
        let rootfs = try rootfs()
        _ = directory.directory("out")
        link("l", target == "/out" ? directory.file("out") : target)
        _ = try rootfs.directory("/l/new/deep")
        _ = try rootfs.file("/l/file")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.file("out")).isEmpty)
        directory.remove()
    }

    @Test func aDanglingLinkIsFollowedInside() throws {
        let rootfs = try rootfs()
        _ = try rootfs.directory("/etc")
        link("etc/resolv.conf", "../run/resolve/stub.conf")
        _ = try rootfs.file("/etc/resolv.conf")
        #expect(kind("root/run/resolve/stub.conf") == .file)
        directory.remove()
    }

    @Test func linksThatGoRoundEnd() throws {
        let rootfs = try rootfs()
        link("a", "b")
        link("b", "a")
        #expect(throws: SystemError.self) { _ = try rootfs.directory("/a/x") }
        directory.remove()
    }

    @Test func aMagicLinkIsNoWay() throws {
        let rootfs = try rootfs()
        #expect(throws: SystemError.self) {
            let proc = Rootfs(try openFile("/proc", OpenMode.pathDirectory.flags))
            _ = try proc.open("/self/root/etc")
        }
        _ = rootfs.root.raw
        directory.remove()
    }

    // A079: CVE-2019-19921
    @Test func aPathWithoutLinksRefusesThem() throws {
        let rootfs = try rootfs()
        _ = try rootfs.directory("/real")
        link("proc", "real")
        #expect(throws: SystemError.self) { _ = try rootfs.openWithoutLinks("/proc") }
        #expect(throws: Never.self) { _ = try rootfs.openWithoutLinks("/real") }
        directory.remove()
    }

    @Test func whatIsNotThereIsNil() throws {
        let rootfs = try rootfs()
        let isNothing = try rootfs.openIfPresent("/nothing/here") == nil
        #expect(isNothing)
        _ = try rootfs.file("/f")
        let isNothingBelow = try rootfs.openIfPresent("/f/below") == nil
        #expect(isNothingBelow)
        directory.remove()
    }

    @Test func aTreeIsCopiedWithItsLinksAndModes() throws {
        let rootfs = try rootfs()
        _ = try rootfs.directory("/from/inner")
        directory.write("root/from/inner/file", "text", mode: 0o640)
        link("from/link", "/etc/passwd")
        _ = try rootfs.directory("/to")
        try CopyUp.copy(
            from: try rootfs.open("/from", .directory), to: try rootfs.open("/to", .directory))
        #expect(try String(contentsOfFile: path + "/to/inner/file", encoding: .utf8) == "text")
        #expect(try FileStatus(path: path + "/to/inner/file").mode == 0o640)
        let target = try FileManager.default.destinationOfSymbolicLink(atPath: path + "/to/link")
        #expect(target == "/etc/passwd")
        directory.remove()
    }
}
