internal import CLinux
internal import Glibc
internal import Linux
package import OCI

/// Shares of cache and memory bandwidth (`linux.intelRdt`; resctrl.rst of the kernel): a group is a
/// directory whose `schemata` say what its processes get, and whose `tasks` say which these are.
package struct ResctrlPlan: Equatable, Sendable {
    package enum Step: Equatable, Sendable {
        case makeDirectory(String)
        /// One write(2).
        case write(String, to: String)
        /// The group is somebody else's and must have these lines already.
        case require([String], in: String)
        /// The container's first process, and so all that come of it.
        case enter(String)
    }

    package let steps: [Step]
    /// What the container made and takes with it, deepest first.
    package let made: [String]

    /// Where the kernel shows it.
    package static let place = "/sys/fs/resctrl"

    /// `exists` tells whether there is a file of that path.
    package init(
        _ wanted: IntelRdt, id: String, place: String = Self.place, exists: (String) -> Bool
    ) throws(EngineError) {
        guard exists("\(place)/schemata") else {
            throw EngineError(
                "apply linux.intelRdt", "this machine shows no resctrl at \(place)",
                code: ENODEV,
                hint: "it takes a processor that divides its caches, and mount -t resctrl")
        }
        let group = Self.path(of: wanted, id: id, place: place)
        let isThere = exists(group)
        guard !isThere || wanted.closID?.isEmpty == false else {
            throw EngineError(
                "apply linux.intelRdt", "\(group) exists and is not the container's",
                code: EEXIST, hint: "remove it, or name it in linux.intelRdt.closID")
        }
        let lines = Self.schemata(wanted)
        var steps: [Step] = []
        var made: [String] = []
        if isThere {
            if !lines.isEmpty { steps.append(.require(lines, in: "\(group)/schemata")) }
        } else {
            steps.append(.makeDirectory(group))
            made.append(group)
            if !lines.isEmpty {
                let text = lines.joined(separator: "\n") + "\n"
                steps.append(.write(text, to: "\(group)/schemata"))
            }
        }
        steps.append(.enter("\(group)/tasks"))
        if wanted.enableMonitoring {
            let monitor = "\(group)/mon_groups/\(id)"
            steps += [.makeDirectory(monitor), .enter("\(monitor)/tasks")]
            made.insert(monitor, at: 0)
        }
        self.steps = steps
        self.made = made
    }

    /// New shares for a container that runs: in the group that it has, or in one that it gets now.
    package static func change(
        of group: IntelRdt?, to wanted: IntelRdt, id: String, place: String = Self.place,
        exists: (String) -> Bool
    ) throws(EngineError) -> ResctrlPlan {
        guard let group, exists("\(place)/schemata") else {
            return try ResctrlPlan(wanted, id: id, place: place, exists: exists)
        }
        let text = schemata(wanted).joined(separator: "\n") + "\n"
        let file = "\(path(of: group, id: id, place: place))/schemata"
        return ResctrlPlan(steps: [.write(text, to: file)], made: [])
    }

    private init(steps: [Step], made: [String]) {
        self.steps = steps
        self.made = made
    }

    private static func path(of group: IntelRdt, id: String, place: String) -> String {
        let named = group.closID.flatMap { $0.isEmpty ? nil : $0 }
        return "\(place)/\(named ?? id)"
    }

    /// In the order in which the specification applies them. Lines about bandwidth in the cache's
    /// member are the other member's.
    private static func schemata(_ wanted: IntelRdt) -> [String] {
        func lines(_ text: String?) -> [String] {
            (text ?? "").split(separator: "\n").map(String.init)
        }
        return lines(wanted.l3CacheSchema).filter { !$0.hasPrefix("MB:") }
            + lines(wanted.memBwSchema) + wanted.schemata.flatMap { lines($0) }
    }

    /// Before the process runs anything of the image.
    func apply(to pid: Int32) throws(EngineError) {
        for step in steps {
            do throws(SystemError) {
                switch step {
                case .makeDirectory(let path):
                    try Linux.check("make \(path)") { unsafe mkdir(path, 0o755) }
                case .write(let text, let path): try KernelFile.write(text, to: path)
                case .require(let lines, let path): try Self.require(lines, in: path)
                case .enter(let path): try KernelFile.write("\(pid)", to: path)
                }
            } catch {
                throw EngineError(error, during: "apply linux.intelRdt", hint: Self.hint(error))
            }
        }
    }

    /// A further process of a container, which is no child of the first.
    static func enter(_ wanted: IntelRdt, id: String, pid: Int32) throws(EngineError) {
        try attempt("join the container's group of resctrl") { () throws(SystemError) in
            let path = "\(path(of: wanted, id: id, place: place))/tasks"
            // The file takes a thread at a time.
            for thread in KernelFile.directories(in: "/proc/\(pid)/task") {
                try KernelFile.write(thread, to: path)
            }
        }
    }

    private static func hint(_ error: SystemError) -> String {
        let status = "\(place)/info/last_cmd_status"
        switch error.code {
        case ENOSPC: return "the processor has no class of service left"
        case EINVAL: return KernelFile.readIfPresent(status).map { "the kernel says: \($0)" } ?? ""
        default: return ""
        }
    }

    /// `L3:0=f` and `L3:0=00f` are the same: what is compared are the words that name a share.
    private static func require(_ lines: [String], in path: String) throws(SystemError) {
        let present = Set(try KernelFile.read(path).split(separator: "\n").flatMap(shares))
        let missing = lines.flatMap { shares($0[...]) }.first { !present.contains($0) }
        guard let missing else { return }
        throw SystemError("\(path) is another container's and has not \(missing)", EINVAL)
    }

    /// `L3:0=0f;1=3` as `L3:0=f` and `L3:1=3`.
    static func shares(_ line: Substring) -> [String] {
        let parts = line.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { return [] }
        let name = parts[0].filter { $0 != " " }
        return parts[1].split(separator: ";").map { share in
            let words = share.split(separator: "=", maxSplits: 1)
            let value = words.last?.filter { $0 != " " }.drop { $0 == "0" } ?? ""
            let number = words.first?.filter { $0 != " " } ?? ""
            return "\(name):\(number)=\(value.isEmpty ? "0" : String(value))"
        }
    }

    /// What a container has made goes with it; the kernel gives its processes back to the parent.
    static func remove(_ made: [String]) {
        for path in made { unsafe rmdir(path) }
    }
}
