import Testing

@testable import Ctl

// A046
struct DetachKeysTests {
    private func feed(_ typed: [[UInt8]], keys: String) throws -> ([UInt8], Bool) {
        var scanner = DetachScanner(try DetachKeys(keys))
        var forwarded: [UInt8] = []
        for piece in typed {
            let (forward, detached) = scanner.feed(piece)
            forwarded += forward
            if detached { return (forwarded, true) }
        }
        return (forwarded, false)
    }

    @Test func theSequenceDetachesAndIsNotPassedOn() throws {
        let (forwarded, detached) = try feed([Array("ab".utf8), [16, 17]], keys: "ctrl-p,ctrl-q")
        #expect(detached && forwarded == Array("ab".utf8))
    }

    @Test func theSequenceMayComeKeyByKey() throws {
        #expect(try feed([[16], [17]], keys: "ctrl-p,ctrl-q").1)
    }

    @Test func aHalfSequenceIsPassedOnWithTheNextKey() throws {
        let (forwarded, detached) = try feed([[16], [120]], keys: "ctrl-p,ctrl-q")
        #expect(!detached && forwarded == [16, 120])
    }

    @Test func theFirstKeyTwiceStillBeginsTheSequence() throws {
        let (forwarded, detached) = try feed([[16, 16, 17]], keys: "ctrl-p,ctrl-q")
        #expect(detached && forwarded == [16])
    }

    @Test func aSequenceThatRepeatsItsBeginningIsFound() throws {
        let (forwarded, detached) = try feed([Array("aaab".utf8)], keys: "a,a,b")
        #expect(detached && forwarded == Array("a".utf8))
    }

    @Test func withoutKeysEverythingIsPassedOn() throws {
        let (forwarded, detached) = try feed([[16, 17, 0, 255]], keys: "")
        #expect(!detached && forwarded == [16, 17, 0, 255])
    }

    @Test func keysAreReadAsDockerWritesThem() throws {
        #expect(try DetachKeys("ctrl-p,ctrl-q") == .standard)
        #expect(try DetachKeys("CTRL-a,x").keys == [1, 120])
        #expect(
            try DetachKeys("ctrl-@,ctrl-[,ctrl-\\,ctrl-],ctrl-^,ctrl-_").keys == [
                0, 27, 28, 29, 30, 31,
            ])
    }

    @Test(arguments: ["ctrl-", "ctrl-1", "ab", "a,,b", "ctrl-pq", "é"])
    func whatIsNoKeyIsRefused(_ text: String) {
        #expect(throws: Complaint.self) { try DetachKeys(text) }
    }
}
