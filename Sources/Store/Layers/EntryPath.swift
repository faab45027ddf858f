internal import Linux

/// Where an entry of a layer goes, below the layer's root: names without `.`, `..` and empty ones.
struct EntryPath: Hashable, Sendable {
    var names: [[UInt8]]

    static let root = EntryPath(names: [])

    /// A path as an archive has it. A leading slash means the layer's root, as it does to the
    /// container.
    ///
    /// - Throws: `.invalid` for a path with `..`: no honest archive has it.
    init(_ bytes: [UInt8]) throws(StoreError) {
        names = bytes.split(separator: slash).map(Array.init).filter { $0 != Self.here }
        guard !names.contains(Self.above) else {
            throw Self.refused(bytes, "it has .. in it, which would lead out of the image")
        }
        guard bytes.count < 4096, names.allSatisfy({ $0.count <= 255 }) else {
            throw Self.refused(bytes, "it is longer than Linux takes")
        }
    }

    init(names: [[UInt8]]) { self.names = names }

    var last: [UInt8]? { names.last }
    var parent: EntryPath { EntryPath(names: names.dropLast()) }

    func appending(_ name: [UInt8]) -> EntryPath { EntryPath(names: names + [name]) }

    /// For calls relative to the root's descriptor.
    var fileName: FileName {
        FileName(names.isEmpty ? Self.here : Array(names.joined(separator: [slash])))
    }

    /// What a symbolic link says is a path of its own, with `..` in it.
    static func components(ofLink target: [UInt8]) -> (isAbsolute: Bool, names: [[UInt8]]) {
        (target.first == slash, target.split(separator: slash).map(Array.init))
    }

    static let here: [UInt8] = [0x2e]
    static let above: [UInt8] = [0x2e, 0x2e]

    private static func refused(_ bytes: [UInt8], _ cause: String) -> StoreError {
        StoreError(
            .invalid, stage: "unpack layer",
            subject: String(decoding: bytes.prefix(300), as: UTF8.self),
            cause: "the path is refused: \(cause)", hint: "build the image again")
    }
}

private let slash: UInt8 = 0x2f

/// The names by which a layer says that something of the layers below is gone (image-spec layer.md,
/// Whiteouts).
enum Whiteout: Equatable {
    /// That name, in the same directory.
    case name([UInt8])
    /// All that the layers below have in this directory.
    case opaque
    /// Aufs's own records, which mean nothing here.
    case ignored

    /// Nil for a name that is none.
    init?(_ name: [UInt8]) {
        guard name.starts(with: Self.prefix) else { return nil }
        let rest = Array(name.dropFirst(Self.prefix.count))
        if rest == Self.opaqueRest {
            self = .opaque
        } else if rest.starts(with: Self.prefix) {
            self = .ignored
        } else {
            self = .name(rest)
        }
    }

    /// `.wh.`
    static let prefix = Array(".wh.".utf8)
    private static let opaqueRest = Array(".wh..opq".utf8)
}

/// What overlayfs knows a directory by that hides those below it (overlayfs.rst).
let opaqueAttribute = "trusted.overlay.opaque"
