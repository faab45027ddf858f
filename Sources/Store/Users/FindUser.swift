internal import Glibc
internal import Linux

extension Store {
    /// Looks `user[:group]`, names or numbers, up in a container's files, as they are now. Empty is
    /// root. Nothing needs to be mounted, and no link of the image leads out of it.
    ///
    /// - Throws: `.notFound` where the image does not know a name.
    package func findUser(
        _ text: String, in snapshot: ActiveSnapshot
    ) throws(StoreError) -> ContainerUser {
        let (passwd, group) = try storeStep("find user", text) {
            let view = try MergedView(
                directories: [snapshot.upper] + snapshot.lowerDirectories)
            return (try read("/etc/passwd", in: view), try read("/etc/group", in: view))
        }
        return try UserDatabase(passwd: passwd, group: group).find(text)
    }

    /// Empty where there is no such file, as in an image from scratch.
    private func read(_ path: String, in view: MergedView) throws -> [UInt8] {
        guard let (place, found) = try view.resolve(path), let name = place.last,
            case .file(let directory, _) = found
        else { return [] }
        // What we have seen may have been replaced: a fifo must not hold us.
        let file = try directory.descriptor.openBeneath(
            FileName(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        guard try file.status().kind == .regular else {
            throw StoreError(
                .invalid, stage: "find user", subject: path, cause: "it is no regular file")
        }
        return try readAll(file, limit: limits.userDatabaseBytes, of: path)
    }
}
