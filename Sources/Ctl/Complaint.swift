/// Why apusctl itself cannot go on: one line for people, and what to exit with.
struct Complaint: Error, Equatable, CustomStringConvertible {
    var message: String
    /// What to try; may be empty.
    var hint: String
    var exitCode: Int32

    init(_ message: String, hint: String = "", exitCode: Int32 = Complaint.toolkitFailure) {
        self.message = message
        self.hint = hint
        self.exitCode = exitCode
    }

    /// docker's code for failures of the toolkit as against those of the container's program.
    static let toolkitFailure: Int32 = 125

    var description: String { hint.isEmpty ? message : "\(message): \(hint)" }
}
