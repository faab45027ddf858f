import Testing

@testable import Linux

@Suite struct SignalNameTests {
    @Test(
        arguments: [
            ("9", 9), ("KILL", 9), ("SIGKILL", 9), ("sigterm", 15), ("0", 0), ("64", 64),
            ("RTMIN", 34), ("SIGRTMIN+3", 37), ("rtmax-1", 63), ("CHLD", 17), ("POLL", 29),
            ("SYS", 31),
        ] as [(String, Int32)])
    func signalsHaveNumbersAndNames(text: String, number: Int32) {
        #expect(SignalName.number(text) == number)
    }

    @Test(arguments: [
        "", "-1", "65", "9x", "SIG", "SIGSIGKILL", "RTMIN+99", "RTMIN++1", "RTMIN+", "+9", " 9",
    ])
    func otherSignalsAreRefused(text: String) { #expect(SignalName.number(text) == nil) }
}
