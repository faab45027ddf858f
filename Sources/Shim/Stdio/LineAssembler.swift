/// Cuts one stream into the entries of a log as docker does: at line ends, and lines beyond 16 KiB
/// into pieces that all carry the time of the first.
struct LineAssembler {
    /// An entry: text without its line end, and whether it ends a line.
    typealias Emit = (_ text: Span<UInt8>, _ isWhole: Bool, _ time: [UInt8]) -> Void

    static let longestPiece = 16 << 10

    private var rest: [UInt8] = []
    /// The time of the first piece, while the line goes on.
    private var timeOfLine: [UInt8]?

    init() {}

    /// Goes on with a line that was begun.
    init(_ line: PartialLine) {
        rest = line.bytes
        timeOfLine = line.time.isEmpty ? nil : line.time
    }

    /// True where part of a line waits for its end, or its next part for its time.
    var isHolding: Bool { !rest.isEmpty || timeOfLine != nil }

    var begun: PartialLine { PartialLine(bytes: rest, time: timeOfLine ?? []) }

    mutating func take(_ bytes: Span<UInt8>, now: [UInt8], _ emit: Emit) {
        var start = 0
        while let end = bytes.firstIndex(of: UInt8(ascii: "\n"), from: start) {
            finishLine(bytes.extracting(start..<end), now, emit)
            start = end + 1
        }
        hold(bytes.extracting(start...), now, emit)
    }

    /// The stream's end: what waits was written, though no line end came.
    mutating func finish(now: [UInt8], _ emit: Emit) {
        if !rest.isEmpty { emit(rest.span, false, timeOfLine ?? now) }
        rest = []
        timeOfLine = nil
    }

    private mutating func finishLine(_ tail: Span<UInt8>, _ now: [UInt8], _ emit: Emit) {
        if rest.isEmpty, tail.count < Self.longestPiece {
            emit(tail, true, timeOfLine ?? now)
        } else {
            hold(tail, now, emit)
            emit(rest.span, true, timeOfLine ?? now)
            rest = []
        }
        timeOfLine = nil
    }

    private mutating func hold(_ tail: Span<UInt8>, _ now: [UInt8], _ emit: Emit) {
        guard !tail.isEmpty else { return }
        rest.append(tail)
        while rest.count >= Self.longestPiece {
            // A character that is cut by the limit goes into the next piece whole.
            let cut = UTF8Length.unfinished(rest.span.extracting(..<Self.longestPiece))
            let time = timeOfLine ?? now
            timeOfLine = time
            emit(rest.span.extracting(..<(Self.longestPiece - cut)), false, time)
            rest.removeFirst(Self.longestPiece - cut)
        }
    }
}
