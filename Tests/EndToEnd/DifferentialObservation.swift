import Foundation
import TestSupport

/// What a container shows of itself under one runtime, as far as it should not depend on which.
struct DifferentialObservation {
    /// By name, the lines of what was looked at.
    private(set) var sections: [String: [String]] = [:]
    private(set) var started = false
    private(set) var error = ""

    /// Everything in one go: a container costs more than what is asked of it.
    static let script = """
        f() { for p; do echo "== $p"; cat $p; done; }
        p=/proc/self
        f $p/mountinfo $p/status $p/limits $p/cgroup $p/oom_score_adj $p/uid_map $p/timens_offsets 2>&1
        f /proc/sys/kernel/hostname /proc/sys/kernel/domainname /proc/sys/kernel/msgmax 2>&1
        f /proc/sys/net/ipv4/ip_forward 2>&1
        echo "== identity"; id -u; id -g; id -G; umask; pwd
        echo "== environment"; env | sort
        echo "== namespaces"; for n in $p/ns/*; do readlink $n; done
        echo "== devices"; ls -lnR /dev 2>&1 | awk '/^[cb]/ { print $1,$3,$4,$5,$6,$NF } /^[dlps-]/ { print $1,$3,$4,$NF }'
        echo "== cgroup files"
        cd /sys/fs/cgroup; for n in memory/memory.limit_in_bytes memory/memory.soft_limit_in_bytes \\
            memory/memory.memsw.limit_in_bytes memory/memory.swappiness cpu/cpu.shares \\
            cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us cpuset/cpuset.cpus cpuset/cpuset.mems \\
            pids/pids.max devices/devices.list; do echo $n; cat $n; done 2>&1; cd /
        echo "== writable"
        for d in / /tmp /dev/shm /v /t /etc; do touch $d/.x 2>/dev/null; echo $d $?; done
        echo "== directories"; ls -ldn / /tmp /v /t /etc /proc /sys /dev /new/dir 2>&1 | awk '{print $1,$3,$4,$NF}'
        echo "== descriptors"; ls /proc/self/fd | wc -l
        """

    /// Creates, asks the state, starts, waits for the end, and deletes.
    init(
        of config: DifferentialConfig, under program: String, in directory: TemporaryDirectory,
        rootfs: String
    ) {
        Self.sweep(rootfs)
        let bundle = directory.directory("bundle")
        config.write(to: bundle + "/config.json")
        let runtime = "'\(program)' --root '\(directory.file("state"))'"
        // The pipe ends when the container has.
        let script = """
            cd '\(bundle)'; rm -f state error started; : >error
            { \(runtime) create d 2>error </dev/null && \(runtime) state d >state \
              && \(runtime) start d 2>>error && echo yes >started; } | cat >output
            \(runtime) delete -f d >/dev/null 2>&1
            """
        _ = Command.shell(script)
        func text(_ name: String) -> String {
            (try? String(contentsOfFile: bundle + "/" + name, encoding: .utf8)) ?? ""
        }
        started = text("started") == "yes\n"
        error = text("error").trimmingCharacters(in: .whitespacesAndNewlines)
        guard started else { return }
        read(text("output"))
        sections["state"] = Self.state(text("state"))
        normalise(config)
    }

    /// What the last container has made in the image, so that both runtimes find the same.
    private static func sweep(_ rootfs: String) {
        let files = FileManager.default
        for name in ["new", "v", "t", "deep", ".x", "tmp/.x", "etc/.x"] {
            try? files.removeItem(atPath: rootfs + "/" + name)
        }
        for name in (try? files.contentsOfDirectory(atPath: rootfs + "/dev")) ?? [] {
            try? files.removeItem(atPath: rootfs + "/dev/" + name)
        }
    }

    private mutating func read(_ output: String) {
        var name = ""
        for line in output.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("== ") {
                name = String(line.dropFirst(3))
                sections[name] = []
            } else {
                sections[name, default: []].append(String(line))
            }
        }
    }

    /// Without what is a process's or a moment's own.
    private static func state(_ text: String) -> [String] {
        let object = try? JSONSerialization.jsonObject(with: Data(text.utf8))
        guard var state = object as? [String: Any] else { return [text] }
        for key in ["pid", "created", "ociVersion"] { state[key] = nil }
        let data = try? JSONSerialization.data(withJSONObject: state, options: [.sortedKeys])
        return [data.map { String(decoding: $0, as: UTF8.self) } ?? ""]
    }

    private static let statusFields: Set<Substring> = [
        "Umask", "Uid", "Gid", "Groups", "SigBlk", "SigCgt", "CapInh", "CapPrm",
        "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp", "Seccomp_filters",
    ]

    private mutating func normalise(_ config: DifferentialConfig) {
        sections["/proc/self/status"]?.removeAll {
            !Self.statusFields.contains($0.prefix { $0 != ":" })
        }
        let host = Set(
            ["cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"].map {
                RuntimeCase.namespace($0, of: Int(getpid()))
            })
        sections["namespaces"] = sections["namespaces"]?.map { name in
            host.contains(name) ? name : String(name.prefix { $0 != "[" }) + "own"
        }
        sections["/proc/self/mountinfo"] = sections["/proc/self/mountinfo"]?.compactMap {
            Self.mount($0, config)
        }.sorted()
        // consoleDevice, and the order in which rules without overlap were written
        sections["cgroup files"]?.removeAll { $0 == "c 5:1 rwm" }
        sections["cgroup files"]?.sort()
        if config.maskedPaths.contains("/root") { sections["environment"] = nil }
    }

    /// `PLACE ROOT OPTIONS [PROPAGATION] TYPE SOURCE OPTIONS`; nil for what is not compared.
    private static func mount(_ line: String, _ config: DifferentialConfig) -> String? {
        let fields = line.split(separator: " ").map(String.init)
        guard fields.count > 9, let dash = fields.firstIndex(of: "-") else { return line }
        let place = fields[4]
        // whatCoversMaskedPaths
        if config.maskedPaths.contains(place) { return "\(place) is masked" }
        // unifiedHierarchy
        if place == "/sys/fs/cgroup/unified" { return nil }
        var options = fields[5]
        // readOnlyCgroups
        if place == "/sys/fs/cgroup" { options = String(options.dropFirst(3)) }
        var propagation = Set(
            fields[6..<dash].map { $0.prefix { $0 != ":" } }
        ).sorted().joined(separator: " ")
        // sharedRoots
        if config.rootfsPropagation?.hasSuffix("shared") == true { propagation = "" }
        var filesystem = Array(fields[(dash + 1)...])
        // modeOfTmpfs: the directories themselves are compared
        if filesystem[0] == "tmpfs", let last = filesystem.popLast() {
            let words = last.split(separator: ",").filter { !$0.hasPrefix("mode=") }
            filesystem.append(words.joined(separator: ","))
        }
        // systemdHierarchy
        if filesystem[0] == "cgroup" { filesystem[1] = "cgroup" }
        return "\(place) \(fields[3]) \(options) [\(propagation)] "
            + filesystem.joined(separator: " ")
    }

    /// Lines of one side that the other has not, told as a person reads them.
    static func differences(
        _ first: DifferentialObservation, _ second: DifferentialObservation
    ) -> [String] {
        let names = Set(first.sections.keys).union(second.sections.keys).sorted()
        return names.flatMap { name in
            let (left, right) = (first.sections[name] ?? [], second.sections[name] ?? [])
            guard left != right else { return [String]() }
            let changes = right.difference(from: left)
            return changes.map { change in
                switch change {
                case .remove(_, let line, _): "\(name): runc has \(line)"
                case .insert(_, let line, _): "\(name): Apus has \(line)"
                }
            }
        }
    }
}
