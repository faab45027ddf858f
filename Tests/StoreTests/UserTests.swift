import Foundation
import TestSupport
import Testing

@testable import Store

private let files = tar { tar in
    tar.addFile(
        "etc/passwd",
        """
        root:x:0:0:root:/root:/bin/sh
        # a comment
        not a record
        app:x:1000:100:App:/home/app:/bin/sh
        42:x:7:8::/numbers:/bin/sh
        short:x:9:9
        """)
    tar.addFile(
        "etc/group", "root:x:0:\nusers:x:100:\nwheel:x:10:app,root\naudio:x:63:app\nlone:x:5\n")
}

@Suite struct UserTests {
    private func find(_ text: String, layers: [[UInt8]] = [files]) async throws -> ContainerUser {
        let test = try TestStore()
        let image = try await test.load(layers: layers)
        let snapshot = try test.store.prepareSnapshot(key: "container", for: image)
        return try test.store.findUser(text, in: snapshot)
    }

    @Test func namesAndNumbersAreFound() async throws {
        let root = ContainerUser(uid: 0, gid: 0, additionalGids: [10], home: "/root")
        let app = ContainerUser(uid: 1000, gid: 100, additionalGids: [10, 63], home: "/home/app")
        #expect(try await find("") == root)
        #expect(try await find("root") == root)
        #expect(try await find("app") == app)
        #expect(try await find("1000") == app)
        #expect(
            try await find("app:audio")
                == ContainerUser(uid: 1000, gid: 63, additionalGids: [], home: "/home/app"))
        #expect(try await find("app:77").gid == 77)
        #expect(try await find("42").uid == 7, "a name of digits is a name")
        #expect(try await find("short").home == "/")
        #expect(
            try await find("5000:6000")
                == ContainerUser(uid: 5000, gid: 6000, additionalGids: [], home: "/"))
    }

    // A165
    @Test func anImageWithoutPasswdTakesNumbers() async throws {
        let empty = [tar { $0.addFile("hello", "") }]
        #expect(
            try await find("65534", layers: empty)
                == ContainerUser(uid: 65534, gid: 0, additionalGids: [], home: "/"))
        let error = await storeError { _ = try await find("nobody", layers: empty) }
        #expect(error?.kind == .notFound)
        #expect(error?.cause == "the image's /etc/passwd has no user nobody")
    }

    @Test func whatTheImageDoesNotHaveIsAnError() async throws {
        for text in ["ghost", "app:ghosts"] {
            #expect(await storeError { _ = try await find(text) }?.kind == .notFound)
        }
        for text in ["4294967295", "2147483648", "1:99999999999"] {
            #expect(await storeError { _ = try await find(text) }?.kind == .invalid)
        }
    }

    @Test func linksLeadNowhereButIntoTheImage() async throws {
        let linked = [
            tar { tar in
                tar.addLink("etc/passwd", to: "../../../data/passwd")
                tar.addFile("data/passwd", "inside:x:77:77::/in:/bin/sh\n")
            }
        ]
        #expect(try await find("inside", layers: linked).uid == 77)
        let fifo = [tar { $0.add("etc/passwd", .fifo) }]
        #expect(
            await storeError { _ = try await find("0", layers: fifo) }?.cause
                == "it is no regular file")
        let circle = [tar { $0.addLink("etc/passwd", to: "passwd") }]
        #expect(await storeError { _ = try await find("0", layers: circle) } != nil)
        let removed = [files, tar { $0.addFile("etc/.wh.passwd", "") }]
        #expect(await storeError { _ = try await find("app", layers: removed) }?.kind == .notFound)
    }

    @Test func theContainersOwnChangesCount() async throws {
        let test = try TestStore()
        let image = try await test.load(layers: [files])
        let snapshot = try test.store.prepareSnapshot(key: "container", for: image)
        let path = test.directory.directory("mnt")
        try mountSnapshot(snapshot, at: path)
        Command.shell("printf '\\nnew:x:5:6::/new:/bin/sh\\n' >>\(path)/etc/passwd; umount \(path)")
        #expect(try test.store.findUser("new", in: snapshot).home == "/new")
    }

    @Test func aFileThatIsTooLargeIsNotRead() async throws {
        var limits = StoreLimits()
        limits.userDatabaseBytes = 100
        let test = try TestStore(limits: limits)
        let image = try await test.load(layers: [files])
        let snapshot = try test.store.prepareSnapshot(key: "container", for: image)
        #expect(await storeError { _ = try test.store.findUser("app", in: snapshot) } != nil)
    }
}
