internal import CLinux
internal import Glibc

/// Network interfaces and their addresses, by rtnetlink(7), in the network namespace in which the
/// socket was made: it stays there, wherever its owner goes.
public struct RouteSocket: ~Copyable {
    private let socket: OwnedDescriptor

    /// An address as the kernel tells it, to be given to the interface again elsewhere.
    public struct Address: Equatable, Sendable {
        fileprivate var header: [UInt8]
        fileprivate var attributes: [UInt8]
    }

    public init() throws(SystemError) {
        let raw = try check("make a netlink socket") {
            Glibc.socket(
                netlinkFamily, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), 0)
        }
        socket = OwnedDescriptor(owning: raw)
    }

    /// One in the network namespace that a descriptor names: a file of /proc/PID/ns, or a pidfd.
    public static func inside(
        _ namespace: borrowing OwnedDescriptor
    ) throws(SystemError) -> RouteSocket {
        let own = try openFile("/proc/self/ns/net", O_RDONLY)
        try Namespaces.network.join(namespace)
        do throws(SystemError) {
            let made = try RouteSocket()
            try Namespaces.network.join(own)
            return made
        } catch {
            try Namespaces.network.join(own)
            throw error
        }
    }

    /// The number of an interface; ENODEV where there is none of the name.
    public func index(of name: String) throws(SystemError) -> Int32 {
        let message = Self.interface(0) + Self.attribute(interfaceName, Array(name.utf8) + [0])
        let answers = try request(getLink, 0, message, "find the network interface \(name)")
        guard let index = answers.first.map(Self.index) else {
            throw SystemError("find the network interface \(name)", ENODEV)
        }
        return index
    }

    /// The numbers of all interfaces of the namespace.
    public func indices() throws(SystemError) -> Set<Int32> {
        let answers = try request(
            getLink, dump, Self.interface(0), "list the network interfaces")
        return Set(answers.map(Self.index))
    }

    /// What has been configured of an interface: permanent addresses of global scope.
    public func addresses(of index: Int32) throws(SystemError) -> [Address] {
        let answers = try request(
            getAddress, dump, [UInt8](repeating: 0, count: addressHeader),
            "list the addresses of an interface")
        return answers.compactMap { answer in
            let owner = Self.number(answer, at: 4, bytes: 4)
            let isPermanent = answer[2] & permanent != 0
            let isGlobal = answer[3] == 0
            guard owner == UInt64(index), isPermanent, isGlobal else { return nil }
            return Address(
                header: Array(answer.prefix(addressHeader)),
                attributes: Self.kept(Array(answer.dropFirst(addressHeader))))
        }
    }

    /// Moves an interface to another namespace, where it gets a name: `%d` lets the kernel choose a
    /// number. It arrives down and without addresses.
    public func move(
        _ index: Int32, to namespace: borrowing OwnedDescriptor, name: String
    ) throws(SystemError) {
        let message =
            Self.interface(index)
            + Self.attribute(networkNamespace, Self.bytes(UInt32(namespace.raw)))
            + Self.attribute(interfaceName, Array(name.utf8) + [0])
        _ = try request(newLink, acknowledge, message, "move a network interface to \(name)")
    }

    public func add(_ address: Address, to index: Int32) throws(SystemError) {
        let message =
            Array(address.header[..<4]) + Self.bytes(UInt32(bitPattern: index))
            + address.attributes
        _ = try request(
            newAddress, acknowledge | createExclusively, message,
            "add an address to a network interface")
    }

    /// Sets it up.
    public func raise(_ index: Int32) throws(SystemError) {
        _ = try request(
            newLink, acknowledge, Self.interface(index, flags: 1),
            "raise a network interface")
    }
}

// MARK: Messages

extension RouteSocket {
    /// Sends one request; answers the payloads of what comes back, until the kernel says it is all.
    private func request(
        _ type: UInt16, _ flags: UInt16, _ payload: [UInt8], _ doing: String
    ) throws(SystemError) -> [[UInt8]] {
        let length = UInt32(messageHeader + payload.count)
        let message =
            Self.bytes(length) + Self.bytes(type) + Self.bytes(flags | isRequest)
            + Self.bytes(UInt32(1)) + Self.bytes(UInt32(0)) + payload
        let raw = socket.raw
        try check(doing) {
            unsafe message.withUnsafeBytes { unsafe send(raw, $0.baseAddress, $0.count, 0) }
        }
        var answers: [[UInt8]] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = try check(doing) {
                unsafe buffer.withUnsafeMutableBytes {
                    unsafe recv(raw, $0.baseAddress, $0.count, 0)
                }
            }
            let isDone = try Self.take(Array(buffer[..<count]), &answers, doing)
            // A single answer that nobody asked to be acknowledged ends by itself.
            if isDone || (flags & (dump | acknowledge) == 0 && !answers.isEmpty) {
                return answers
            }
        }
    }

    /// Sorts the messages of one datagram; true at the end of all.
    private static func take(
        _ datagram: [UInt8], _ answers: inout [[UInt8]], _ doing: String
    ) throws(SystemError) -> Bool {
        var rest = datagram[...]
        while rest.count >= messageHeader {
            let message = Array(rest)
            let length = Int(number(message, at: 0, bytes: 4))
            guard length >= messageHeader, length <= message.count else {
                throw SystemError(doing, EBADMSG)
            }
            let payload = Array(message[messageHeader..<length])
            switch UInt16(number(message, at: 4, bytes: 2)) {
            case doneMessage: return true
            case errorMessage:
                let code = Int32(
                    truncatingIfNeeded: -Int64(
                        Int32(
                            bitPattern: UInt32(number(payload, at: 0, bytes: 4)))))
                guard code == 0 else { throw SystemError(doing, code) }
                return true
            default: answers.append(payload)
            }
            rest = rest.dropFirst((length + 3) & ~3)
        }
        return false
    }

    /// struct ifinfomsg
    private static func interface(_ index: Int32, flags: UInt32 = 0) -> [UInt8] {
        [0, 0, 0, 0] + bytes(UInt32(bitPattern: index)) + bytes(flags) + bytes(flags)
    }

    private static func index(_ answer: [UInt8]) -> Int32 {
        Int32(truncatingIfNeeded: number(answer, at: 4, bytes: 4))
    }

    /// struct rtattr, padded to four bytes.
    private static func attribute(_ type: UInt16, _ value: [UInt8]) -> [UInt8] {
        let length = 4 + value.count
        let padding = [UInt8](repeating: 0, count: (4 - length % 4) % 4)
        return bytes(UInt16(length)) + bytes(type) + value + padding
    }

    /// Of an address what defines it; lifetimes and counters begin anew.
    private static func kept(_ attributes: [UInt8]) -> [UInt8] {
        var kept: [UInt8] = []
        var rest = attributes[...]
        while rest.count >= 4 {
            let bytes = Array(rest)
            let length = Int(number(bytes, at: 0, bytes: 2))
            guard length >= 4, length <= bytes.count else { break }
            let type = UInt16(number(bytes, at: 2, bytes: 2))
            if definingAttributes.contains(type) {
                kept += attribute(type, Array(bytes[4..<length]))
            }
            rest = rest.dropFirst((length + 3) & ~3)
        }
        return kept
    }

    private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        (0..<number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }

    private static func number(_ bytes: [UInt8], at offset: Int, bytes count: Int) -> UInt64 {
        guard offset + count <= bytes.count else { return 0 }
        return (0..<count).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64($1 * 8) }
    }
}

// linux/netlink.h, linux/rtnetlink.h, linux/if_link.h, linux/if_addr.h; little-endian machines.
private let netlinkFamily: Int32 = 16
private let messageHeader = 16
private let addressHeader = 8
private let isRequest: UInt16 = 0x1
private let acknowledge: UInt16 = 0x4
private let dump: UInt16 = 0x300
private let createExclusively: UInt16 = 0x400 | 0x200
private let errorMessage: UInt16 = 2
private let doneMessage: UInt16 = 3
private let newLink: UInt16 = 16
private let getLink: UInt16 = 18
private let newAddress: UInt16 = 20
private let getAddress: UInt16 = 22
private let interfaceName: UInt16 = 3
private let networkNamespace: UInt16 = 28
private let permanent: UInt8 = 0x80
/// IFA_ADDRESS, IFA_LOCAL, IFA_BROADCAST
private let definingAttributes: Set<UInt16> = [1, 2, 4]
