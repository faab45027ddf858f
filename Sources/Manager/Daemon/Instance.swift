internal import Glibc
internal import Linux
internal import RPC

/// The manager's socket: one daemon listens on it, in a directory that is its own.
enum ListeningSocket {
    /// Listens. A socket that a dead daemon left is replaced; one that somebody answers on is not
    /// touched.
    static func open(_ path: String) throws(Failure) -> OwnedDescriptor {
        guard path.hasPrefix("/") else {
            throw Failure(.invalidArgument, "listen on", path, "the path is not absolute")
        }
        guard path.utf8.count <= UnixSocket.longestPath else {
            throw Failure(
                .invalidArgument, "listen on", path,
                "a socket's path has at most \(UnixSocket.longestPath) bytes",
                hint: "give a shorter --address")
        }
        do throws(SystemError) {
            try makeDirectories(String(path[..<path.lastIndex(of: "/")!]))
            do throws(SystemError) {
                return try UnixSocket.listen(path, mode: 0o600)
            } catch {
                guard error.code == EADDRINUSE else { throw error }
            }
            if isAnswered(path) {
                throw SystemError("listen on \(path)", EADDRINUSE)
            }
            try removeTree(path)
            return try UnixSocket.listen(path, mode: 0o600)
        } catch {
            guard error.code == EADDRINUSE else { throw Failure(error, "listen on", path) }
            throw Failure(
                .failedPrecondition, "listen on", path, "another daemon answers there",
                hint: "stop it, or give this one another --address")
        }
    }

    private static func isAnswered(_ path: String) -> Bool {
        do throws(SystemError) {
            _ = try UnixSocket.connect(path)
            return true
        } catch {
            return error.code != ECONNREFUSED && error.code != ENOENT
        }
    }
}
