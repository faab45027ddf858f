/// A file's name or path as the kernel has it: bytes other than NUL, in no particular encoding.
///
/// What a container or an archive calls its files need not be UTF-8; as a `String` such a name would
/// be mended, and then name nothing.
public struct FileName: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// With a NUL behind it.
    let cString: [CChar]

    /// Up to the first NUL.
    public init(_ bytes: some Sequence<UInt8>) {
        cString = bytes.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } + [0]
    }

    public init(_ name: String) { self.init(name.utf8) }

    public init(stringLiteral name: String) { self.init(name.utf8) }

    public var bytes: [UInt8] { cString.dropLast().map { UInt8(bitPattern: $0) } }

    public var description: String { String(decoding: bytes, as: UTF8.self) }
}
