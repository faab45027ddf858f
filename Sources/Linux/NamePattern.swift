internal import CLinux
internal import Glibc

/// An extended regular expression (regex(7)).
@safe public struct NamePattern: ~Copyable {
    private var compiled = unsafe regex_t()

    /// EINVAL where the text is none.
    public init(_ text: String) throws(SystemError) {
        guard unsafe regcomp(&compiled, text, REG_EXTENDED | REG_NOSUB) == 0 else {
            throw SystemError("read the regular expression \"\(text)\"", EINVAL)
        }
    }

    /// Whether it matches somewhere in a name.
    public mutating func matches(_ name: String) -> Bool {
        unsafe regexec(&compiled, name, 0, nil, 0) == 0
    }

    deinit {
        var mine = unsafe compiled
        unsafe regfree(&mine)
    }
}
