internal import CLinux
internal import Glibc
internal import Linux

/// The descriptor of the mount that the program has gone over to.
///
/// To close the last descriptor of a mount that is attached nowhere makes the kernel wait until nobody
/// looks at it any more: an RCU grace period, 0.1 ms and at times 2. So it stays open until there is
/// another, of a process made meanwhile, or until nobody waits for this process.
extension SealedExecutable {
    /// -1 for none.
    nonisolated(unsafe) private static var held: Int32 = -1

    static func hold(_ mount: consuming OwnedDescriptor) { unsafe held = mount.release() }

    /// Mounts it on a file that is about to vanish with all that is mounted there; then its end is
    /// part of that one's.
    static func leaveMount(on file: borrowing OwnedDescriptor) throws(SystemError) {
        guard unsafe held >= 0 else { return }
        let mount = unsafe OwnedDescriptor(owning: held)
        unsafe held = -1
        try MountTree.attach(mount, to: file, name: ownFile)
    }

    package static func releaseMount() {
        guard unsafe held >= 0 else { return }
        unsafe close(held)
        unsafe held = -1
    }

    /// A number that no caller can have meant.
    static func holds(_ number: Int32) -> Bool { unsafe held == number }
}
