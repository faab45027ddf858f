import Glibc

/// One kind of input that comes from outside, and what must hold of every one of them.
///
/// libFuzzer feeds it (`make fuzz`), and so do the tests, from the corpus and by random changes.
package struct FuzzTarget: Sendable {
    package let name: String
    /// Traps where an input is not treated as it must be. A refusal is fine.
    package let check: @Sendable ([UInt8]) -> Void
    /// What inputs of this kind are made of.
    package let words: [String]

    init(_ name: String, words: [String] = [], _ check: @escaping @Sendable ([UInt8]) -> Void) {
        self.name = name
        self.words = words
        self.check = check
    }

    package static let all: [FuzzTarget] = [
        configuration, process, state, mappings, mountOptions, cgroupPath, cgroupLayout, handshake,
        handshakeStream, options, programFile, variantText, seccomp, frames, message,
    ]
}

/// The condition holds of every input, or somebody has to know at once.
func must(_ condition: Bool, _ what: @autoclosure () -> String) {
    guard condition else {
        let text = Array("\(what())\n".utf8)
        _ = unsafe write(2, text, text.count)
        fatalError("this must not be")
    }
}

/// Takes decisions from an input, for what is too structured to be found by changing bytes. Zeros
/// follow its end.
struct ByteReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isEmpty: Bool { rest.isEmpty }

    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    mutating func number(below limit: Int) -> Int { Int(byte()) % limit }

    mutating func word() -> UInt64 { (0..<8).reduce(0) { sum, _ in sum << 8 | UInt64(byte()) } }

    mutating func element<Element>(of list: [Element]) -> Element {
        list[number(below: list.count)]
    }
}
