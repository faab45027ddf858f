internal import Crypto

/// Names bytes by their SHA-256: `sha256:` and 64 hexadecimal digits.
package struct Digest: Hashable, Sendable, CustomStringConvertible {
    /// The 64 digits.
    package let hex: String

    package var description: String { "sha256:" + hex }

    /// Reads `sha256:…`; nil for anything else, other algorithms and capital letters included.
    package init?(_ text: String) {
        guard text.hasPrefix("sha256:") else { return nil }
        self.init(hex: String(text.dropFirst("sha256:".count)))
    }

    /// 64 hexadecimal digits, in lower case.
    init?(hex: String) {
        guard hex.utf8.count == 64, hex.utf8.allSatisfy(isLowerHexDigit) else { return nil }
        self.hex = hex
    }

    init(_ hash: SHA256.Digest) {
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in hash {
            text.append(hexDigits[Int(byte >> 4)])
            text.append(hexDigits[Int(byte & 15)])
        }
        hex = String(decoding: text, as: UTF8.self)
    }

    package init(of bytes: [UInt8]) {
        self.init(SHA256.hash(data: bytes))
    }

    /// The chain id of a layer over the layers of `parent` (image-spec config.md, Layer ChainID).
    static func chain(_ parent: String?, _ diffID: String) -> String {
        guard let parent else { return diffID }
        return Digest(of: Array("\(parent) \(diffID)".utf8)).description
    }
}

private let hexDigits = Array("0123456789abcdef".utf8)

func isLowerHexDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
}
