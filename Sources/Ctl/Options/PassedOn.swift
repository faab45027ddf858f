/// Commands whose further words belong to a program in a container.
enum PassedOn {
    /// The first word that is none of our options is the image or container; one that looks like
    /// an option is a slip of the pen.
    static func check(_ subject: String, command: String) throws(Complaint) {
        guard subject.hasPrefix("-") else { return }
        throw Complaint("there is no option \(subject)", hint: "see 'apusctl \(command) --help'")
    }
}
