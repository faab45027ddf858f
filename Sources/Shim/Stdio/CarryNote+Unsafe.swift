internal import CLinux
internal import Glibc
internal import Linux
internal import Wire

/// Up to where a log was written: the file, and how long it is.
struct LogPosition: Equatable {
    var inode: UInt64 = 0
    var size: UInt64 = 0
}

/// The begun line of a stream, whose rest has not come.
struct PartialLine: Equatable {
    var bytes: [UInt8] = []
    /// Of its first piece, as it stands in the log.
    var time: [UInt8] = []
}

/// NAME.carry: what another shim must know to go on with a log at the very byte at which this one
/// was killed. Memory that is shared with the file, so that a note costs no system call and is there
/// whenever the process ends.
///
/// Output is taken in steps: looked at (tee(2)), noted, written to the log, and only then taken out
/// of the pipe. `step` counts the steps that are complete. One that is begun and not complete is
/// either still in the pipe, and what the log has of it is taken back, or it is not, and it stands.
@safe final class CarryNote {
    private static let magic: UInt64 = 0x6170_7573_0000_0001
    private static let headerBytes = 4096
    /// A begun line is shorter than the longest piece, but for a cut character.
    private static let longestLine = LineAssembler.longestPiece + 64
    private static let longestTime = 40
    private static let streams = 2
    private static let size = headerBytes + 2 * streams * longestLine

    // Offsets in the header, all of 64-bit numbers.
    private enum Field {
        static let magic = 0
        static let step = 8
        static let begun = 16
        static let stream = 24
        static let count = 32
        static let hash = 40
        static let inode = 48
        static let size = 56
        /// Four times: two sides, each for stdout and stderr.
        static let lineCounts = 64
        static let times = 128
    }

    private let memory: UnsafeMutableRawPointer

    /// `isNew`: forgets what may be there.
    init(_ path: String, isNew: Bool) throws(SystemError) {
        let flags = O_RDWR | O_CREAT | O_NOFOLLOW | (isNew ? O_TRUNC : 0)
        let file = try openFile(path, flags, mode: 0o600)
        let raw = file.raw
        try check("make \(path)") { ftruncate(raw, Self.size) }
        let address = unsafe mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED, raw, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else {
            throw SystemError("map \(path)", apus_errno())
        }
        // Most pages are never needed; none shall be read ahead and count as our memory.
        unsafe madvise(address, Self.size, MADV_RANDOM)
        unsafe memory = unsafe address
        guard get(Field.magic) != Self.magic else { return }
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: Self.headerBytes)
        put(Field.magic, Self.magic)
    }

    deinit { unsafe munmap(memory, Self.size) }

    /// Bytes of a stream are about to be written to the log.
    func begin(_ stream: OutputStream, _ bytes: ArraySlice<UInt8>, at position: LogPosition) {
        put(Field.stream, UInt64(stream.rawValue))
        put(Field.count, UInt64(bytes.count))
        put(Field.hash, Self.hash(bytes))
        put(Field.inode, position.inode)
        put(Field.size, position.size)
        put(Field.begun, get(Field.step) + 1)
    }

    /// They are, and these lines are begun.
    func keep(_ lines: [OutputStream: PartialLine]) {
        let side = Int((get(Field.step) + 1) & 1)
        for (index, stream) in [OutputStream.stdout, .stderr].enumerated() {
            let line = lines[stream] ?? PartialLine()
            let place = side * Self.streams + index
            guard line.bytes.count <= Self.longestLine, line.time.count < Self.longestTime else {
                continue
            }
            put(Field.lineCounts + place * 8, UInt64(line.bytes.count))
            guard !line.bytes.isEmpty else { continue }
            copy(line.bytes, to: Self.headerBytes + place * Self.longestLine)
            copy([UInt8(line.time.count)] + line.time, to: Field.times + place * Self.longestTime)
        }
    }

    /// They are taken out of the pipe as well.
    func end() { put(Field.step, get(Field.step) + 1) }

    // MARK: For the next shim

    /// A step that was begun and not completed.
    struct Step {
        var stream: OutputStream
        var count: Int
        var hash: UInt64
        var position: LogPosition
    }

    var openStep: Step? {
        guard get(Field.begun) == get(Field.step) + 1 else { return nil }
        return Step(
            stream: OutputStream(rawValue: Int32(truncatingIfNeeded: get(Field.stream))),
            count: Int(truncatingIfNeeded: get(Field.count)), hash: get(Field.hash),
            position: LogPosition(inode: get(Field.inode), size: get(Field.size)))
    }

    /// The lines that were begun when the last complete step was.
    var lines: [OutputStream: PartialLine] {
        let side = Int(get(Field.step) & 1)
        var result: [OutputStream: PartialLine] = [:]
        for (index, stream) in [OutputStream.stdout, .stderr].enumerated() {
            let place = side * Self.streams + index
            let count = Int(truncatingIfNeeded: get(Field.lineCounts + place * 8))
            guard (1...Self.longestLine).contains(count) else { continue }
            let time = read(Field.times + place * Self.longestTime, Self.longestTime)
            result[stream] = PartialLine(
                bytes: read(Self.headerBytes + place * Self.longestLine, count),
                time: Array(time.dropFirst().prefix(Int(time[0]))))
        }
        return result
    }

    /// Tells two pieces of output apart; eight bytes at a time, as it is done for all of it.
    static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        unsafe bytes.withUnsafeBytes { buffer in
            var hash = UInt64(buffer.count) &* 0x9e37_79b9_7f4a_7c15
            var offset = 0
            while offset + 8 <= buffer.count {
                let word = unsafe buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                hash = (hash ^ word) &* 0x9e37_79b9_7f4a_7c15
                hash ^= hash >> 29
                offset += 8
            }
            while offset < buffer.count {
                hash = (hash ^ UInt64(unsafe buffer[offset])) &* 0x9e37_79b9_7f4a_7c15
                hash ^= hash >> 29
                offset += 1
            }
            return hash
        }
    }

    private func get(_ offset: Int) -> UInt64 {
        unsafe memory.load(fromByteOffset: offset, as: UInt64.self)
    }

    private func put(_ offset: Int, _ value: UInt64) {
        unsafe memory.storeBytes(of: value, toByteOffset: offset, as: UInt64.self)
    }

    private func copy(_ bytes: [UInt8], to offset: Int) {
        unsafe bytes.withUnsafeBytes {
            unsafe (memory + offset).copyMemory(from: $0.baseAddress!, byteCount: $0.count)
        }
    }

    private func read(_ offset: Int, _ count: Int) -> [UInt8] {
        unsafe Array(UnsafeRawBufferPointer(start: memory + offset, count: count))
    }
}
