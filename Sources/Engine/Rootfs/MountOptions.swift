package import Linux

/// The options of one entry of `mounts`, sorted by what takes them (config.md, Mounts).
package struct MountOptions: Sendable, Equatable {
    /// A word or pair for the filesystem itself: fsconfig(2).
    package enum Parameter: Sendable, Equatable {
        case flag(String)
        case pair(String, String)
    }

    package struct PropagationChange: Sendable, Equatable {
        package var kind: Propagation
        package var recursive: Bool
    }

    /// A bind, of the one mount or of the tree; nil for a filesystem of its own.
    package var bind: Bind?
    package enum Bind: Sendable, Equatable { case single, tree }

    /// Of this mount.
    package var set: MountAttributes = []
    /// Of this mount, only what an access time option replaces.
    package var clear: MountAttributes = []
    /// What the last word about it takes back (`rw`, `suid`…): for `remount`, which finds it there.
    package var takenBack: MountAttributes = []
    /// Of this mount and all below it, by the options that begin with r.
    package var setRecursively: MountAttributes = []
    package var clearRecursively: MountAttributes = []
    package var propagation: [PropagationChange] = []
    package var parameters: [Parameter] = []
    /// A tmpfs starts with what the image has at its place.
    package var copiesUp = false
    /// Changes what is mounted at the destination already.
    package var remounts = false
    package var idmap: Bind?

    package var hasMode: Bool {
        parameters.contains { if case .pair("mode", _) = $0 { true } else { false } }
    }

    package init() {}

    /// In the order of the list: a later word overrides an earlier one.
    package init(_ options: [String]) {
        for option in options {
            for word in Self.split(option) { take(word) }
        }
    }

    private mutating func take(_ word: Substring) {
        if let attribute = Self.attribute(word) {
            apply(attribute)
        } else if let change = Self.propagation(word) {
            propagation.append(change)
        } else {
            takeSpecial(word)
        }
    }

    private mutating func takeSpecial(_ word: Substring) {
        switch word {
        case "bind": bind = .single
        case "rbind": bind = .tree
        case "tmpcopyup": copiesUp = true
        case "remount": remounts = true
        case "idmap": idmap = .single
        case "ridmap": idmap = .tree
        // What the kernel does anyway, or decides by itself since it has the new mount API: file
        // systems keep i_version where they can, and messages go to the context, not to the log.
        case "defaults", "silent", "loud", "iversion", "noiversion", "": break
        default:
            guard let equals = word.firstIndex(of: "=") else {
                parameters.append(.flag(String(word)))
                return
            }
            parameters.append(
                .pair(String(word[..<equals]), String(word[word.index(after: equals)...])))
        }
    }

    private mutating func apply(_ attribute: Attribute) {
        let group = attribute.isAccessTime ? MountAttributes.accessTimes : attribute.bit
        switch (attribute.on, attribute.recursive) {
        case (true, false):
            set = set.subtracting(group).union(attribute.bit)
            takenBack.subtract(group)
            if attribute.isAccessTime { clear.formUnion(.accessTimes) }
        case (false, false):
            // Takes back an earlier word. What a bind's source forbids stays forbidden.
            set.subtract(group)
            takenBack.formUnion(group)
            if attribute.isAccessTime { clear.formUnion(.accessTimes) }
        case (true, true):
            setRecursively = setRecursively.subtracting(group).union(attribute.bit)
            clearRecursively.subtract(group)
            if attribute.isAccessTime { clearRecursively.formUnion(.accessTimes) }
        case (false, true):
            setRecursively.subtract(group)
            clearRecursively.formUnion(group)
        }
    }

    private struct Attribute {
        var bit: MountAttributes
        var on: Bool
        var recursive = false

        var isAccessTime: Bool {
            bit.isSubset(of: .accessTimes)
        }
    }

    // Three looks at the names by `switch`: a dictionary of them would take longer to make than all
    // options of a container take to be understood.

    private static func attribute(_ word: Substring) -> Attribute? {
        if let (bit, on) = single(word) { return Attribute(bit: bit, on: on) }
        guard word.utf8.first == UInt8(ascii: "r"), let (bit, on) = single(word.dropFirst()) else {
            return nil
        }
        return Attribute(bit: bit, on: on, recursive: true)
    }

    private static func single(_ word: Substring) -> (bit: MountAttributes, on: Bool)? {
        switch word {
        case "ro": (.readOnly, true)
        case "rw": (.readOnly, false)
        case "nosuid": (.noSetuid, true)
        case "suid": (.noSetuid, false)
        case "nodev": (.noDevices, true)
        case "dev": (.noDevices, false)
        case "noexec": (.noExec, true)
        case "exec": (.noExec, false)
        case "nodiratime": (.noDirectoryAccessTime, true)
        case "diratime": (.noDirectoryAccessTime, false)
        case "noatime": (.noAccessTime, true)
        case "atime": (.noAccessTime, false)
        case "strictatime": (.strictAccessTime, true)
        case "nostrictatime": (.strictAccessTime, false)
        // relatime is the value 0 of the access time field.
        case "relatime": ([], true)
        case "norelatime": ([], false)
        case "nosymfollow": (.noSymlinkFollow, true)
        case "symfollow": (.noSymlinkFollow, false)
        default: nil
        }
    }

    private static func propagation(_ word: Substring) -> PropagationChange? {
        switch word {
        case "shared": PropagationChange(kind: .shared, recursive: false)
        case "rshared": PropagationChange(kind: .shared, recursive: true)
        case "slave": PropagationChange(kind: .slave, recursive: false)
        case "rslave": PropagationChange(kind: .slave, recursive: true)
        case "private": PropagationChange(kind: .private, recursive: false)
        case "rprivate": PropagationChange(kind: .private, recursive: true)
        case "unbindable": PropagationChange(kind: .unbindable, recursive: false)
        case "runbindable": PropagationChange(kind: .unbindable, recursive: true)
        default: nil
        }
    }

    /// Names that `features` tells of.
    package static var knownNames: [String] {
        let single = [
            "ro", "rw", "nosuid", "suid", "nodev", "dev", "noexec", "exec", "nodiratime",
            "diratime", "noatime", "atime", "strictatime", "nostrictatime", "relatime",
            "norelatime", "nosymfollow", "symfollow", "shared", "slave", "private", "unbindable",
            "bind",
        ]
        return
            (single + single.map { "r" + $0 }
            // Flags of the filesystem, not of the mount; every filesystem understands them.
            + ["sync", "async", "dirsync", "mand", "nomand", "lazytime", "nolazytime"]
            + [
                "remount", "tmpcopyup", "idmap", "ridmap", "defaults", "silent", "loud",
                "iversion", "noiversion", "acl", "noacl",
            ]).sorted()
    }

    /// At commas, but for those in double quotes or after a backslash.
    private static func split(_ option: String) -> [Substring] {
        guard option.utf8.contains(UInt8(ascii: ",")) else { return [option[...]] }
        var words: [Substring] = []
        var start = option.startIndex
        var quoted = false
        var escaped = false
        for index in option.indices {
            switch option[index] {
            case _ where escaped: escaped = false
            case "\\": escaped = true
            case "\"": quoted.toggle()
            case "," where !quoted:
                words.append(option[start..<index])
                start = option.index(after: index)
            default: break
            }
        }
        words.append(option[start...])
        return words
    }
}

extension MountOptions {
    /// Gives a mount what is said of it alone; `takingBack`, also of words that allow, which is for a
    /// mount that got its attributes from earlier ones.
    func change(
        _ mount: borrowing OwnedDescriptor, takingBack: Bool = false, name: String
    ) throws(SystemError) {
        let clear = takingBack ? clear.union(takenBack) : clear
        guard !set.isEmpty || !clear.isEmpty else { return }
        try MountTree.change(mount, set: set, clear: clear, name: name)
    }

    /// What is said of it and of the mounts below it.
    func changeTree(_ mount: borrowing OwnedDescriptor, name: String) throws(SystemError) {
        guard !setRecursively.isEmpty || !clearRecursively.isEmpty else { return }
        try MountTree.change(
            mount, set: setRecursively, clear: clearRecursively, recursive: true, name: name)
    }
}
