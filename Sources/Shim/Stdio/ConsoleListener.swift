internal import CLinux
internal import Glibc
internal import Linux

/// The socket (--console-socket) on which a runtime hands over the master of the terminal that it
/// made for a process.
final class ConsoleListener {
    /// Given to the runtime: always short enough for a socket address.
    let path: String
    private let file: String
    private let listener: OwnedDescriptor
    /// Keeps the short way to a long directory open.
    private let directory: OwnedDescriptor

    init(directory path: String, name: String) throws(SystemError) {
        let directory = try openFile(path, APUS_O_PATH | O_DIRECTORY)
        let file = "\(path)/\(name).tty"
        let isShort = file.utf8.count <= UnixSocket.longestPath
        // A bundle may lie deeper than the 107 bytes of an address reach; through the shim's own
        // descriptor the runtime finds the same directory.
        let address = isShort ? file : "/proc/\(getpid())/fd/\(directory.raw)/\(name).tty"
        unsafe unlink(file)
        listener = try UnixSocket.listen(address, mode: 0o600)
        try listener.setNonBlocking()
        self.path = address
        self.file = file
        self.directory = directory
    }

    deinit { unsafe unlink(file) }

    /// The master that the runtime has sent; nil where it has sent none. To be asked when the
    /// runtime has ended.
    func receive() throws(SystemError) -> OwnedDescriptor? {
        let peer: OwnedDescriptor
        do throws(SystemError) { peer = try UnixSocket.accept(listener) } catch {
            if error.isTemporary { return nil }
            throw error
        }
        try peer.setNonBlocking()
        // The message is the terminal's name; only the descriptor beside it matters.
        var name = [UInt8](repeating: 0, count: 4096)
        let (_, descriptors) = try UnixSocket.receive(into: &name, on: peer)
        for extra in descriptors.dropFirst() { _ = OwnedDescriptor(owning: extra) }
        guard let raw = descriptors.first else { return nil }
        return OwnedDescriptor(owning: raw)
    }
}
