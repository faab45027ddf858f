internal import Glibc
internal import Linux
package import OCI

/// What the containers of every runtime may do with devices, beside what config.json says.
package enum DeviceRules {
    /// After the user's rules, and so stronger: nodes may be made of anything, and the devices
    /// without which no program runs may be used (config-linux.md, default devices).
    package static let always: [Resources.DeviceRule] = [
        .init(allow: true, kind: .character, access: "m"),
        .init(allow: true, kind: .block, access: "m"),
        character(1, 3),  // null
        character(1, 5),  // zero
        character(1, 7),  // full
        character(1, 8),  // random
        character(1, 9),  // urandom
        character(5, 0),  // tty
        character(5, 1),  // console
        character(5, 2),  // ptmx
        character(136, nil),  // pts
        character(10, 200),  // net/tun
    ]

    /// The whole list in order: nothing is allowed before the first rule; later ones win.
    package static func complete(_ rules: [Resources.DeviceRule]) -> [Resources.DeviceRule] {
        rules + always
    }

    private static func character(_ major: Int64, _ minor: Int64?) -> Resources.DeviceRule {
        .init(allow: true, kind: .character, major: major, minor: minor)
    }
}

/// Access to devices as bits; the numbers are the kernel's (BPF_DEVCG_ACC_*, linux/bpf.h).
package struct DeviceAccess: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let makeNode = DeviceAccess(rawValue: 1)
    package static let read = DeviceAccess(rawValue: 2)
    package static let write = DeviceAccess(rawValue: 4)
    package static let all: DeviceAccess = [.makeNode, .read, .write]

    /// From letters of `rwm`.
    package init(letters: String) throws(EngineError) {
        self = []
        for letter in letters {
            switch letter {
            case "r": insert(.read)
            case "w": insert(.write)
            case "m": insert(.makeNode)
            default:
                throw EngineError(
                    "read the device rules", "access \"\(letters)\" has other letters than r, w, m")
            }
        }
    }

    package var letters: String {
        (contains(.read) ? "r" : "") + (contains(.write) ? "w" : "")
            + (contains(.makeNode) ? "m" : "")
    }
}

/// A device, or all devices of a number, that an exception is about.
package struct DevicePattern: Hashable, Sendable {
    package enum Kind: String, Sendable {
        case character = "c"
        case block = "b"
    }

    package var kind: Kind
    /// nil is every number.
    package var major: UInt32?
    package var minor: UInt32?

    package init(_ kind: Kind, _ major: UInt32?, _ minor: UInt32?) {
        self.kind = kind
        self.major = major
        self.minor = minor
    }

    /// Every device of the other pattern is one of this.
    package func covers(_ other: DevicePattern) -> Bool {
        kind == other.kind && (major == nil || major == other.major)
            && (minor == nil || minor == other.minor)
    }

    package func overlaps(_ other: DevicePattern) -> Bool {
        kind == other.kind && (major == nil || other.major == nil || major == other.major)
            && (minor == nil || other.minor == nil || minor == other.minor)
    }
}

extension Resources.DeviceRule {
    /// The patterns that the rule is about: two for a rule of kind `a`.
    package func patterns() throws(EngineError) -> [DevicePattern] {
        let major = try Self.number(major, "major")
        let minor = try Self.number(minor, "minor")
        switch kind {
        case .character: return [DevicePattern(.character, major, minor)]
        case .block: return [DevicePattern(.block, major, minor)]
        case .all:
            return [DevicePattern(.character, major, minor), DevicePattern(.block, major, minor)]
        }
    }

    /// -1 is an old way to say every number.
    private static func number(_ value: Int64?, _ name: String) throws(EngineError) -> UInt32? {
        guard let value, value != -1 else { return nil }
        guard let number = UInt32(exactly: value), number <= 0xfffff else {
            throw EngineError("read the device rules", "there is no device \(name) number \(value)")
        }
        return number
    }
}

/// What a list of rules comes to: a default and the exceptions from it, which is all that the v1
/// devices controller can hold (cgroup-v1/devices.rst).
package struct DeviceTable: Equatable, Sendable {
    package private(set) var allowsByDefault = false
    package private(set) var exceptions: [(pattern: DevicePattern, access: DeviceAccess)] = []

    package init(_ rules: [Resources.DeviceRule]) throws(EngineError) {
        for rule in rules {
            let access = try DeviceAccess(letters: rule.access)
            guard !access.isEmpty else { continue }
            if rule.kind == .all, rule.major == nil, rule.minor == nil, access == .all {
                allowsByDefault = rule.allow
                exceptions = []
                continue
            }
            for pattern in try rule.patterns() {
                if rule.allow == allowsByDefault {
                    try withdraw(access, from: pattern, rule: rule)
                } else {
                    except(access, for: pattern)
                }
            }
        }
    }

    package static func == (a: DeviceTable, b: DeviceTable) -> Bool {
        a.allowsByDefault == b.allowsByDefault
            && a.exceptions.elementsEqual(b.exceptions) { $0 == $1 }
    }

    /// The lines for the v1 files, in order. The first resets whatever the parent handed down.
    package var v1Lines: [(file: String, line: String)] {
        let reset = allowsByDefault ? "devices.allow" : "devices.deny"
        let except = allowsByDefault ? "devices.deny" : "devices.allow"
        return [(reset, "a")]
            + exceptions.map { exception in
                let major = exception.pattern.major.map(String.init) ?? "*"
                let minor = exception.pattern.minor.map(String.init) ?? "*"
                let kind = exception.pattern.kind.rawValue
                return (except, "\(kind) \(major):\(minor) \(exception.access.letters)")
            }
    }

    /// Writes the lines into a v1 cgroup.
    func write(to path: String) throws(EngineError) {
        do throws(SystemError) {
            let allow = try openFile("\(path)/devices.allow", O_WRONLY)
            let deny = try openFile("\(path)/devices.deny", O_WRONLY)
            for (file, line) in v1Lines {
                let raw = file == "devices.allow" ? allow.raw : deny.raw
                try KernelFile.write(line, to: raw, named: "\(path)/\(file)")
            }
        } catch {
            throw EngineError(
                error, during: "set the device rules of cgroup \(path)",
                hint: error.code == EPERM
                    ? "the parent cgroup may not use these devices itself" : "")
        }
    }

    private mutating func except(_ access: DeviceAccess, for pattern: DevicePattern) {
        if exceptions.contains(where: { $0.pattern.covers(pattern) && $0.access.contains(access) })
        {
            return
        }
        if let same = exceptions.firstIndex(where: { $0.pattern == pattern }) {
            exceptions[same].access.formUnion(access)
        } else {
            exceptions.append((pattern, access))
        }
    }

    /// Takes exceptions back. What a wider one also covers cannot be cut out of it: the kernel
    /// would ignore such a line, and a ban that is ignored is worse than an error.
    private mutating func withdraw(
        _ access: DeviceAccess, from pattern: DevicePattern, rule: Resources.DeviceRule
    ) throws(EngineError) {
        for index in exceptions.indices.reversed() {
            let exception = exceptions[index]
            guard exception.pattern.overlaps(pattern), !exception.access.isDisjoint(with: access)
            else { continue }
            guard pattern.covers(exception.pattern) else {
                let verb = rule.allow ? "allow" : "forbid"
                throw EngineError(
                    "set the device rules of the cgroup",
                    "cgroup v1 cannot \(verb) \(Self.describe(pattern)) below the wider rule for "
                        + Self.describe(exception.pattern),
                    hint: "list the single devices instead of the wider rule")
            }
            exceptions[index].access.subtract(access)
            if exceptions[index].access.isEmpty { exceptions.remove(at: index) }
        }
    }

    private static func describe(_ pattern: DevicePattern) -> String {
        let major = pattern.major.map(String.init) ?? "*"
        return "\(pattern.kind.rawValue) \(major):\(pattern.minor.map(String.init) ?? "*")"
    }
}
