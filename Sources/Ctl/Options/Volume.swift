internal import Wire

extension Apus.VolumeMount {
    /// Reads SOURCE:DESTINATION[:OPTION,...]. A relative source is taken from `directory`, the
    /// client's own; options are ro, rw and what mount(8) knows.
    init(option text: String, from directory: String) throws(Complaint) {
        let fields = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(fields.count), !fields[0].isEmpty else {
            throw Complaint(
                "volume \"\(text)\" is not SOURCE:DESTINATION[:OPTIONS]",
                hint: "write for example -v /srv/data:/data:ro")
        }
        guard fields[0].contains("/") || fields[0] == "." || fields[0] == ".." else {
            throw Complaint(
                "volume \"\(text)\": named volumes are not supported",
                hint: "for a directory write ./\(fields[0])")
        }
        guard fields[1].hasPrefix("/") else {
            throw Complaint(
                "volume \"\(text)\": the destination \"\(fields[1])\" is not absolute",
                hint: "begin it with /")
        }
        self.init(source: Self.absolute(fields[0], in: directory), destination: fields[1])
        guard fields.count == 3 else { return }
        for option in fields[2].split(separator: ",") {
            switch option {
            case "ro": readOnly = true
            case "rw": readOnly = false
            // SELinux labels; without SELinux they say nothing.
            case "z", "Z": continue
            default: options.append(String(option))
            }
        }
    }

    /// The path from the root, without `.`, `..` and doubled slashes; symbolic links stay.
    static func absolute(_ path: String, in directory: String) -> String {
        let full = path.hasPrefix("/") ? path : directory + "/" + path
        var parts: [Substring] = []
        for part in full.split(separator: "/") {
            switch part {
            case ".": continue
            case "..": _ = parts.popLast()
            default: parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }
}
