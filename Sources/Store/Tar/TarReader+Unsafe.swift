internal import CArchive
internal import Glibc
internal import Linux

/// Reads a tar from a source with libarchive: ustar, PAX, GNU and old formats, with sparse files.
///
/// Names come out as the bytes that they are in the archive.
@safe final class TarReader {
    private let archive: OpaquePointer
    private let input: ArchiveInput
    private let name: String
    /// The last entry is complete, but not filled up to a whole block: umoci writes such layers, and
    /// other readers accept them.
    private var lacksPadding = false

    /// - Parameter name: of what is read, for messages.
    init(_ source: any ByteSource, name: String) throws(StoreError) {
        self.name = name
        input = ArchiveInput(source)
        guard let archive = unsafe archive_read_new() else {
            throw StoreError(.exhausted, stage: "read tar", subject: name, cause: "no memory left")
        }
        unsafe self.archive = archive
        unsafe archive_read_support_format_tar(archive)
        unsafe archive_read_support_format_empty(archive)
        let result = unsafe archive_read_open(
            archive, Unmanaged.passUnretained(input).toOpaque(), nil, readNextChunk, nil)
        guard result == ARCHIVE_OK else { throw failure() }
    }

    deinit { unsafe archive_read_free(archive) }

    /// The next entry, or nil at the end; what was not read of the last one is skipped.
    func next() throws(StoreError) -> TarEntry? {
        if lacksPadding { return nil }
        let before = unsafe utf8Locale.flatMap { unsafe uselocale($0) }
        defer { if let before = unsafe before { unsafe uselocale(before) } }
        var entry: OpaquePointer?
        let result = unsafe archive_read_next_header(archive, &entry)
        if result == ARCHIVE_EOF { return nil }
        // A warning is about one field; that of a name makes the name unusable.
        guard let entry = unsafe entry, result == ARCHIVE_OK || result == ARCHIVE_WARN else {
            throw failure()
        }
        if result == ARCHIVE_WARN, message.contains("can't be converted") { throw failure() }
        return try unsafe describe(entry)
    }

    /// Reads on in the entry's content; 0 at its end. Holes read as zeros.
    func read(into buffer: inout [UInt8]) throws(StoreError) -> Int {
        let count = unsafe buffer.withUnsafeMutableBytes {
            unsafe archive_read_data(archive, $0.baseAddress, $0.count)
        }
        guard count >= 0 else { throw failure() }
        return count
    }

    /// Writes the entry's content to a new file, holes as holes.
    ///
    /// - Parameter willWrite: is told how many bytes come next; may refuse them.
    /// - Returns: the bytes that were written, without holes.
    func writeContents(
        to file: borrowing OwnedDescriptor, sizeBytes: Int64,
        willWrite: (Int) throws(StoreError) -> Void
    ) throws(StoreError) -> Int64 {
        var written: Int64 = 0
        var end: Int64 = 0
        while true {
            var block: UnsafeRawPointer?
            var count = 0
            var offset: Int64 = 0
            let result = unsafe archive_read_data_block(archive, &block, &count, &offset)
            if result == ARCHIVE_EOF { break }
            guard result == ARCHIVE_OK || result == ARCHIVE_WARN else {
                guard end == sizeBytes, input.isAtEnd else { throw failure() }
                lacksPadding = true
                break
            }
            if count == 0 { continue }
            try willWrite(count)
            try unsafe write(
                UnsafeRawBufferPointer(start: block, count: count), at: offset, to: file)
            written += Int64(count)
            end = max(end, offset + Int64(count))
        }
        if end < sizeBytes { try setSize(of: file, sizeBytes) }
        return written
    }

    private func write(
        _ bytes: UnsafeRawBufferPointer, at offset: Int64, to file: borrowing OwnedDescriptor
    ) throws(StoreError) {
        let raw = file.raw
        var done = 0
        do throws(SystemError) {
            while done < bytes.count {
                done += try check("write") {
                    unsafe pwrite(
                        raw, bytes.baseAddress! + done, bytes.count - done, off_t(offset) + done)
                }
            }
        } catch {
            throw StoreError(error, stage: "unpack", subject: name)
        }
    }

    private func setSize(of file: borrowing OwnedDescriptor, _ size: Int64) throws(StoreError) {
        do throws(SystemError) {
            try file.truncate(to: size)
        } catch {
            throw StoreError(error, stage: "unpack", subject: name)
        }
    }

    private func describe(_ entry: OpaquePointer) throws(StoreError) -> TarEntry {
        guard let path = unsafe bytes(archive_entry_pathname(entry)) else {
            throw invalid("an entry has no name")
        }
        let uid = unsafe UInt32(exactly: archive_entry_uid(entry))
        let gid = unsafe UInt32(exactly: archive_entry_gid(entry))
        // -1 means "leave it" to chown(2).
        guard let uid, let gid, uid != .max, gid != .max else {
            throw invalid("\(String(decoding: path, as: UTF8.self)) has an owner beyond 32 bits")
        }
        return TarEntry(
            path: path, kind: unsafe kind(of: entry),
            attributes: FileAttributes(
                mode: unsafe UInt32(archive_entry_perm(entry)) & 0o7777, uid: uid, gid: gid,
                modified: FileTime(
                    seconds: unsafe Int64(archive_entry_mtime(entry)),
                    nanoseconds: unsafe Int64(archive_entry_mtime_nsec(entry))),
                extended: unsafe extendedAttributes(of: entry)),
            sizeBytes: unsafe archive_entry_size(entry))
    }

    private func kind(of entry: OpaquePointer) -> TarEntry.Kind {
        if let target = unsafe bytes(archive_entry_hardlink(entry)) { return .hardLink(target) }
        let major = unsafe UInt32(truncatingIfNeeded: archive_entry_rdevmajor(entry))
        let minor = unsafe UInt32(truncatingIfNeeded: archive_entry_rdevminor(entry))
        // The AE_IF… constants are the kernel's S_IF…
        return switch unsafe archive_entry_filetype(entry) {
        case 0o100000: .regular
        case 0o040000: .directory
        case 0o120000: .symbolicLink(unsafe bytes(archive_entry_symlink(entry)) ?? [])
        case 0o020000: .characterDevice(major: major, minor: minor)
        case 0o060000: .blockDevice(major: major, minor: minor)
        case 0o010000: .fifo
        default: .other
        }
    }

    private func extendedAttributes(of entry: OpaquePointer) -> [ExtendedAttribute] {
        var result: [ExtendedAttribute] = []
        for _ in 0..<(unsafe archive_entry_xattr_reset(entry)) {
            var key: UnsafePointer<CChar>?
            var value: UnsafeRawPointer?
            var count = 0
            guard unsafe archive_entry_xattr_next(entry, &key, &value, &count) == ARCHIVE_OK,
                let key = unsafe key
            else { break }
            result.append(
                ExtendedAttribute(
                    name: unsafe String(cString: key),
                    value: unsafe Array(UnsafeRawBufferPointer(start: value, count: count))))
        }
        return result
    }

    private func bytes(_ text: UnsafePointer<CChar>?) -> [UInt8]? {
        guard let text = unsafe text else { return nil }
        return unsafe Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }

    private var message: String {
        unsafe archive_error_string(archive).map { unsafe String(cString: $0) } ?? "unknown error"
    }

    /// The source's own error where it has one: libarchive only knows that nothing came.
    private func failure() -> StoreError {
        if let error = input.failure { return error }
        let text = message
        if text.hasPrefix("Unrecognized archive format") { return invalid("it is no tar") }
        return invalid("\(text.prefix(1).lowercased())\(text.dropFirst())")
    }

    private func invalid(_ cause: String) -> StoreError {
        StoreError(.invalid, stage: "read tar", subject: name, cause: cause)
    }
}

/// What libarchive reads from: it wants a pointer that stays good until it asks again.
@safe private final class ArchiveInput {
    let source: any ByteSource
    private var chunk = [UInt8](repeating: 0, count: chunkBytes)
    private let stable = UnsafeMutableRawBufferPointer.allocate(
        byteCount: chunkBytes, alignment: 64)
    private(set) var failure: StoreError?
    private(set) var isAtEnd = false

    init(_ source: any ByteSource) { self.source = source }

    deinit { unsafe stable.deallocate() }

    func next() -> UnsafeRawBufferPointer? {
        do throws(StoreError) {
            let count = try source.read(into: &chunk)
            isAtEnd = count == 0
            unsafe chunk.withUnsafeBytes {
                unsafe stable.copyMemory(from: .init(rebasing: $0[..<count]))
            }
            return unsafe UnsafeRawBufferPointer(rebasing: stable[..<count])
        } catch {
            failure = error
            return nil
        }
    }
}

private func readNextChunk(
    _ archive: OpaquePointer?, _ client: UnsafeMutableRawPointer?,
    _ buffer: UnsafeMutablePointer<UnsafeRawPointer?>?
) -> la_ssize_t {
    let input = unsafe Unmanaged<ArchiveInput>.fromOpaque(client!).takeUnretainedValue()
    guard let chunk = unsafe input.next() else { return la_ssize_t(ARCHIVE_FATAL) }
    unsafe buffer!.pointee = chunk.baseAddress
    return chunk.count
}

/// PAX names are UTF-8; libarchive turns them into the locale's encoding, which must be the same.
/// Only the thread that asks has this locale, only while it asks. LC_CTYPE_MASK is 1 << LC_CTYPE.
nonisolated(unsafe) private let utf8Locale: locale_t? = unsafe newlocale(1, "C.UTF-8", nil)
