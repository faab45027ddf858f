/// An image's name in full: `registry/path:tag` or `registry/path@sha256:…`.
///
/// The short forms are docker's: no registry is docker.io, no path there is library/, and no tag is
/// latest (github.com/distribution/reference).
package struct ImageName: Hashable, Sendable, CustomStringConvertible {
    /// A host, with its port where it has one: `docker.io`, `localhost:5000`.
    package let registry: String
    /// `library/alpine`.
    package let path: String
    /// Nil where only a digest names it.
    package let tag: String?
    package let digest: Digest?

    package var repository: String { registry + "/" + path }

    package var description: String {
        repository + (tag.map { ":" + $0 } ?? "") + (digest.map { "@\($0)" } ?? "")
    }

    /// Reads a name as people type it.
    package init(_ text: String) throws(StoreError) {
        var rest = Substring(text)
        var digest: Digest?
        if let at = rest.firstIndex(of: "@") {
            digest = Digest(String(rest[rest.index(after: at)...]))
            guard digest != nil else { throw Self.invalid(text, "its digest is not sha256") }
            rest = rest[..<at]
        }
        var tag: String?
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("/") {
            tag = String(rest[rest.index(after: colon)...])
            rest = rest[..<colon]
        }
        let (registry, path) = Self.split(rest)
        guard !path.isEmpty else { throw Self.invalid(text, "it has no path") }
        guard Self.isRegistry(registry) else {
            throw Self.invalid(text, "\(registry) is no registry's host")
        }
        guard path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy(Self.isPart)
        else {
            let isUpper = path.utf8.contains { (0x41...0x5a).contains($0) }
            throw Self.invalid(
                text,
                isUpper
                    ? "it must be in lower case"
                    : "its path has a character or a form that names cannot have")
        }
        guard registry.utf8.count + path.utf8.count < 255 else {
            throw Self.invalid(text, "it is longer than 255 characters")
        }
        if let tag, !Self.isTag(tag) { throw Self.invalid(text, "its tag is not well formed") }
        self.registry = registry
        self.path = path
        self.tag = tag ?? (digest == nil ? "latest" : nil)
        self.digest = digest
    }

    private static func split(_ text: Substring) -> (registry: String, path: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, looksLikeHost(parts[0]) else {
            return ("docker.io", (text.contains("/") ? "" : "library/") + text)
        }
        let isDocker = parts[0] == "docker.io" || parts[0] == "index.docker.io"
        let path = isDocker && !parts[1].contains("/") ? "library/" + parts[1] : String(parts[1])
        return (isDocker ? "docker.io" : String(parts[0]), path)
    }

    /// A first part is a host where no user's name could look like it.
    private static func looksLikeHost(_ part: Substring) -> Bool {
        part == "localhost" || part.contains(".") || part.contains(":")
            || part.contains { $0.isUppercase }
    }

    private static func isRegistry(_ text: String) -> Bool {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return false }
            let isAddress = text[text.index(after: text.startIndex)..<end].utf8.allSatisfy {
                isLowerHexDigit($0 | 0x20) || $0 == 0x3a
            }
            return isAddress && isPort(text[text.index(after: end)...])
        }
        let colon = text.firstIndex(of: ":") ?? text.endIndex
        let labels = text[..<colon].split(separator: ".", omittingEmptySubsequences: false)
        return isPort(text[colon...])
            && labels.allSatisfy { label in
                !label.isEmpty && !label.hasPrefix("-") && !label.hasSuffix("-")
                    && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 0x2d }
            }
    }

    /// Empty, or a colon and digits.
    private static func isPort(_ text: Substring) -> Bool {
        text.isEmpty || (text.hasPrefix(":") && UInt16(text.dropFirst()) != nil)
    }

    /// Lower-case letters and digits, with single `.`, one or two `_`, or any number of `-` between.
    private static func isPart(_ part: Substring) -> Bool {
        var separator: [UInt8] = []
        var hasBegun = false
        for byte in part.utf8 {
            if isLowerLetterOrDigit(byte) {
                guard separator.isEmpty || (hasBegun && isSeparator(separator)) else {
                    return false
                }
                separator = []
                hasBegun = true
            } else {
                separator.append(byte)
            }
        }
        return hasBegun && separator.isEmpty
    }

    private static func isSeparator(_ bytes: [UInt8]) -> Bool {
        bytes == [0x2e] || bytes == [0x5f] || bytes == [0x5f, 0x5f]
            || bytes.allSatisfy { $0 == 0x2d }
    }

    private static func isTag(_ tag: String) -> Bool {
        guard let first = tag.utf8.first, tag.utf8.count <= 128 else { return false }
        return (isLetterOrDigit(first) || first == 0x5f)
            && tag.utf8.allSatisfy {
                isLetterOrDigit($0) || $0 == 0x5f || $0 == 0x2e || $0 == 0x2d
            }
    }

    private static func invalid(_ text: String, _ cause: String) -> StoreError {
        StoreError(
            .invalid, stage: "read image name", subject: text, cause: cause,
            hint: "names look like alpine, alpine:3.20 or registry.example:5000/team/app:1.0")
    }
}

private func isLowerLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte)
}

private func isLetterOrDigit(_ byte: UInt8) -> Bool {
    isLowerLetterOrDigit(byte) || (0x41...0x5a).contains(byte)
}
