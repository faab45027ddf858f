/// One frame of the protocol (spec/frame.md): a header of ten bytes and its data.
package struct Frame: Equatable, Sendable {
    package static let headerLength = 10

    package var stream: UInt32
    package var kind: FrameKind
    package var flags: FrameFlags
    package var data: [UInt8]

    package init(stream: UInt32, kind: FrameKind, flags: FrameFlags = [], data: [UInt8] = []) {
        self.stream = stream
        self.kind = kind
        self.flags = flags
        self.data = data
    }

    /// Header and data, as they travel. Refuses what the peer would have to throw away.
    package func encoded() throws(RPCError) -> [UInt8] {
        guard data.count <= Limits.frameBytes else { throw .oversize(data.count) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.headerLength + data.count)
        bytes.append(bigEndian: UInt32(data.count))
        bytes.append(bigEndian: stream)
        bytes.append(kind.rawValue)
        bytes.append(flags.rawValue)
        bytes += data
        return bytes
    }
}

/// What a frame is. Types that nobody knows are kept, so that they can be skipped.
package struct FrameKind: RawRepresentable, Hashable, Sendable {
    package var rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let request = FrameKind(rawValue: 1)
    package static let response = FrameKind(rawValue: 2)
    package static let data = FrameKind(rawValue: 3)
}

package struct FrameFlags: OptionSet, Hashable, Sendable {
    package var rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The sender sends no more on this stream.
    package static let remoteClosed = FrameFlags(rawValue: 0x01)
    /// The sender will send more on this stream.
    package static let remoteOpen = FrameFlags(rawValue: 0x02)
    /// The frame carries no message, not even an empty one.
    package static let noData = FrameFlags(rawValue: 0x04)
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian value: UInt32) {
        for shift in [24, 16, 8, 0] as [UInt32] {
            append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
