internal import OCI

/// Turns `user[:group]`, names or numbers, into numbers by an image's passwd(5) and group(5).
///
/// The rules are docker's: a number needs no entry; a user without a named group gets the groups of
/// its entries; a named group replaces the user's own and drops the others.
struct UserLookup {
    /// /etc/passwd and /etc/group; empty where the image has none.
    var passwd: String
    var group: String

    struct Result: Equatable {
        var uid: UInt32
        var gid: UInt32
        /// With the primary group, so that setgroups(2) never leaves it out.
        var groups: [UInt32]
        var home: String
    }

    enum Problem: Error, Equatable {
        case unknownUser(String), unknownGroup(String), malformed(String)

        var cause: String {
            switch self {
            case .unknownUser(let name): "no user \"\(name)\" in the image's /etc/passwd"
            case .unknownGroup(let name): "no group \"\(name)\" in the image's /etc/group"
            case .malformed(let text): "\"\(text)\" is not user or user:group"
            }
        }
    }

    func resolve(_ text: String) throws(Problem) -> Result {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            .map(String.init)
        if parts.count == 2, parts[0].isEmpty && parts[1].isEmpty { throw .malformed(text) }
        let user = try user(parts.first ?? "")
        guard parts.count == 2, !parts[1].isEmpty else {
            let groups = user.name.map(groups(ofMember:)) ?? []
            return Result(
                uid: user.uid, gid: user.gid, groups: Self.unique([user.gid] + groups),
                home: user.home)
        }
        let gid = try self.gid(parts[1])
        return Result(uid: user.uid, gid: gid, groups: [gid], home: user.home)
    }

    private struct UserEntry {
        var name: String?
        var uid: UInt32
        var gid: UInt32
        var home: String
    }

    private func user(_ text: String) throws(Problem) -> UserEntry {
        let number = UInt32(text.isEmpty ? "0" : text)
        for fields in Self.lines(passwd) where fields.count >= 6 {
            guard let uid = UInt32(fields[2]), let gid = UInt32(fields[3]) else { continue }
            guard fields[0] == text || uid == number else { continue }
            return UserEntry(
                name: fields[0], uid: uid, gid: gid, home: fields[5].isEmpty ? "/" : fields[5])
        }
        guard let number else { throw .unknownUser(text) }
        // Linux takes ids up to the maximum of a signed 32-bit number in most of its interfaces.
        guard number <= UInt32(Int32.max) else { throw .malformed(text) }
        return UserEntry(name: nil, uid: number, gid: 0, home: number == 0 ? "/root" : "/")
    }

    private func gid(_ text: String) throws(Problem) -> UInt32 {
        let number = UInt32(text)
        for fields in Self.lines(group) where fields.count >= 3 {
            if let gid = UInt32(fields[2]), fields[0] == text || gid == number { return gid }
        }
        guard let number, number <= UInt32(Int32.max) else { throw .unknownGroup(text) }
        return number
    }

    private func groups(ofMember name: String) -> [UInt32] {
        Self.lines(group).compactMap { fields in
            guard fields.count >= 4, fields[3].split(separator: ",").contains(Substring(name))
            else { return nil }
            return UInt32(fields[2])
        }
    }

    private static func lines(_ text: String) -> [[String]] {
        text.split(separator: "\n").map {
            $0.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        }
    }

    private static func unique(_ numbers: [UInt32]) -> [UInt32] {
        var seen: Set<UInt32> = []
        return numbers.filter { seen.insert($0).inserted }
    }
}

extension UserLookup {
    /// Longest passwd or group file that is read.
    static let mostBytes = 4 << 20

    /// From the files of an image; what is not there counts as empty.
    init(in view: MergedView) throws {
        passwd = String(
            decoding: try view.read("/etc/passwd", limit: Self.mostBytes) ?? [], as: UTF8.self)
        group = String(
            decoding: try view.read("/etc/group", limit: Self.mostBytes) ?? [], as: UTF8.self)
    }
}
