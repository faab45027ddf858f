/// Paths as the kernel reads them: bytes, with the byte `/` between names.
///
/// A `Character` may be a slash with the marks that follow or precede it in the text, which is then no
/// slash to Swift: split by characters, `../\u{301}x` is one harmless name, and leads out all the same.
extension StringProtocol {
    /// The names between slashes; none is empty.
    var pathNames: [Substring] {
        Substring(self).utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) }
    }

    var hasSlash: Bool { utf8.contains(UInt8(ascii: "/")) }

    var beginsWithSlash: Bool { utf8.first == UInt8(ascii: "/") }
}

extension String {
    var lastSlash: Index? { utf8.lastIndex(of: UInt8(ascii: "/")) }
}

extension Substring {
    var lastSlash: Index? { utf8.lastIndex(of: UInt8(ascii: "/")) }
}
