internal import AsyncRPC
public import Wire

extension Apus.Client {
    /// What processes write and read. An empty `execID` means the container's first process.
    public struct Streams: Sendable {
        let rpc: RPCClient

        /// What a process writes from now on, in chunks that name their stream; ends with its
        /// streams. Once this has returned nothing is missed, so attach before the start. Any
        /// number of callers may.
        public func attach(
            _ id: String, execID: String = ""
        ) async throws(ApusError) -> Apus.Messages<Apus.OutputChunk> {
            let output = try await rpc.follow(
                Apus.StreamsService.attach, Apus.ProcessRequest(id: id, execID: execID),
                "attach to container")
            // The first chunk is empty and says that the attachment stands.
            var iterator = output.makeAsyncIterator()
            _ = try await iterator.next()
            return output
        }

        /// Feeds the stdin of a process that was made with one; returns when the bytes are in its
        /// pipe or terminal. Any number of bytes; they are sent in pieces.
        public func write(
            _ bytes: [UInt8], to id: String, execID: String = ""
        ) async throws(ApusError) {
            for start in stride(from: 0, to: bytes.count, by: Self.largestWrite) {
                let piece = Array(bytes[start..<min(start + Self.largestWrite, bytes.count)])
                _ = try await rpc.ask(
                    Apus.StreamsService.writeStdin,
                    Apus.WriteStdinRequest(id: id, execID: execID, data: piece),
                    "write to container")
            }
        }

        /// The process reads the end of its input.
        public func closeInput(_ id: String, execID: String = "") async throws(ApusError) {
            _ = try await rpc.ask(
                Apus.StreamsService.closeStdin, Apus.ProcessRequest(id: id, execID: execID),
                "close the input of container")
        }

        /// Tells the process's terminal its size, in characters.
        public func resize(
            _ id: String, execID: String = "", columns: UInt32, rows: UInt32
        ) async throws(ApusError) {
            _ = try await rpc.ask(
                Apus.StreamsService.resize,
                Apus.ResizeRequest(id: id, execID: execID, columns: columns, rows: rows),
                "resize the terminal of container")
        }

        /// What the container's first process wrote, line by line.
        ///
        /// - Parameters:
        ///   - follow: go on with lines to come, until the container has ended.
        ///   - tail: only the last lines; nil: all.
        ///   - since: only lines of then and later.
        ///   - until: only lines before.
        public func logs(
            _ id: String, follow: Bool = false, tail: Int64? = nil, since: Timestamp? = nil,
            until: Timestamp? = nil
        ) async throws(ApusError) -> Apus.Messages<Apus.LogLine> {
            try await rpc.follow(
                Apus.StreamsService.logs,
                Apus.LogsRequest(
                    id: id, follow: follow, tail: tail ?? -1, since: since, until: until),
                "read the log of container")
        }

        /// The largest piece that one call carries.
        private static let largestWrite = 1 << 20
    }
}
