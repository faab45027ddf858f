/// Writes tars entry by entry, also such as no honest program would: header by header (tar(5)).
struct TarWriter {
    private(set) var bytes: [UInt8] = []

    enum Kind: UInt8 {
        case file = 0x30
        case hardLink, symbolicLink, characterDevice, blockDevice, directory, fifo
    }

    mutating func add(
        _ path: String, _ kind: Kind = .file, mode: Int = 0o644, uid: Int = 0, gid: Int = 0,
        modified: Int = 1_600_000_000, link: String = "", content: [UInt8] = [], major: Int = 0,
        minor: Int = 0, pax: [(String, [UInt8])] = []
    ) {
        var records = pax
        if path.utf8.count > 100 { records.append(("path", Array(path.utf8))) }
        if link.utf8.count > 100 { records.append(("linkpath", Array(link.utf8))) }
        if !records.isEmpty { addExtended(records) }
        var header = [UInt8](repeating: 0, count: 512)
        put(Array(path.utf8.prefix(100)), at: 0, in: &header)
        putOctal(mode, at: 100, width: 8, in: &header)
        putOctal(uid, at: 108, width: 8, in: &header)
        putOctal(gid, at: 116, width: 8, in: &header)
        putOctal(content.count, at: 124, width: 12, in: &header)
        putOctal(modified, at: 136, width: 12, in: &header)
        header[156] = kind.rawValue
        put(Array(link.utf8.prefix(100)), at: 157, in: &header)
        put(Array("ustar\u{0}00".utf8), at: 257, in: &header)
        putOctal(major, at: 329, width: 8, in: &header)
        putOctal(minor, at: 337, width: 8, in: &header)
        append(header: header, content: content)
    }

    mutating func addFile(_ path: String, _ text: String, mode: Int = 0o644) {
        add(path, mode: mode, content: Array(text.utf8))
    }

    mutating func addDirectory(_ path: String, mode: Int = 0o755, modified: Int = 1_600_000_000) {
        add(path, .directory, mode: mode, modified: modified)
    }

    mutating func addLink(_ path: String, to target: String) {
        add(path, .symbolicLink, mode: 0o777, link: target)
    }

    /// With the two blocks that end a tar.
    var finished: [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }

    /// A PAX header for the next entry: `LENGTH KEY=VALUE\n`, the length counting itself.
    private mutating func addExtended(_ records: [(String, [UInt8])]) {
        var content: [UInt8] = []
        for (key, value) in records {
            let rest = Array(" \(key)=".utf8) + value + [0x0a]
            var length = rest.count + 1
            while "\(length)".utf8.count + rest.count != length { length += 1 }
            content += Array("\(length)".utf8) + rest
        }
        var header = [UInt8](repeating: 0, count: 512)
        put(Array("pax".utf8), at: 0, in: &header)
        putOctal(0o644, at: 100, width: 8, in: &header)
        putOctal(content.count, at: 124, width: 12, in: &header)
        header[156] = UInt8(ascii: "x")
        put(Array("ustar\u{0}00".utf8), at: 257, in: &header)
        append(header: header, content: content)
    }

    private mutating func append(header: [UInt8], content: [UInt8]) {
        var header = header
        put(Array("        ".utf8), at: 148, in: &header)
        let sum = header.reduce(0) { $0 + Int($1) }
        put(Array(octal(sum, width: 6).utf8) + [0, 0x20], at: 148, in: &header)
        bytes += header + content
        bytes += [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }

    private func put(_ value: [UInt8], at offset: Int, in header: inout [UInt8]) {
        header.replaceSubrange(offset..<offset + value.count, with: value)
    }

    private func putOctal(_ value: Int, at offset: Int, width: Int, in header: inout [UInt8]) {
        put(Array(octal(value, width: width - 1).utf8), at: offset, in: &header)
    }

    private func octal(_ value: Int, width: Int) -> String {
        let digits = String(value, radix: 8)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

func tar(_ fill: (inout TarWriter) -> Void) -> [UInt8] {
    var writer = TarWriter()
    fill(&writer)
    return writer.finished
}
