import ApusClient
import Testing

@testable import Ctl

struct ErrorTests {
    @Test func anErrorIsOneLineThatSaysWhatWhyAndWhatToTry() {
        let error = ApusError(
            code: .notFound, stage: "create container", subject: "x",
            cause: "image \"x\" not found", hint: "import it with 'apusctl import FILE'")
        #expect(
            "\(error)"
                == "cannot create container: image \"x\" not found: import it with 'apusctl import FILE'"
        )
    }

    @Test func aSubjectThatTheCauseDoesNotNameIsNamed() {
        let error = ApusError(
            code: .failedPrecondition, stage: "pause container", subject: "web",
            cause: "it does not run")
        #expect("\(error)" == "cannot pause container \"web\": it does not run")
    }

    @Test func aComplaintEndsWithItsHint() {
        #expect("\(Complaint("a is b", hint: "try c"))" == "a is b: try c")
        #expect("\(Complaint("a is b"))" == "a is b")
        #expect(Complaint("x").exitCode == 125)
    }
}
