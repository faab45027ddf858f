extension StringProtocol {
    /// True where the text stands somewhere in it, byte for byte. `contains` does that too, but brings
    /// a parser of regular expressions into every program that uses it.
    public func includes(_ text: String) -> Bool {
        let wanted = Array(text.utf8)
        return utf8.indices.contains { utf8[$0...].starts(with: wanted) } || wanted.isEmpty
    }
}
