public import Linux
public import RPC
internal import Synchronization
public import Wire

/// A client of a server that speaks the frame of spec/frame.md over a Unix socket.
///
/// Any number of tasks may call at the same time; answers come in whatever order the server gives
/// them. Lives until `close`, until the server goes, or until nobody holds it.
public final class RPCClient: Sendable {
    private let channel: Channel
    private let core: ClientCore
    /// Where streams connect to; nil for a client of a socket that was handed in.
    private let path: String?
    private let streams = Mutex<[ObjectIdentifier: WeakChannel]>([:])

    private init(_ socket: consuming OwnedDescriptor, path: String?) throws(RPCError) {
        core = ClientCore()
        channel = try openChannel(socket, core)
        self.path = path
    }

    deinit { channel.close() }

    /// Connects to the Unix socket at `path`. Throws `unavailable` where nobody listens.
    public static func connect(to path: String) async throws(RPCError) -> RPCClient {
        try RPCClient(try await connectSocket(path), path: path)
    }

    /// Takes over a connected socket. Its streams share it.
    public static func over(_ socket: consuming OwnedDescriptor) throws(RPCError) -> RPCClient {
        try RPCClient(socket, path: nil)
    }

    /// Calls a method and waits for its answer.
    ///
    /// Throws the server's error; `deadlineExceeded` when the timeout has passed (the server is
    /// told it with the request and gives up too); `canceled` when the task is cancelled (the
    /// server is not told: the protocol has no such message, it goes on and its answer is
    /// dropped); `unavailable` when the connection is lost: then the call may have been done.
    public func call<Request, Response>(
        _ method: UnaryMethod<Request, Response>, _ request: Request, timeout: Duration? = nil,
        metadata: [Envelope.KeyValue] = []
    ) async throws(RPCError) -> Response {
        if Task.isCancelled { throw .canceled }
        let deadline = timeout.map(MonotonicTime.after)
        let envelope = try envelope(method.service, method.name, request, timeout, metadata)
        try await channel.waitForRoom(until: deadline)
        let promise = Promise<Result<[UInt8], RPCError>>()
        let stream = try core.begin(.unary(promise), envelope, isStream: false, on: channel)
        let result = await promise.value(
            until: deadline, on: channel.reactor, timedOut: .failure(.timedOut),
            canceled: .failure(.canceled))
        core.forget(stream)
        return try decode(try result.get())
    }

    /// Begins a stream.
    ///
    /// It gets a connection of its own, so that a slow consumer makes nobody else wait and ending
    /// it is noticed by the server. With `sharingConnection` it uses this client's: then the
    /// server sees it before every call that is made later, but while its consumer is slow the
    /// other calls of this client wait too, and a consumer that waits for one of them while its
    /// buffer is full waits for ever.
    public func stream<Request, Element>(
        _ method: StreamMethod<Request, Element>, _ request: Request,
        sharingConnection: Bool = false, metadata: [Envelope.KeyValue] = []
    ) async throws(RPCError) -> RPCStream<Element> {
        let envelope = try envelope(method.service, method.name, request, nil, metadata)
        guard let path, !sharingConnection else {
            try await channel.waitForRoom()
            return try begin(envelope, channel, core, owns: false)
        }
        guard !core.isClosed else { throw .closed }
        let core = ClientCore()
        let channel = try openChannel(try await connectSocket(path), core)
        remember(channel)
        return try begin(envelope, channel, core, owns: true)
    }

    /// Ends the connection and those of its streams; what is under way throws `unavailable`.
    public func close() {
        channel.close()
        let open = streams.withLock { streams in
            defer { streams = [:] }
            return Array(streams.values)
        }
        for stream in open { stream.channel?.close() }
    }

    /// True once the connection is gone; then every call throws `unavailable`.
    public var isClosed: Bool { core.isClosed }

    /// Returns when the connection is gone, or when the task is cancelled.
    public func closed() async {
        await core.whenClosed().value(on: channel.reactor, timedOut: (), canceled: ())
    }

    private func envelope(
        _ service: String, _ method: String, _ request: some WireMessage, _ timeout: Duration?,
        _ metadata: [Envelope.KeyValue]
    ) throws(RPCError) -> Envelope.Request {
        do throws(WireError) {
            return try Envelope.Request(
                service: service, method: method, message: request, timeout: timeout,
                metadata: metadata)
        } catch {
            throw RPCError(code: .invalidArgument, message: "\(error)")
        }
    }

    private func begin<Element>(
        _ envelope: Envelope.Request, _ channel: Channel, _ core: ClientCore, owns: Bool
    ) throws(RPCError) -> RPCStream<Element> {
        let buffer = StreamBuffer(channel)
        let stream = try core.begin(.stream(buffer), envelope, isStream: true, on: channel)
        return RPCStream(StreamSource(buffer, channel, core, stream: stream, ownsChannel: owns))
    }

    private func remember(_ channel: Channel) {
        streams.withLock { streams in
            streams = streams.filter { $0.value.channel != nil }
            streams[ObjectIdentifier(channel)] = WeakChannel(channel)
        }
    }
}

private struct WeakChannel: Sendable {
    weak let channel: Channel?
    init(_ channel: Channel) { self.channel = channel }
}

private func openChannel(
    _ socket: consuming OwnedDescriptor, _ core: ClientCore
) throws(RPCError) -> Channel {
    do throws(SystemError) {
        let channel = try Channel(socket, owner: core, readsOnlyWhenSent: false)
        try channel.open()
        return channel
    } catch {
        throw RPCError(code: .unavailable, message: "\(error)")
    }
}
