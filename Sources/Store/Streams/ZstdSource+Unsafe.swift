internal import CZstd

/// Decompresses zstd (RFC 8878), frame after frame. libzstd itself refuses windows above 128 MiB.
@safe final class ZstdSource: ByteSource {
    private let upstream: any ByteSource
    private let name: String
    private let stream: OpaquePointer
    private var input = [UInt8](repeating: 0, count: chunkBytes)
    private var unread = 0..<0
    private var hasInputEnded = false
    /// A frame has begun and is not complete.
    private var isInFrame = false

    init(_ upstream: any ByteSource, name: String) throws(StoreError) {
        guard let stream = unsafe ZSTD_createDStream() else {
            throw StoreError(
                .exhausted, stage: "decompress", subject: name, cause: "no memory is left")
        }
        unsafe self.stream = stream
        self.upstream = upstream
        self.name = name
    }

    deinit { unsafe ZSTD_freeDStream(stream) }

    func read(into buffer: inout [UInt8]) throws(StoreError) -> Int {
        while true {
            if unread.isEmpty && !hasInputEnded {
                unread = 0..<(try upstream.read(into: &input))
                hasInputEnded = unread.isEmpty
            }
            if hasInputEnded && !isInFrame { return 0 }
            let count = try step(into: &buffer)
            if count > 0 { return count }
            guard !hasInputEnded else { throw damaged("it ends in the middle") }
        }
    }

    private func step(into buffer: inout [UInt8]) throws(StoreError) -> Int {
        let (result, consumed, produced) = unsafe input.withUnsafeBufferPointer { input in
            unsafe buffer.withUnsafeMutableBufferPointer { output in
                var from = unsafe ZSTD_inBuffer(
                    src: input.baseAddress, size: unread.upperBound, pos: unread.lowerBound)
                var to = unsafe ZSTD_outBuffer(
                    dst: output.baseAddress, size: output.count, pos: 0)
                let result = unsafe ZSTD_decompressStream(stream, &to, &from)
                return unsafe (result, from.pos, to.pos)
            }
        }
        guard ZSTD_isError(result) == 0 else {
            throw damaged(unsafe String(cString: ZSTD_getErrorName(result)).lowercased())
        }
        unread = consumed..<unread.upperBound
        isInFrame = result != 0
        return produced
    }

    private func damaged(_ cause: String) -> StoreError {
        StoreError(.invalid, stage: "decompress", subject: name, cause: cause)
    }
}
