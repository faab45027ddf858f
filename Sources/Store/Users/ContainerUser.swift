/// Who a container's process runs as, in the numbers that the kernel wants.
package struct ContainerUser: Equatable, Sendable {
    package var uid: UInt32
    package var gid: UInt32
    /// The groups that /etc/group lists it in, sorted; none where a group was asked for.
    package var additionalGids: [UInt32]
    /// Its home directory, `/` where the image does not know it.
    package var home: String
}

/// /etc/passwd and /etc/group of an image (passwd(5), group(5)). Lines that are not well formed count
/// for nothing, as to getpwnam(3).
struct UserDatabase: Sendable {
    struct User: Equatable, Sendable {
        var name: String
        var uid: UInt32
        var gid: UInt32
        var home: String
    }

    struct Group: Equatable, Sendable {
        var name: String
        var gid: UInt32
        var members: [Substring]
    }

    private let users: [User]
    private let groups: [Group]

    init(passwd: [UInt8], group: [UInt8]) {
        users = Self.records(passwd, fields: 7).compactMap { fields in
            guard let uid = UInt32(fields[2]), let gid = UInt32(fields[3]) else { return nil }
            return User(
                name: String(fields[0]), uid: uid, gid: gid, home: String(fields[5]))
        }
        groups = Self.records(group, fields: 4).compactMap { fields in
            guard let gid = UInt32(fields[2]) else { return nil }
            return Group(
                name: String(fields[0]), gid: gid, members: fields[3].split(separator: ","))
        }
    }

    /// Finds `user[:group]`, each a name or a number; empty is root. A number need not be listed.
    func find(_ text: String) throws(StoreError) -> ContainerUser {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let wanted = parts.first.map(String.init) ?? ""
        var result: ContainerUser
        let user = try user(wanted.isEmpty ? "0" : wanted, text)
        result = ContainerUser(
            uid: user.uid, gid: user.gid, additionalGids: [],
            home: user.home.isEmpty ? "/" : user.home)
        if parts.count == 2, !parts[1].isEmpty {
            result.gid = try gid(String(parts[1]), text)
        } else if !user.name.isEmpty {
            let listed = groups.filter { $0.members.contains(Substring(user.name)) }.map(\.gid)
            result.additionalGids = Set(listed).subtracting([user.gid]).sorted()
        }
        return result
    }

    private func user(_ text: String, _ whole: String) throws(StoreError) -> User {
        // A name may be all digits; then the name is meant.
        if let named = users.first(where: { $0.name == text }) { return named }
        guard let uid = try number(text, whole) else {
            throw unknown(whole, "the image's /etc/passwd has no user \(text)")
        }
        return users.first { $0.uid == uid } ?? User(name: "", uid: uid, gid: 0, home: "/")
    }

    private func gid(_ text: String, _ whole: String) throws(StoreError) -> UInt32 {
        if let named = groups.first(where: { $0.name == text }) { return named.gid }
        guard let gid = try number(text, whole) else {
            throw unknown(whole, "the image's /etc/group has no group \(text)")
        }
        return gid
    }

    /// Nil where it is no number; ids are positive in C's int.
    private func number(_ text: String, _ whole: String) throws(StoreError) -> UInt32? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        guard let value = UInt32(text), value <= UInt32(Int32.max) else {
            throw StoreError(
                .invalid, stage: "find user", subject: whole,
                cause: "\(text) is greater than the greatest id, \(Int32.max)")
        }
        return value
    }

    private func unknown(_ text: String, _ cause: String) -> StoreError {
        StoreError(
            .notFound, stage: "find user", subject: text, cause: cause,
            hint: "use a name that the image has, or a number")
    }

    private static func records(_ file: [UInt8], fields count: Int) -> [[Substring]] {
        String(decoding: file, as: UTF8.self).split(separator: "\n").compactMap { line in
            guard !line.hasPrefix("#") else { return nil }
            var fields = line.split(separator: ":", omittingEmptySubsequences: false)
            // Minimal images leave the last fields out.
            guard fields.count >= min(count, 4), !fields[0].isEmpty else { return nil }
            while fields.count < count { fields.append("") }
            return fields
        }
    }
}
