import Testing

@testable import Manager

@Suite struct NamingTests {
    @Test func idsAreSixtyFourDigitsAndDiffer() {
        let ids = Set((0..<100).map { _ in ContainerID.random() })
        #expect(ids.count == 100)
        #expect(ids.allSatisfy(ContainerID.isWellFormed))
    }

    @Test func aBeginningOfAnIDIsHexadecimal() {
        #expect(ContainerID.isPrefix("0a9f"))
        for text in ["", "xyz", "ABC", "0a-", String(repeating: "a", count: 65)] {
            #expect(!ContainerID.isPrefix(text), "\(text)")
        }
    }

    // A054
    @Test(arguments: ["web", "x", "a1", "Web_1.x-y", String(repeating: "n", count: 128)])
    func goodNamesAreTaken(name: String) {
        #expect(ContainerName.problem(with: name) == nil)
    }

    // A054
    @Test(arguments: [
        "", "-web", ".web", "web/1", "web 1", "wéb", "web\n",
        String(repeating: "n", count: 129), String(repeating: "a", count: 64),
    ])
    func otherNamesAreRefusedWithAReason(name: String) {
        #expect(ContainerName.problem(with: name)?.isEmpty == false)
    }

    @Test func namesThatAreMadeUpAreGoodOnes() {
        for attempt in 0..<200 {
            #expect(ContainerName.problem(with: ContainerName.random(attempt: attempt)) == nil)
        }
    }

    @Test(
        arguments: [
            ("9", 9), ("KILL", 9), ("SIGKILL", 9), ("sigterm", 15), ("Usr1", 10), ("WINCH", 28),
            ("SYS", 31), ("RTMIN", 34), ("SIGRTMIN+3", 37), ("RTMAX-1", 63), ("64", 64),
            ("CLD", 17),
        ] as [(String, UInt32)])
    func signalsHaveNamesAndNumbers(text: String, number: UInt32) {
        #expect(SignalName.number(of: text) == number)
    }

    @Test(arguments: ["", "0", "65", "-9", "NOPE", "SIG", "RTMIN+31", "SIGSIGKILL"])
    func whatIsNoSignalIsRefused(text: String) {
        #expect(SignalName.number(of: text) == nil)
    }
}
