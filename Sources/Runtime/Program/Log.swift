internal import Glibc
internal import Linux
internal import OCI

/// Where a call says what went wrong: a line in the log file, and the message on standard error.
///
/// Callers read the file as a stream of JSON objects, one of them the whole file as one object: a
/// call that fails writes exactly one line, whatever else it has to tell stands in that line.
struct Log {
    enum Format: String {
        case text, json
    }

    enum Level: String {
        case error, warning, debug
    }

    var path: String?
    var format = Format.text
    var showsDebug = false
    var showsWarnings = true

    /// The failure, with the warnings that came before it.
    func report(_ failure: Failure, warnings: [String]) {
        note(failure, warnings: warnings)
        // Without a file the line is on standard error already.
        guard path != nil else { return }
        let name = format == .json ? "" : "apus-runtime: "
        writeToStandardError("\(name)\(failure.message)\n")
    }

    /// The one line.
    func note(_ failure: Failure, warnings: [String] = []) {
        var extra = JSONObject()
        extra.set("stage", failure.stage.isEmpty ? nil : failure.stage)
        extra.set("errno", failure.code == 0 ? nil : failure.code)
        extra.set("hint", failure.hint.isEmpty ? nil : failure.hint)
        extra.set("warnings", list: warnings)
        write(.error, failure.message, extra)
    }

    func warn(_ message: String) {
        if showsWarnings { write(.warning, message, JSONObject()) }
    }

    func debug(_ message: @autoclosure () -> String) {
        if showsDebug { write(.debug, message(), JSONObject()) }
    }

    private func write(_ level: Level, _ message: String, _ extra: JSONObject) {
        let line = line(level, message, extra)
        guard let path else { return writeToStandardError(line) }
        do throws(SystemError) {
            let flags = O_WRONLY | O_CREAT | O_APPEND
            try openFile(path, flags, mode: 0o644).writeAll(Array(line.utf8))
        } catch {
            writeToStandardError("apus-runtime: \(error)\n")
        }
    }

    private func line(_ level: Level, _ message: String, _ extra: JSONObject) -> String {
        switch format {
        case .json:
            var object: JSONObject = JSONObject([
                "level": .string(level.rawValue), "msg": .string(message),
                "time": .string(Timestamp.now.text),
            ])
            for member in extra.members { object[member.key] = member.value }
            return JSONValue.object(object).text() + "\n"
        case .text where path == nil:
            return "apus-runtime: \(level == .error ? "" : "\(level.rawValue): ")\(message)\n"
        case .text:
            let quoted = JSONValue.string(message).text()
            return "time=\"\(Timestamp.now.text)\" level=\(level.rawValue) msg=\(quoted)\n"
        }
    }
}
