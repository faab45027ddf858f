internal import CLinux
internal import Glibc
internal import Linux

/// NAME.given: how many bytes a process was given by Stdio/Write. Another shim goes on counting, so
/// that a caller whose write was cut off by a shim's death learns what is left of it.
final class InputTally {
    private static let width = 8
    private let file: OwnedDescriptor
    private let onLoss: (SystemError) -> Void
    private(set) var given: UInt64

    /// `isNew`: forgets what may be there. `onLoss`: the number could not be written down.
    init(
        _ path: String, isNew: Bool, onLoss: @escaping (SystemError) -> Void
    ) throws(SystemError) {
        let flags = O_RDWR | O_CREAT | O_NOFOLLOW | (isNew ? O_TRUNC : 0)
        file = try openFile(path, flags, mode: 0o600)
        let bytes = try file.read(at: 0, count: Self.width)
        given = bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
        self.onLoss = onLoss
    }

    func add(_ count: Int) {
        given += UInt64(count)
        let bytes = (0..<Self.width).map { UInt8(truncatingIfNeeded: given >> ($0 * 8)) }
        do throws(SystemError) { try file.writeAll(bytes, at: 0) } catch { onLoss(error) }
    }
}
