extension StringProtocol {
    /// True where the text stands somewhere in it, byte for byte. `contains` does that too, but brings
    /// a parser of regular expressions into every program that uses it.
    public func includes(_ text: String) -> Bool {
        let wanted = Array(text.utf8)
        return utf8.indices.contains { utf8[$0...].starts(with: wanted) } || wanted.isEmpty
    }

    /// What stands between separators, which are ASCII; nothing where two meet. `split` looks for
    /// characters and not for bytes, which takes many times as long.
    public func words(
        between separator: Unicode.Scalar, atMost count: Int = .max, keepingEmpty: Bool = false
    ) -> [Substring] {
        Substring(self).utf8.split(
            separator: UInt8(ascii: separator), maxSplits: count == .max ? .max : count - 1,
            omittingEmptySubsequences: !keepingEmpty
        ).map { Substring($0) }
    }
}
