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
        if let attribute = Self.attributes[word] {
            apply(attribute)
        } else if let change = Self.propagations[word] {
            propagation.append(change)
        } else if Self.superblockFlags.contains(word) {
            parameters.append(.flag(String(word)))
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

    private static let attributes: [Substring: Attribute] = {
        let pairs: [(Substring, Substring, MountAttributes)] = [
            ("ro", "rw", .readOnly), ("nosuid", "suid", .noSetuid), ("nodev", "dev", .noDevices),
            ("noexec", "exec", .noExec), ("nodiratime", "diratime", .noDirectoryAccessTime),
            ("noatime", "atime", .noAccessTime),
            ("strictatime", "nostrictatime", .strictAccessTime),
            // relatime is the value 0 of the access time field.
            ("relatime", "norelatime", []), ("nosymfollow", "symfollow", .noSymlinkFollow),
        ]
        var table: [Substring: Attribute] = [:]
        for (on, off, bit) in pairs {
            table[on] = Attribute(bit: bit, on: true)
            table[off] = Attribute(bit: bit, on: false)
            table["r" + on] = Attribute(bit: bit, on: true, recursive: true)
            table["r" + off] = Attribute(bit: bit, on: false, recursive: true)
        }
        return table
    }()

    private static let propagations: [Substring: PropagationChange] = {
        let kinds: [(Substring, Propagation)] = [
            ("shared", .shared), ("slave", .slave), ("private", .private),
            ("unbindable", .unbindable),
        ]
        var table: [Substring: PropagationChange] = [:]
        for (name, kind) in kinds {
            table[name] = PropagationChange(kind: kind, recursive: false)
            table["r" + name] = PropagationChange(kind: kind, recursive: true)
        }
        return table
    }()

    /// Flags of the filesystem, not of the mount; every filesystem understands them.
    private static let superblockFlags: Set<Substring> = [
        "sync", "async", "dirsync", "mand", "nomand", "lazytime", "nolazytime",
    ]

    /// Names that `features` tells of.
    package static var knownNames: [String] {
        (attributes.keys.map(String.init) + propagations.keys.map(String.init)
            + superblockFlags.map(String.init)
            + [
                "bind", "rbind", "remount", "tmpcopyup", "idmap", "ridmap", "defaults", "silent",
                "loud", "iversion", "noiversion", "acl", "noacl",
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
