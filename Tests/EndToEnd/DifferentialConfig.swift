import Foundation

/// Configurations made from numbers: the same number makes the same configuration, on every machine
/// and in every year, so that a difference that was seen once can be looked at again.
struct DifferentialConfig {
    private(set) var json: [String: Any]
    private var random: SplitMix

    /// Changes what `runc spec` writes. `host` has a directory `volume` and a file `file`.
    init(seed: Int, base: [String: Any], rootfs: String, host: String, cgroup: String) {
        json = base
        random = SplitMix(state: UInt64(seed))
        edit("root") { $0["path"] = rootfs }
        edit("linux") { $0["cgroupsPath"] = cgroup }
        changeProcess()
        changeNamespaces()
        changeMounts(host)
        changePaths()
        changeDevices()
        changeResources()
    }

    var maskedPaths: Set<String> { Set(linux["maskedPaths"] as? [String] ?? []) }
    var rootfsPropagation: String? { linux["rootfsPropagation"] as? String }
    private var linux: [String: Any] { json["linux"] as? [String: Any] ?? [:] }

    func write(to file: String) {
        let data = try! JSONSerialization.data(withJSONObject: json, options: [.sortedKeys])
        try! data.write(to: URL(fileURLWithPath: file))
    }

    // MARK: Chance

    private mutating func maybe(_ percent: Int) -> Bool { number(0..<100) < percent }

    private mutating func number(_ range: Range<Int>) -> Int {
        Int.random(in: range, using: &random)
    }

    private mutating func one<Element>(of list: [Element]) -> Element {
        list[number(0..<list.count)]
    }

    /// Each with the chance, in the order of the list.
    private mutating func some<Element>(of list: [Element], _ percent: Int) -> [Element] {
        list.filter { _ in maybe(percent) }
    }

    /// In any order: of options the last one wins.
    private mutating func shuffledSome<Element>(of list: [Element], _ percent: Int) -> [Element] {
        some(of: list, percent).shuffled(using: &random)
    }

    private mutating func edit(_ key: String, _ change: (inout [String: Any]) -> Void) {
        var object = json[key] as? [String: Any] ?? [:]
        change(&object)
        json[key] = object
    }

    // MARK: Parts

    private static let capabilities = [
        "CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETUID", "SETPCAP", "NET_RAW",
        "SYS_ADMIN", "SYS_CHROOT", "MKNOD", "AUDIT_WRITE", "NET_BIND_SERVICE", "SYS_PTRACE",
    ].map { "CAP_" + $0 }

    private mutating func changeProcess() {
        var process = json["process"] as? [String: Any] ?? [:]
        process["terminal"] = false
        process["args"] = ["sh", "-c", DifferentialObservation.script]
        if maybe(70) { process["capabilities"] = capabilitySets() }
        var user: [String: Any] = ["uid": 0, "gid": 0]
        if maybe(50) { user = ["uid": one(of: [1000, 12, 65534]), "gid": one(of: [0, 1000, 7])] }
        if maybe(30) { user["additionalGids"] = shuffledSome(of: [5, 29, 44, 1000], 60) }
        if maybe(30) { user["umask"] = one(of: [0, 0o22, 0o77, 0o27]) }
        process["user"] = user
        process["noNewPrivileges"] = maybe(50)
        if maybe(50) { process["rlimits"] = limits() }
        if maybe(40) { process["oomScoreAdj"] = one(of: [0, 100, 500, 1000]) }
        if maybe(40) { process["cwd"] = one(of: ["/tmp", "/root", "/new/dir", "/proc"]) }
        if maybe(40) {
            process["env"] =
                (process["env"] as? [String] ?? [])
                + shuffledSome(of: ["A=1", "B=x y", "HOME=/elsewhere", "A=2", "EMPTY="], 50)
        }
        json["process"] = process
        if maybe(20) { json["annotations"] = ["k": "v", "org.example": one(of: ["1", "2"])] }
    }

    private mutating func capabilitySets() -> [String: Any] {
        let bounding = some(of: Self.capabilities, 50)
        let permitted = some(of: bounding, 80)
        let inheritable = some(of: permitted, 30)
        return [
            "bounding": bounding, "permitted": permitted, "effective": some(of: permitted, 80),
            "inheritable": inheritable, "ambient": some(of: inheritable, 50),
        ]
    }

    private mutating func limits() -> [[String: Any]] {
        let soft = [
            ("NOFILE", 500), ("CORE", 0), ("NPROC", 400), ("STACK", 8 << 20), ("FSIZE", 1 << 30),
            ("MEMLOCK", 65536), ("SIGPENDING", 100), ("MSGQUEUE", 8192),
        ]
        return some(of: soft, 40).map { name, soft in
            ["type": "RLIMIT_" + name, "soft": soft, "hard": soft + number(0..<50)]
        }
    }

    private mutating func changeNamespaces() {
        var kinds = ["pid", "network", "ipc", "uts", "mount"]
        for (kind, percent) in [("ipc", 20), ("network", 20), ("pid", 15), ("uts", 15)]
        where maybe(percent) {
            kinds.removeAll { $0 == kind }
        }
        if maybe(40) { kinds.append("cgroup") }
        kinds.shuffle(using: &random)
        var sysctls: [String: String] = [:]
        if kinds.contains("network"), maybe(30) {
            sysctls["net.ipv4.ip_forward"] = one(of: ["0", "1"])
        }
        if kinds.contains("ipc"), maybe(30) { sysctls["kernel.msgmax"] = "4321" }
        let hostname = one(of: ["a", "host.example", String(repeating: "x", count: 60)])
        json["hostname"] = kinds.contains("uts") && maybe(70) ? hostname : nil
        edit("linux") {
            $0["namespaces"] = kinds.map { ["type": $0] }
            $0["sysctl"] = sysctls
        }
    }

    private mutating func changeMounts(_ host: String) {
        var mounts = json["mounts"] as? [[String: Any]] ?? []
        func add(_ destination: String, _ type: String, _ source: String, _ options: [String]) {
            mounts.append([
                "destination": destination, "type": type, "source": source, "options": options,
            ])
        }
        if maybe(50) {
            let options = shuffledSome(
                of: [
                    "ro", "nosuid", "nodev", "noexec", "nodiratime",
                    "rprivate", "rslave", "shared", "rw",
                ], 20)
            // One alone: which of several wins is a question of taste.
            let times = maybe(40) ? [one(of: ["noatime", "relatime", "strictatime"])] : []
            add("/v", "bind", host + "/volume", ["rbind"] + times + options)
        }
        if maybe(50) {
            let options = shuffledSome(
                of: [
                    "ro", "nosuid", "nodev", "noexec", "noatime", "size=1m", "mode=700",
                    "mode=1777", "uid=7", "gid=8", "nr_inodes=100", "private", "sync", "rshared",
                ], 25)
            add("/t", "tmpfs", one(of: ["tmpfs", "x"]), options)
        }
        if maybe(30) {
            let options = shuffledSome(of: ["ro", "nosuid", "noexec", "nodev"], 40)
            add("/deep/er/file", "bind", host + "/file", ["bind"] + options)
        }
        if maybe(20) {
            let options = shuffledSome(of: ["mode=755", "nosuid", "size=64k"], 40)
            add("/etc", "tmpfs", "tmpfs", ["tmpcopyup"] + options)
        }
        for (place, percent) in [("/dev/mqueue", 15), ("/sys/fs/cgroup", 10)] where maybe(percent) {
            mounts.removeAll { $0["destination"] as? String == place }
        }
        json["mounts"] = mounts
        edit("root") { $0["readonly"] = false }
        if maybe(50) { edit("root") { $0["readonly"] = true } }
    }

    private mutating func changePaths() {
        var linux = linux
        if maybe(30) {
            linux["maskedPaths"] =
                some(of: linux["maskedPaths"] as? [String] ?? [], 40)
                + some(of: ["/etc/passwd", "/nonexistent", "/sys/kernel", "/root"], 50)
        }
        if maybe(30) {
            linux["readonlyPaths"] = some(
                of: ["/proc/sys", "/tmp", "/etc", "/v", "/nonexistent", "/proc/irq"], 50)
        }
        if maybe(40) {
            linux["rootfsPropagation"] = one(
                of: ["private", "rprivate", "slave", "rslave", "shared", "rshared", "unbindable"])
        }
        json["linux"] = linux
    }

    private mutating func changeDevices() {
        guard maybe(40) else { return }
        let devices: [[String: Any]] = [
            [
                "path": "/dev/mine", "type": "c", "major": 1, "minor": 7, "fileMode": 0o640,
                "uid": 7, "gid": 8,
            ],
            ["path": "/dev/sub/fifo", "type": "p", "fileMode": 0o600],
            ["path": "/dev/blk", "type": "b", "major": 8, "minor": 0],
        ]
        let chosen = some(of: devices, 60)
        edit("linux") { $0["devices"] = chosen }
    }

    private mutating func changeResources() {
        var resources: [String: Any] = ["devices": [["allow": false, "access": "rwm"]]]
        if maybe(50) {
            var memory = ["limit": one(of: [64 << 20, 100 << 20])]
            if maybe(50) { memory["swap"] = one(of: [200 << 20, -1]) }
            if maybe(30) { memory["reservation"] = 32 << 20 }
            if maybe(30) { memory["swappiness"] = one(of: [0, 10, 60]) }
            resources["memory"] = memory
        }
        if maybe(50) {
            var cpu: [String: Any] = [:]
            if maybe(60) { cpu["shares"] = one(of: [2, 512, 1024, 0]) }
            if maybe(60) {
                cpu["quota"] = one(of: [50000, -1, 20000])
                cpu["period"] = one(of: [100_000, 50000])
            }
            if maybe(40) { cpu["cpus"] = "0" }
            if maybe(20) { cpu["mems"] = "0" }
            resources["cpu"] = cpu
        }
        if maybe(50) { resources["pids"] = ["limit": one(of: [100, -1, 1000])] }
        if maybe(30) {
            resources["devices"] =
                [["allow": false, "access": "rwm"]]
                + some(
                    of: [
                        ["allow": true, "type": "c", "access": "m"],
                        ["allow": true, "type": "b", "major": 8, "access": "r"],
                        ["allow": true, "type": "c", "major": 10, "minor": 200, "access": "rwm"],
                    ] as [[String: Any]], 50)
        }
        let hasFilter = maybe(30)
        edit("linux") {
            $0["resources"] = resources
            guard hasFilter else { return }
            $0["seccomp"] = [
                "defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"],
                "syscalls": [["names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO"]],
            ]
        }
    }
}

/// Steele, Lea and Flood, Fast splittable pseudorandom number generators (2014).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
