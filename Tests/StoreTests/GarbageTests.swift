import Foundation
import Store
import TestSupport
import Testing

private let base = tar { $0.addFile("base", "base") }
private let upper = tar { $0.addFile("upper", "upper") }

@Suite struct GarbageTests {
    @Test func theLastNameTakesTheImageWithIt() async throws {
        let test = try TestStore()
        let image = try await test.load(layers: [base, upper], name: "one:1")
        try test.store.tag("one:1", as: "two:2")
        let first = try test.store.removeImage("one:1", usedDigests: [], force: false)
        #expect(first.untagged == ["docker.io/library/one:1"] && first.deleted == [])
        #expect(try test.store.image("two:2").digest == image.digest)
        let last = try test.store.removeImage("two:2", usedDigests: [], force: false)
        #expect(last.untagged == ["docker.io/library/two:2"])
        #expect(last.deleted.count == 4)
        #expect(test.leftovers == [])
    }

    @Test func whatAnotherImageHasStays() async throws {
        let test = try TestStore()
        let one = try await test.load(layers: [base], name: "one:1")
        let two = try await test.load(layers: [base, upper], name: "two:1")
        let removed = try test.store.removeImage("two:1", usedDigests: [], force: false)
        #expect(!removed.deleted.contains(one.layers[0].digest))
        #expect(removed.deleted.contains(two.layers[1].digest))
        #expect(try test.store.listSnapshots().map(\.key) == [one.layers[0].chainID])
        #expect(read(try test.topFiles(one) + "/base") == "base")
    }

    @Test func whatAContainerStandsOnStays() async throws {
        let test = try TestStore()
        let image = try await test.load(layers: [base, upper], name: "one:1")
        let snapshot = try test.store.prepareSnapshot(key: "container", for: image)
        for digest in [image.digest, image.configDigest] {
            let error = await storeError {
                _ = try test.store.removeImage("one:1", usedDigests: [digest], force: false)
            }
            #expect(error?.kind == .inUse)
        }
        _ = try test.store.removeImage("one:1", usedDigests: [image.digest], force: true)
        #expect(read(snapshot.lowerDirectories[0] + "/upper") == "upper")
        try test.store.removeSnapshot(key: "container")
        // The layers go with the container.
        #expect(test.leftovers == [])
    }

    @Test func aDigestOfAnImageWithSeveralNamesNeedsForce() async throws {
        let test = try TestStore()
        let image = try await test.load(layers: [base], name: "one:1")
        try test.store.tag("one:1", as: "two:2")
        let error = await storeError {
            _ = try test.store.removeImage(image.digest, usedDigests: [], force: false)
        }
        #expect(error?.kind == .inUse)
        let removed = try test.store.removeImage(image.digest, usedDigests: [], force: true)
        #expect(removed.untagged.count == 2)
        #expect(try test.store.images() == [])
    }

    @Test func aNameMovesToTheImageThatIsTaggedLater() async throws {
        let test = try TestStore()
        let one = try await test.load(layers: [base], name: "one:1")
        let two = try await test.load(layers: [upper], name: "one:1")
        #expect(try test.store.image("one:1").digest == two.digest)
        #expect(try test.store.image(one.digest).names == [])
        try test.store.tag(one.digest, as: "localhost:5000/x")
        #expect(try test.store.image("localhost:5000/x:latest").digest == one.digest)
    }

    @Test func anUnknownReferenceIsNotFound() async throws {
        let test = try TestStore()
        for reference in ["nothing", "nothing:tag", "sha256:0123", "0123", "UPPER", ""] {
            let found = await storeError { _ = try test.store.image(reference) }
            #expect(found?.kind == .notFound)
            let removed = await storeError {
                _ = try test.store.removeImage(reference, usedDigests: [], force: true)
            }
            #expect(removed?.kind == .notFound)
        }
    }
}
