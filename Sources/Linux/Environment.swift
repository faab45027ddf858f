internal import CLinux
internal import Glibc

/// A variable of the process's environment; nil where it is unset or empty.
public func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
}

/// All of it, as NAME=VALUE.
public var environmentEntries: [String] {
    var entries: [String] = []
    guard var place = unsafe apus_environ() else { return [] }
    while let entry = unsafe place.pointee {
        entries.append(unsafe String(cString: entry))
        unsafe place += 1
    }
    return entries
}

/// Where programs are looked for.
public enum SearchPath {
    /// Where there is no PATH.
    public static let standard = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// PATH, or what stands in for it.
    public static var current: String { environment("PATH") ?? standard }

    public static var directories: [String] { current.split(separator: ":").map(String.init) }
}
