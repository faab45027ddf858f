import Linux
import RPC
import Synchronization
import TestSupport
import Testing
import Wire

/// What both servers owe any client, said in raw frames.
@Suite struct ServerConformanceTests {
    // A014
    @Test(arguments: ServerKind.allCases)
    func aCallIsAnsweredOnItsStream(_ kind: ServerKind) async throws {
        try await withServer(kind) { server in
            let peer = try RawPeer(server.path)
            try peer.call(1, "Echo", "hello")
            let response = try #require(try peer.response(on: 1))
            #expect(response.status == nil)
            #expect(try TestService.Text(serialized: response.payload).name == "hello")
        }
    }

    @Test(arguments: ServerKind.allCases)
    func anEmptyAnswerHasNoData(_ kind: ServerKind) async throws {
        try await withServer(kind) { server in
            let peer = try RawPeer(server.path)
            try peer.call(1, "Nothing")
            #expect(try peer.next() == Frame(stream: 1, kind: .response))
        }
    }

    @Test(arguments: ServerKind.allCases)
    func unknownNamesAreUnimplemented(_ kind: ServerKind) async throws {
        try await withServer(kind) { server in
            let peer = try RawPeer(server.path)
            try peer.call(1, "Echo", service: "no.such.Service")
            #expect(
                try peer.response(on: 1)?.status
                    == RPCStatus(code: 12, message: "service no.such.Service"))
            try peer.call(3, "NoSuchMethod")
            #expect(
                try peer.response(on: 3)?.status
                    == RPCStatus(code: 12, message: "method NoSuchMethod"))
        }
    }

    @Test(arguments: ServerKind.allCases)
    func evenAndReusedStreamsAreRefusedAndTheConnectionGoesOn(_ kind: ServerKind) async throws {
        try await withServer(kind) { server in
            let peer = try RawPeer(server.path)
            try peer.call(2, "Echo")
            #expect(try peer.errorCode(on: 2) == 3)
            try peer.call(5, "Nothing")
            #expect(try peer.response(on: 5)?.status == nil)
            try peer.call(5, "Nothing")
            #expect(try peer.errorCode(on: 5) == 3)
            try peer.call(3, "Nothing")
            #expect(try peer.errorCode(on: 3) == 3)
            try peer.call(7, "Nothing")
            #expect(try peer.response(on: 7)?.status == nil)
        }
    }

    @Test(arguments: ServerKind.allCases)
    func aStreamThatIsUsedWhileUnderWayIsAnsweredOnce(_ kind: ServerKind) async throws {
        try await withServer(kind) { server in
            let peer = try RawPeer(server.path)
            try peer.call(1, "Hold")
            #expect(server.waitForHeld(1))
            try peer.call(1, "Hold")
            #expect(try peer.errorCode(on: 1) == 3)
            #expect(eventually { server.observed.abandoned.withLock { $0 } == 1 })
            server.release()
            try peer.call(3, "Nothing")
            #expect(try peer.next()?.stream == 3)
        }
    }

    @Test(arguments: ServerKind.allCases)
    func anOversizeFrameIsAnsweredAndSkipped(_ kind: ServerKind) async throws {
        try await withServer(kind) { server in
            let peer = try RawPeer(server.path)
            try peer.send(bytes(hex: "00400001 00000001 01 00"))
            let text = "message length 4194305 exceed maximum message size of 4194304"
            #expect(try peer.response(on: 1)?.status == RPCStatus(code: 8, message: text))
            try peer.send([UInt8](repeating: 0xff, count: 4_194_305))
            try peer.call(3, "Echo", "still here")
            #expect(try peer.response(on: 3)?.status == nil)
        }
    }

    @Test(arguments: ServerKind.allCases)
    func anAnswerThatIsTooLongIsAnErrorOfItsCall(_ kind: ServerKind) async throws {
        try await withServer(kind) { server in
            let peer = try RawPeer(server.path)
            try peer.call(1, "Bulk", "\(4 << 20)")
            #expect(try peer.errorCode(on: 1) == 8)
            try peer.call(3, "Bulk", "\((4 << 20) - 64)")
            #expect(try peer.response(on: 3)?.payload.count ?? 0 > 4_194_200)
        }
    }

    @Test(arguments: ServerKind.allCases)
    func unknownTypesAreSkipped(_ kind: ServerKind) async throws {
        try await withServer(kind) { server in
            let peer = try RawPeer(server.path)
            for kind: UInt8 in [0, 2, 9, 255] {
                try peer.send(Frame(stream: 1, kind: FrameKind(rawValue: kind), data: [1, 2, 3]))
            }
            try peer.call(1, "Nothing")
            #expect(try peer.next() == Frame(stream: 1, kind: .response))
        }
    }

    @Test(arguments: ServerKind.allCases)
    func aMessageThatCannotBeReadIsRefused(_ kind: ServerKind) async throws {
        try await withServer(kind) { server in
            let peer = try RawPeer(server.path)
            let request = Envelope.Request(
                service: TestService.name, method: "Echo", payload: [0x0a, 0x7f])
            try peer.send(Frame(stream: 1, kind: .request, data: try request.serialized()))
            #expect(try peer.errorCode(on: 1) == 3)
            try peer.send(Frame(stream: 3, kind: .request, data: [0x0a]))
            #expect(try peer.errorCode(on: 3) == 3)
        }
    }

    @Test(arguments: ServerKind.allCases)
    func aDeadlineIsKeptByTheServer(_ kind: ServerKind) async throws {
        try await withServer(kind) { server in
            let peer = try RawPeer(server.path)
            try peer.call(1, "Hold", timeoutNano: 1_000_000)
            #expect(try peer.errorCode(on: 1) == 4)
            #expect(eventually { server.observed.abandoned.withLock { $0 } == 1 })
            server.release()
            try peer.call(3, "Nothing")
            #expect(try peer.next()?.stream == 3)
        }
    }

    @Test(arguments: ServerKind.allCases)
    func answersComeInWhateverOrder(_ kind: ServerKind) async throws {
        try await withServer(kind) { server in
            let peer = try RawPeer(server.path)
            try peer.call(1, "Hold", "first")
            #expect(server.waitForHeld(1))
            try peer.call(3, "Echo", "second")
            #expect(try peer.response(on: 3) != nil)
            server.release()
            #expect(try peer.response(on: 1)?.status == nil)
        }
    }

    @Test(arguments: ServerKind.allCases)
    func aStreamIsDataAndThenItsEnd(_ kind: ServerKind) async throws {
        try await withServer(kind) { server in
            let peer = try RawPeer(server.path)
            try peer.call(1, "Count", "2", flags: .remoteClosed)
            for number in 0..<2 {
                let data = try TestService.chunk(number).serialized()
                #expect(try peer.next() == Frame(stream: 1, kind: .data, data: data))
            }
            #expect(
                try peer.next() == Frame(stream: 1, kind: .data, flags: [.remoteClosed, .noData]))
            try peer.call(3, "Break", "1", flags: .remoteClosed)
            #expect(try peer.next()?.kind == .data)
            #expect(try peer.response(on: 3)?.status == RPCStatus(code: 15, message: "broken off"))
        }
    }

    @Test(arguments: ServerKind.allCases)
    func whatIsUnderWayIsAbandonedWhenThePeerGoes(_ kind: ServerKind) async throws {
        try await withServer(kind) { server in
            do {
                let peer = try RawPeer(server.path)
                try peer.call(1, "Hold")
                try peer.call(3, "Hold")
                #expect(server.waitForHeld(2))
            }
            #expect(eventually { server.observed.abandoned.withLock { $0 } == 2 })
        }
    }

    @Test(arguments: ServerKind.allCases)
    func halfAFrameAndAHangUpHurtNobody(_ kind: ServerKind) async throws {
        try await withServer(kind) { server in
            do {
                let peer = try RawPeer(server.path)
                try peer.send(bytes(hex: "0000004c 00000001 01 00 0a17"))
            }
            let other = try RawPeer(server.path)
            try other.call(1, "Nothing")
            #expect(try other.next()?.stream == 1)
        }
    }

    // A stranger's bytes: the server closes before it reads any.
    @Test(arguments: ServerKind.allCases)
    func aPeerWithoutTheRightIsHungUpOn(_ kind: ServerKind) async throws {
        try await withServer(kind, authorize: { _ in false }) { server in
            let peer = try RawPeer(server.path)
            try? peer.call(1, "Echo")
            #expect(try peer.next() == nil)
        }
    }

    @Test func onlyTheSameUserAndGroupIsAllowedByDefault() throws {
        let pair = try UnixSocket.pair()
        var peer = try UnixSocket.credentials(of: pair.first)
        #expect(peer.isSameUser)
        peer.gid += 1
        #expect(!peer.isSameUser)
        peer.gid -= 1
        peer.uid += 1
        #expect(!peer.isSameUser)
    }

    @Test(.needsRoot, .needs("python3"), arguments: ServerKind.allCases)
    func anotherUserIsHungUpOn(_ kind: ServerKind) async throws {
        try await withServer(kind) { server in
            let script = """
                import os, socket, sys
                s = socket.socket(socket.AF_UNIX)
                os.setgid(65534) if sys.argv[2] == "gid" else (os.setgid(65534), os.setuid(65534))
                try:
                    s.connect(sys.argv[1])
                    s.sendall(b"\\0" * 10)
                    print(len(s.recv(100)))
                except (PermissionError, ConnectionError) as e:
                    print(type(e).__name__)
                """
            _ = Command.run("/bin/chmod", ["666", server.path])
            for change in ["gid", "both"] {
                let output = Command.run("/usr/bin/python3", ["-c", script, server.path, change])
                #expect(
                    ["0\n", "ConnectionResetError\n", "BrokenPipeError\n"].contains(output.stdout))
            }
        }
    }
}
