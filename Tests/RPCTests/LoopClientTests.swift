import Linux
import RPC
import TestSupport
import Testing
import Wire

private typealias Text = TestService.Text

/// Runs a loop until what was asked of it is done.
private func run(_ path: String, _ body: (EventLoop, LoopClient) throws -> Void) throws {
    let loop = try EventLoop()
    let client = LoopClient(loop: loop, path: path)
    try body(loop, client)
    try loop.run()
    client.close()
}

@Suite struct LoopClientTests {
    @Test(arguments: ServerKind.allCases)
    func callsAreAnsweredOnTheLoop(_ kind: ServerKind) async throws {
        try await withServer(kind) { server in
            var answers: [String] = []
            try run(server.path) { loop, client in
                for number in 0..<1000 {
                    let text = Text(name: "\(number)")
                    client.call(TestService.echo, text, timeout: .seconds(600)) { result in
                        answers.append((try? result.get().name) ?? "failed")
                        if answers.count == 1000 { loop.stop() }
                    }
                }
            }
            #expect(Set(answers) == Set((0..<1000).map { "\($0)" }))
        }
    }

    @Test(arguments: ServerKind.allCases)
    func errorsAndTimeoutsAreTold(_ kind: ServerKind) async throws {
        try await withServer(kind) { server in
            var codes: [StatusCode?] = []
            try run(server.path) { loop, client in
                let done = { (result: Result<Empty, RPCError>) in
                    if case .failure(let error) = result { codes.append(error.code) }
                }
                client.call(TestService.refuse, Text(name: "x"), timeout: .seconds(600)) { result in
                    done(result)
                    client.call(TestService.hold, Text(), timeout: .milliseconds(5)) { result in
                        done(result.map { _ in Empty() })
                        loop.stop()
                    }
                }
            }
            #expect(codes == [.notFound, .deadlineExceeded])
        }
    }

    @Test(arguments: ServerKind.allCases)
    func aLostServerFailsTheCallAndTheNextConnectsAgain(_ kind: ServerKind) async throws {
        try await withServer(kind) { server in
            let second = try TestServer(kind)
            defer { second.stop() }
            var codes: [StatusCode] = []
            let loop = try EventLoop()
            let client = LoopClient(loop: loop, path: server.path)
            client.call(TestService.hold, Text(), timeout: .seconds(600)) { result in
                if case .failure(let error) = result { codes.append(error.code) }
                _ = Command.run("/bin/mv", [second.path, server.path])
                client.call(TestService.echo, Text(name: "again"), timeout: .seconds(600)) {
                    if case .success(let text) = $0, text.name == "again" { codes.append(.ok) }
                    loop.stop()
                }
            }
            loop.after(.zero) {
                _ = server.waitForHeld(1)
                server.stop()
            }
            // The request goes out before the first timer is looked at.
            try loop.run()
            #expect(codes == [.unavailable, .ok])
        }
    }

    @Test func whereNobodyListensTheCallFailsAtOnce() throws {
        let loop = try EventLoop()
        let client = LoopClient(loop: loop, path: "/nowhere/at/all")
        var code: StatusCode?
        client.call(TestService.echo, Text(), timeout: .seconds(1)) { result in
            if case .failure(let error) = result { code = error.code }
        }
        #expect(code == .unavailable)
    }

    @Test func aClosedClientRefuses() throws {
        let loop = try EventLoop()
        let client = LoopClient(loop: loop, path: "/nowhere/at/all")
        client.close()
        var message: String?
        client.call(TestService.echo, Text(), timeout: .seconds(1)) { result in
            if case .failure(let error) = result { message = error.message }
        }
        #expect(message == "ttrpc: closed")
    }
}
