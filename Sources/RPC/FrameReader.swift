/// What a stream of bytes turned out to hold.
package enum FrameEvent: Equatable, Sendable {
    case frame(Frame)
    /// A header announced more than `Limits.frameBytes`; its data is being skipped.
    case oversize(stream: UInt32, length: Int)
}

/// Cuts a stream of bytes into frames, whatever pieces it comes in.
///
/// Holds no more than what has arrived of one frame: a header that promises 4 MiB costs nothing
/// until they come.
package struct FrameReader: Sendable {
    private var header: [UInt8] = []
    private var body: [UInt8] = []
    private var bodyLength: Int?
    private var toSkip = 0

    package init() {}

    /// True between frames: an end of the stream here is an orderly one.
    package var isBetweenFrames: Bool { header.isEmpty && toSkip == 0 }

    /// Takes bytes off the front of `input` until something is complete, or answers nil when all
    /// are taken.
    package mutating func next(_ input: inout ArraySlice<UInt8>) -> FrameEvent? {
        while true {
            if toSkip > 0 {
                let count = min(toSkip, input.count)
                input = input.dropFirst(count)
                toSkip -= count
            }
            if bodyLength == nil {
                let count = min(Frame.headerLength - header.count, input.count)
                header += input.prefix(count)
                input = input.dropFirst(count)
                guard header.count == Frame.headerLength else { return nil }
                let length = Int(header.bigEndian(at: 0))
                guard length <= Limits.frameBytes else {
                    let stream = header.bigEndian(at: 4)
                    header.removeAll(keepingCapacity: true)
                    toSkip = length
                    return .oversize(stream: stream, length: length)
                }
                bodyLength = length
            }
            guard let length = bodyLength else { continue }
            let count = min(length - body.count, input.count)
            body += input.prefix(count)
            input = input.dropFirst(count)
            return body.count == length ? .frame(finish()) : nil
        }
    }

    private mutating func finish() -> Frame {
        let frame = Frame(
            stream: header.bigEndian(at: 4), kind: FrameKind(rawValue: header[8]),
            flags: FrameFlags(rawValue: header[9]), data: body)
        header.removeAll(keepingCapacity: true)
        body = []
        bodyLength = nil
        return frame
    }
}

extension [UInt8] {
    fileprivate func bigEndian(at offset: Int) -> UInt32 {
        self[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
