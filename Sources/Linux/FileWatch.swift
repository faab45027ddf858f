internal import CLinux
internal import Glibc

/// A descriptor that becomes readable when a file has been changed (inotify(7)).
public struct FileWatch: ~Copyable {
    public let descriptor: OwnedDescriptor

    public init(of path: String) throws(SystemError) {
        let raw = try check("make an inotify descriptor") {
            inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        }
        let made = OwnedDescriptor(owning: raw)
        try check("watch \(path)") { unsafe inotify_add_watch(raw, path, UInt32(IN_MODIFY)) }
        descriptor = made
    }
}

/// A counter that others raise, and that can be waited for (eventfd(2)).
public struct EventCounter: ~Copyable {
    public let descriptor: OwnedDescriptor

    public init() throws(SystemError) {
        descriptor = OwnedDescriptor(
            owning: try check("make an event counter") {
                eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
            })
    }
}
