internal import FoundationEssentials
internal import Store

/// The file in which a shim says how a process ended (spec/state-shim.md).
struct ExitRecord: Decodable, Equatable {
    var pid: UInt32
    var status: UInt32
    var at: Moment
    var oomKilled: Bool

    private enum CodingKeys: String, CodingKey {
        case pid, oom
        case status = "exit_status"
        case at = "exited_at"
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        pid = try values.decodeIfPresent(UInt32.self, forKey: .pid) ?? 0
        status = try values.decode(UInt32.self, forKey: .status)
        oomKilled = try values.decodeIfPresent(Bool.self, forKey: .oom) ?? false
        let text = try values.decode(String.self, forKey: .at)
        guard let moment = Moment(rfc3339: text) else {
            throw DecodingError.dataCorruptedError(
                forKey: .at, in: values, debugDescription: "\(text) is no time")
        }
        at = moment
    }

    /// nil where the text is no such record.
    init?(json bytes: [UInt8]) {
        guard let record = try? JSONDecoder().decode(ExitRecord.self, from: Data(bytes)) else {
            return nil
        }
        self = record
    }

    var exit: ProcessExit { ProcessExit(status: status, at: at, oomKilled: oomKilled) }
}
