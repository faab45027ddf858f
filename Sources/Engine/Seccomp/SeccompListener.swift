internal import Glibc
package import Linux
package import OCI

/// Hands the listener of a filter to the agent that answers its notifications (config-linux.md,
/// The Container Process State).
package enum SeccompListener {
    /// Sends one message on the socket `listenerPath`: the state as JSON, the listener beside it.
    /// `pid` is the process that the filter is installed in, as the agent sees processes.
    package static func deliver(
        _ listener: borrowing OwnedDescriptor, for profile: Seccomp, pid: Int32,
        state: ContainerState
    ) throws(EngineError) {
        guard let path = profile.listenerPath else {
            throw EngineError("find the seccomp agent", "linux.seccomp.listenerPath is missing")
        }
        do throws(SystemError) {
            let socket = try UnixSocket.connect(path)
            let message = Array(text(profile, pid: pid, state: state).utf8)
            var sent = try UnixSocket.send(
                message[...], descriptors: [listener.raw], on: socket)
            while sent < message.count {
                sent += try UnixSocket.send(message[sent...], on: socket)
            }
        } catch {
            throw EngineError(
                error, during: "hand the seccomp listener to the agent at \(path)",
                hint: "the agent has to listen there before the container is made")
        }
    }

    package static func text(_ profile: Seccomp, pid: Int32, state: ContainerState) -> String {
        var object = JSONObject()
        object["ociVersion"] = .string(state.ociVersion)
        object["fds"] = ["seccompFd"]
        object["pid"] = .integer(Int64(pid))
        if let metadata = profile.listenerMetadata, !metadata.isEmpty {
            object["metadata"] = .string(metadata)
        }
        object["state"] = state.json
        return JSONValue.object(object).text()
    }
}
