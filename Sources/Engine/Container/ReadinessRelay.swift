internal import CLinux
internal import Glibc
internal import Linux
internal import OCI

/// Passes on that a container is ready (sd_notify(3)). The container has a socket of its own for it:
/// of what it says only `READY=1` goes on to the service manager, with the number of its init as
/// the host knows it.
package final class ReadinessRelay {
    /// Where the container finds the directory of its socket.
    private static let place = "/run/notify"
    private static let socketName = "notify.sock"
    private static let longestMessage = 4096
    /// How long the service manager may take to note the message, in milliseconds.
    private static let patience: Int32 = 5000

    private let socket: OwnedDescriptor
    private let target: String
    private let container: Container

    fileprivate init(
        _ socket: consuming OwnedDescriptor, _ target: String, _ container: Container
    ) {
        self.socket = socket
        self.target = target
        self.container = container
    }

    /// Readable when the container has said something.
    package var descriptor: Int32 { socket.raw }

    static func prepare(_ spec: inout Spec, _ options: CreateOptions) {
        let directory = StateDirectory(id: options.id, root: options.root)
        let name = "NOTIFY_SOCKET="
        spec.process?.env.removeAll { $0.hasPrefix(name) }
        // Without mounts of its own it cannot be given one.
        guard spec.linux.makes(.mount) else { return }
        spec.process?.env.append("\(name)\(place)/\(socketName)")
        spec.mounts.append(
            Mount(
                destination: place, type: "bind", source: directory.notify,
                options: ["bind", "ro", "nosuid", "nodev", "noexec", "rprivate"]))
    }

    fileprivate static func listen(
        _ container: Container, _ target: String
    ) throws(EngineError) -> ReadinessRelay {
        try attempt("hear when \(container.id) is ready") { () throws(SystemError) in
            let directory = try openFile(
                container.directory.notify, OpenMode.pathDirectory.flags | O_NOFOLLOW)
            // By the descriptor, as the path may be longer than a socket's can be.
            let path = "/proc/self/fd/\(directory.raw)/\(socketName)"
            let socket = try UnixSocket.bindDatagram(path, mode: 0o666)
            return ReadinessRelay(socket, target, container)
        }
    }

    /// Waits until the container is ready, or has ended.
    package func wait() throws(EngineError) {
        guard let pidfd = try container.initPidfd() else { return }
        while true {
            var set = PollSet()
            set.add(descriptor, .readable)
            set.add(pidfd.descriptor.raw, .readable)
            try attempt("wait for \(container.id) to be ready") { () throws(SystemError) in
                try set.wait()
            }
            if !set.readiness(of: descriptor).isEmpty {
                if try relay() { return }
            } else {
                return
            }
        }
    }

    /// Takes one message, once there is one. True when it said that the container is ready and that
    /// has been passed on.
    package func relay() throws(EngineError) -> Bool {
        try attempt("tell \(target) that \(container.id) is ready") { () throws(SystemError) in
            var buffer = [UInt8](repeating: 0, count: Self.longestMessage)
            let (count, descriptors) = try UnixSocket.receive(into: &buffer, on: socket)
            // Whatever the container wants to be kept is not ours to keep.
            for descriptor in descriptors { close(descriptor) }
            guard
                buffer[..<count].split(separator: 10).contains(where: {
                    $0.elementsEqual(Self.ready)
                })
            else { return false }
            let manager = try UnixSocket.connectDatagram(target)
            let words = Self.ready + Array("\nMAINPID=\(container.record.initPid)".utf8)
            _ = try UnixSocket.send(words[...], on: manager)
            try awaitReading(manager)
            return true
        }
    }

    private static let ready = Array("READY=1".utf8)

    /// The runtime may end right after this, and a message of a process that is gone cannot be
    /// attributed: a descriptor that the service manager closes says that it has read so far.
    private func awaitReading(_ manager: borrowing OwnedDescriptor) throws(SystemError) {
        let pipe = try Pipe()
        let (reading, writing) = pipe.release()
        let end = OwnedDescriptor(owning: reading)
        do throws(SystemError) {
            _ = try UnixSocket.send(
                Array("BARRIER=1".utf8)[...], descriptors: [writing], on: manager)
        } catch {
            close(writing)
            throw error
        }
        close(writing)
        _ = try end.poll([], milliseconds: Self.patience)
    }
}

extension Container {
    /// Before `start`: hears the container's readiness for a service manager whose socket is at
    /// `target`. nil where the container was made without (`hearsReadiness`).
    package func readiness(for target: String) throws(EngineError) -> ReadinessRelay? {
        guard (try? FileStatus(path: directory.notify))?.kind == .directory else { return nil }
        return try ReadinessRelay.listen(self, target)
    }
}
