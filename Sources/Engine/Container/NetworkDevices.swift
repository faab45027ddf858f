internal import Glibc
internal import Linux
internal import OCI

/// Gives a container network interfaces of the host (`linux.netDevices`).
///
/// An interface keeps its configured addresses and arrives up. When the container's network
/// namespace ends, the kernel brings hardware back to the host; what is virtual ends with it.
enum NetworkDevices {
    /// `joined` is the network namespace that the container joins; nil where it has made its own,
    /// which is then that of its process.
    static func move(
        _ devices: [String: NetDevice], to joined: HeldDescriptor?, of pid: Int32
    ) throws(EngineError) {
        do throws(SystemError) {
            let target =
                if let joined { try joined.descriptor.duplicate() } else {
                    try openFile("/proc/\(pid)/ns/net", O_RDONLY)
                }
            let here = try RouteSocket()
            let there = try RouteSocket.inside(target)
            for (name, device) in devices.sorted(by: { $0.key < $1.key }) {
                let newName = device.name ?? ""
                try move(name, to: target, as: newName.isEmpty ? name : newName, here, there)
            }
        } catch {
            throw EngineError(
                error, during: "give the container its network devices",
                hint: error.code == EPERM
                    ? "it takes CAP_NET_ADMIN and CAP_SYS_ADMIN on the host"
                    : error.code == EEXIST ? "its namespace has an interface of that name" : "")
        }
    }

    private static func move(
        _ name: String, to namespace: borrowing OwnedDescriptor, as newName: String,
        _ here: borrowing RouteSocket, _ there: borrowing RouteSocket
    ) throws(SystemError) {
        do throws(SystemError) {
            let index = try here.index(of: name)
            let addresses = try here.addresses(of: index)
            let before = try there.indices()
            try here.move(index, to: namespace, name: newName)
            // Its number may be another there, and so may its name be.
            guard let moved = try there.indices().subtracting(before).first else {
                throw SystemError("find the interface again", ENODEV)
            }
            for address in addresses { try there.add(address, to: moved) }
            try there.raise(moved)
        } catch {
            throw SystemError("\(name): \(error.doing)", error.code)
        }
    }
}
