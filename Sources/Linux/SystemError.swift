internal import Glibc

/// A system call that failed: what was being done, to what, and errno(3).
public struct SystemError: Error, Equatable, CustomStringConvertible, Sendable {
    /// What was being done, in words, with its object: `open /run/apus`.
    public var doing: String
    /// errno(3).
    public var code: Int32

    public init(_ doing: String, _ code: Int32) {
        self.doing = doing
        self.code = code
    }

    /// The kernel's words for the code: `no such file or directory`.
    public var reason: String { Self.reason(code) }

    /// True where a non-blocking descriptor has nothing to give or no room: try when it is ready.
    public var isTemporary: Bool { code == EAGAIN }

    /// No space, no inodes or no quota is left.
    public var isOutOfSpace: Bool { code == ENOSPC || code == EDQUOT }

    public var description: String { "\(doing): \(reason)" }

    /// strerror(3), in lower case as the messages of the toolkit are.
    public static func reason(_ code: Int32) -> String {
        let text = unsafe String(cString: strerror(code))
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}
