import Foundation
import Linux
import Store
import TestSupport
import Testing

@Suite(.needsRoot) struct MakeDirectoryTests {
    private static let layer = tar { tar in
        tar.addDirectory("srv/")
        tar.addLink("link", to: "srv")
        tar.addFile("file", "x")
    }

    private let test: TestStore
    private let snapshot: ActiveSnapshot

    init() async throws {
        test = try TestStore()
        snapshot = try test.store.prepareSnapshot(
            key: "c", for: try await test.load(layers: [Self.layer]))
    }

    private func made() -> [String] {
        let all = FileManager.default.enumerator(atPath: snapshot.upper)
        return (all?.allObjects as? [String] ?? []).sorted()
    }

    @Test func whatIsMissingIsMade() throws {
        try test.store.makeDirectory("/opt/app/./data", in: snapshot)
        #expect(made() == ["opt", "opt/app", "opt/app/data"])
        #expect(try fileStatus(snapshot.upper + "/opt/app")?.mode == 0o755)
    }

    @Test func aDirectoryOfTheImageKeepsItsOwnerAndMode() throws {
        let lower = try #require(snapshot.lowerDirectories.first) + "/srv"
        let below = try openFile(lower, O_RDONLY | O_DIRECTORY)
        try below.setOwner(uid: 7, gid: 8)
        try below.setMode(0o1770)
        try test.store.makeDirectory("/srv/app", in: snapshot)
        let above = try #require(try fileStatus(snapshot.upper + "/srv"))
        #expect(above.mode == 0o1770)
        #expect(above.uid == 7)
        #expect(above.gid == 8)
    }

    @Test(arguments: ["/", "/srv", "/link", "/link/x", "/file/x", "/a/../b"])
    func whatIsThereOrOutOfReachIsLeftAlone(path: String) throws {
        try test.store.makeDirectory(path, in: snapshot)
        #expect(made().filter { $0 != "a" }.isEmpty, "\(made())")
    }
}
