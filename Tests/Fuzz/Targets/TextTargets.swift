import Arguments
import Engine
import Linux

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// The lines of an input, as list items.
private func lines(_ bytes: [UInt8]) -> [String] {
    text(bytes).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
}

extension FuzzTarget {
    /// An option a line. Nothing is lost: each is an attribute, a word of ours, or the filesystem's.
    static let mountOptions = FuzzTarget(
        "mount-options",
        words: [
            "ro", "rw", "nosuid", "rro", "rbind", "bind", "idmap", "ridmap", "tmpcopyup", "remount",
            "mode=755", "size=1m", "x-", "rslave", "shared", "runbindable", ",", "=", "defaults",
        ]
    ) { bytes in
        let words = lines(bytes)
        let options = MountOptions(words)
        must(
            options.parameters.count <= words.reduce(0) { $0 + $1.split(separator: ",").count },
            "\(words)")
        // To set an access time is to clear the others (mount_setattr(2)).
        let accessTimes: UInt64 = 0x70
        for (set, cleared) in [
            (options.set, options.takenBack), (options.setRecursively, options.clearRecursively),
        ] {
            let both = set.rawValue & cleared.rawValue & ~accessTimes
            must(both == 0, "\(words): both set and cleared: \(both)")
        }
    }

    /// The first line is cgroupsPath, the second the caller's own cgroup. The container's is below
    /// the mount point, and never that itself.
    static let cgroupPath = FuzzTarget(
        "cgroup-path", words: ["/", "..", ".", "//", "../\u{301}x", "\u{600}/", "a:b:c", "\0"]
    ) { bytes in
        let words = lines(bytes)
        checkCgroupPath(words[0], id: "c", own: words.count > 1 ? words[1] : "/")
    }

    static func checkCgroupPath(_ path: String?, id: String, own: String = "/own") {
        guard let path = try? CgroupPath(path, id: id) else { return }
        for (mountPoint, isPureV2) in [("/sys/fs/cgroup", true), ("/sys/fs/cgroup/cpu", false)] {
            let hierarchy = CgroupLayout.Hierarchy(
                version: isPureV2 ? .v2 : .v1, name: isPureV2 ? "" : "cpu", mountPoint: mountPoint,
                ownPath: own)
            let directory = path.directory(in: hierarchy, isPureV2: isPureV2)
            let bytes = Array(directory.utf8)
            must(bytes.starts(with: "\(mountPoint)/".utf8), directory)
            let below = bytes.dropFirst(mountPoint.utf8.count).split(separator: UInt8(ascii: "/"))
            let leadsOut = below.contains { $0.elementsEqual("..".utf8) }
            must(!below.isEmpty && !leadsOut, "\(directory) for \(path) below \(own)")
        }
    }

    /// /proc/self/cgroup, a line "----", and /proc/self/mountinfo.
    static let cgroupLayout = FuzzTarget(
        "cgroup-layout",
        words: [
            "----\n", " - cgroup ", " - cgroup2 ", "0::/", "\\040", "\\777", ":", "name=systemd",
        ]
    ) { bytes in
        let all = lines(bytes)
        let middle = all.firstIndex(of: "----") ?? all.count
        let layout = CgroupLayout(
            membership: all[..<middle].joined(separator: "\n"),
            mounts: all[min(middle + 1, all.count)...].joined(separator: "\n"))
        must(layout.hierarchies.count <= middle, "\(layout)")
    }

    /// What init says to the runtime. What is understood can be said again, and means the same.
    static let handshake = FuzzTarget("handshake") { bytes in
        guard let message = Handshake(bytes: bytes[...]) else { return }
        let again = Handshake(bytes: message.bytes[...])
        must(again == message, "\(message) became \(String(describing: again))")
    }

    /// A word of the command line a line. Every word has one meaning: command, option, value, word.
    static let options = FuzzTarget(
        "options",
        words: [
            "--root", "-root", "--root=/x", "--debug", "--debug=false", "-d", "--", "-", "run",
            "exec", "kill", "-e", "A=B", "--env", "--help", "-h", "--version", "=", "id",
        ]
    ) { bytes in
        let words = lines(bytes).filter { !$0.utf8.contains(0) }
        guard let invocation = try? grammar.parse(["prog"] + words) else { return }
        guard case .command(let command, let options, _) = invocation else { return }
        must(words.contains(command.name), "\(words): \(command.name)")
        must(command.words.contains(options.words.count), "\(words): \(options.words)")
        must(options.words.allSatisfy(words.contains), "\(words): \(options.words)")
        for option in command.options {
            if case .flag = option.kind { _ = options.has(option) }
            for value in options.list(option) where option.kind != .flag {
                must(
                    words.contains { $0 == value || $0.hasSuffix("=\(value)") },
                    "\(words): \(option.name) \(value)")
            }
            _ = try? options.number(option, as: Int32.self)
        }
    }

    private static let grammar = Grammar(
        program: "prog", summary: "does things",
        options: [
            Option.value("root", word: "DIR", help: ""), Option.flag("debug", help: ""),
            Grammar.version,
        ],
        commands: [
            Command(
                "run", "", words: 1...1,
                options: [
                    Option.value("bundle", "b", word: "DIR", help: ""),
                    Option.flag("detach", "d", help: ""),
                ]),
            Command(
                "exec", "", words: 1...Int.max,
                options: [Option.list("env", "e", word: "X", help: "")], stopsAtFirstWord: true),
            Command("kill", "", words: 1...2, options: [Option.flag("all", "a", help: "")]),
        ])

    /// The first bytes of a program of the image.
    static let programFile = FuzzTarget(
        "program-file", words: ["#!", "#!/bin/sh\r\n", "\u{7f}ELF"]
    ) { bytes in
        let file = ProgramFile(path: "/program", head: bytes)
        _ = file.scriptInterpreter
        _ = file.machine
        _ = file.loader
        _ = file.unusable()
    }

    /// Annotations for systemd's properties.
    static let variantText = FuzzTarget(
        "variant-text",
        words: ["[", "]", "(", ")", "'", "\"", "\\u0000", "uint64 ", "@as ", "true"]
    ) { bytes in
        _ = GVariantText.value(text(bytes))
    }
}
