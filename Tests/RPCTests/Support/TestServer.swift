import Foundation
import Linux
import RPC
import Synchronization
import TestSupport
import Wire

/// The methods that the servers under test have.
enum TestService {
    typealias Text = Apus.ImageRequest
    typealias Chunk = Apus.OutputChunk

    static let name = "apus.test.Test"
    /// Answers what it was given.
    static let echo = UnaryMethod<Text, Text>(service: name, name: "Echo")
    /// Fails with `notFound`, the given text and a detail.
    static let refuse = UnaryMethod<Text, Empty>(service: name, name: "Refuse")
    /// Answers an empty message.
    static let nothing = UnaryMethod<Text, Empty>(service: name, name: "Nothing")
    /// Answers as many bytes as the text says.
    static let bulk = UnaryMethod<Text, Chunk>(service: name, name: "Bulk")
    /// Answers when `TestServer.release` is called, or never.
    static let hold = UnaryMethod<Text, Text>(service: name, name: "Hold")
    /// Streams as many messages as the text says, then ends well.
    static let count = StreamMethod<Text, Chunk>(service: name, name: "Count")
    /// Streams as many messages as the text says, then fails with `dataLoss`.
    static let breakOff = StreamMethod<Text, Chunk>(service: name, name: "Break")
    /// Streams 64 KiB messages for ever.
    static let flood = StreamMethod<Text, Chunk>(service: name, name: "Flood")
    /// Streams as many messages as the text says, each only when nothing is pending. Of the loop's
    /// server alone: the other's handlers wait by themselves.
    static let drip = StreamMethod<Text, Chunk>(service: name, name: "Drip")
    /// Answers the values of the metadata key in the text.
    static let metadata = UnaryMethod<Text, Text>(service: name, name: "Metadata")

    static func chunk(_ number: Int) -> Chunk { Chunk(data: Array("\(number)".utf8)) }
    static let floodChunk = Chunk(data: [UInt8](repeating: 7, count: 64 << 10))
    static let refusal = Apus.Failure(stage: "test", subject: "it", cause: "because")
}

/// The two servers, which must behave alike.
enum ServerKind: CaseIterable, Sendable {
    case loop
    case async
}

/// What the handlers of both servers count.
final class Observations: Sendable {
    let held = Mutex(0)
    let abandoned = Mutex(0)
    let flooded = Mutex(0)
    let floodsEnded = Mutex(0)
    let mostPending = Mutex(0)
}

/// A server on a socket in a directory of its own.
final class TestServer: Sendable {
    let path: String
    let observed = Observations()
    private let stopper: any Stopper

    init(
        _ kind: ServerKind,
        authorize: @escaping @Sendable (PeerCredentials) -> Bool = { $0.isSameUser }
    ) throws {
        path = "/tmp/apus-test.\(getpid()).rpc.\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        let listener = try UnixSocket.listen(path)
        switch kind {
        case .loop: stopper = try LoopRunner(listener, observed, authorize)
        case .async: stopper = AsyncRunner(listener, observed, authorize)
        }
    }

    deinit {
        stopper.stop()
        _ = unsafe unlink(path)
    }

    /// Ends it as its program's end would.
    func stop() { stopper.stop() }

    /// Answers everything that `hold` holds.
    func release() { stopper.release() }

    /// Waits until so many calls are held.
    func waitForHeld(_ count: Int) -> Bool {
        eventually { observed.held.withLock { $0 } >= count }
    }
}

protocol Stopper: AnyObject, Sendable {
    func stop()
    func release()
}

/// Runs a test that waits on a thread of its own: the few threads of Swift's tasks are needed by
/// the servers.
func onThread<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread { continuation.resume(with: Result { try body() }) }.start()
    }
}

/// A server for the time of a test that talks to it from a thread.
func withServer(
    _ kind: ServerKind,
    authorize: @escaping @Sendable (PeerCredentials) -> Bool = { $0.isSameUser },
    _ body: @escaping @Sendable (TestServer) throws -> Void
) async throws {
    try await onThread {
        let server = try TestServer(kind, authorize: authorize)
        defer { server.stop() }
        try body(server)
    }
}
