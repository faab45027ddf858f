import Engine
import Foundation
import Glibc
import OCI

extension FuzzTarget {
    /// A profile and system calls for it: what the compiled filter decides is what the profile says.
    static let seccomp = FuzzTarget("seccomp") { bytes in
        var reader = ByteReader(bytes)
        let meaning = ProfileMeaning(&reader)
        guard let program = try? SeccompProgram(meaning.profile, cacheRoot: nil) else { return }
        // Written, and read again; others' filters lie beside it. Not all: the disk has to wait for each.
        for _ in 0..<(bytes.count % 8 == 0 ? 2 : 0) {
            let cached = try? SeccompProgram(meaning.profile, cacheRoot: FilterCache.path)
            must(cached == program, "another filter comes from the cache: \(meaning.profile)")
        }
        for call in meaning.calls(&reader) {
            let answer = FilterMachine.judge(program.instructions, call)
            let expected = meaning.answer(to: call)
            must(
                answer == expected,
                "\(call): \(String(answer, radix: 16)), not \(String(expected, radix: 16)), by \(meaning.profile)"
            )
        }
    }
}

/// The filters of many inputs, as the runtime keeps them: one that is taken for another would be found.
private enum FilterCache {
    static let path: String = {
        let path = "/tmp/apus-test.\(getpid()).filters"
        let made = unsafe mkdir(path, 0o700)
        must(made == 0 || errno == EEXIST, "\(path) cannot be made")
        atexit { try? FileManager.default.removeItem(atPath: FilterCache.path) }
        return path
    }()
}

/// struct seccomp_data, without the instruction pointer.
package struct SystemCall: Sendable {
    package var number: UInt32
    package var architecture: UInt32
    /// Six of them.
    package var arguments: [UInt64]

    package init(number: UInt32, architecture: UInt32, arguments: [UInt64]) {
        self.number = number
        self.architecture = architecture
        self.arguments = arguments
    }

    static let amd64: UInt32 = 0xc000_003e
    static let i386: UInt32 = 0x4000_0003
    static let x32Bit: UInt32 = 0x4000_0000
}

/// What the kernel would answer: a classic BPF machine for the instructions that filters have.
package enum FilterMachine {
    package static func judge(_ program: [UInt64], _ call: SystemCall) -> UInt32 {
        var words = [call.number, call.architecture, 0, 0]
        for value in call.arguments {
            words += [UInt32(truncatingIfNeeded: value), UInt32(truncatingIfNeeded: value >> 32)]
        }
        var accumulator: UInt32 = 0
        var counter = 0
        while true {
            let instruction = program[counter]
            let ifTrue = Int(instruction >> 16 & 0xff)
            let ifFalse = Int(instruction >> 24 & 0xff)
            let operand = UInt32(instruction >> 32)
            counter += 1
            switch instruction & 0xffff {
            case 0x20: accumulator = words[Int(operand) / 4]
            case 0x05: counter += Int(operand)
            case 0x15: counter += accumulator == operand ? ifTrue : ifFalse
            case 0x25: counter += accumulator > operand ? ifTrue : ifFalse
            case 0x35: counter += accumulator >= operand ? ifTrue : ifFalse
            case 0x45: counter += accumulator & operand != 0 ? ifTrue : ifFalse
            case 0x54: accumulator &= operand
            case 0x06: return operand
            default: fatalError("instruction \(instruction & 0xffff)")
            }
        }
    }
}

/// A profile, and what it means by the words of the specification: found without a compiler.
struct ProfileMeaning {
    private(set) var profile: Seccomp
    private var rules: [UInt32: [Seccomp.Rule]] = [:]

    /// x86-64's numbers (asm/unistd_64.h).
    private static let known: [(name: String, number: UInt32)] = [
        ("read", 0), ("write", 1), ("open", 2), ("mmap", 9), ("ioctl", 16), ("clone", 56),
        ("socket", 41), ("mkdir", 83), ("personality", 135), ("mount", 165), ("openat", 257),
        ("unshare", 272), ("clone3", 435),
    ]
    private static let actions: [Seccomp.Action] = [
        .kill, .killProcess, .trap, .errno, .trace, .allow, .log,
    ]
    private static let values: [UInt64] = [
        0, 1, 2, 8, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x1_0000_0000, 0x1_0000_0001,
        0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, .max,
    ]

    init(_ reader: inout ByteReader) {
        profile = Seccomp(
            defaultAction: reader.element(of: Self.actions),
            defaultErrnoReturn: reader.byte() % 2 == 0 ? nil : UInt32(reader.byte()))
        for (name, number) in Self.known.shuffled(by: &reader).prefix(1 + reader.number(below: 6)) {
            let made = Self.makeRules(for: name, &reader)
            rules[number] = made
            profile.syscalls += made
        }
    }

    /// Of several rules about one call libseccomp does not say which one wins; so either all do the
    /// same, or no two hold at once.
    private static func makeRules(for name: String, _ reader: inout ByteReader) -> [Seccomp.Rule] {
        let action = reader.element(of: actions)
        let code: UInt32? = reader.byte() % 2 == 0 ? nil : UInt32(reader.byte())
        switch reader.number(below: 4) {
        case 0: return [Seccomp.Rule(names: [name], action: action, errnoReturn: code)]
        case 1:
            let index = UInt32(reader.number(below: 6))
            return values.prefix(1 + reader.number(below: 4)).map { value in
                let condition = Seccomp.Argument(index: index, value: value, comparison: .equal)
                return Seccomp.Rule(
                    names: [name], action: reader.element(of: actions), errnoReturn: code,
                    arguments: [condition])
            }
        default:
            var ordered: Set<UInt32> = []
            var compared: Set<UInt32> = []
            return (0...reader.number(below: 3)).map { _ in
                Seccomp.Rule(
                    names: [name], action: action, errnoReturn: code,
                    arguments: conditions(&reader, &ordered, &compared))
            }
        }
    }

    /// An argument that is compared by its order is compared once in the rules about a call:
    /// libseccomp 2.5.4 decides wrongly where that is not so. With the conditions `a0 <= 2` and
    /// `a0 > 0x1_0000_0000` in two rules it takes 0xffff_ffff for a match.
    private static func conditions(
        _ reader: inout ByteReader, _ ordered: inout Set<UInt32>, _ compared: inout Set<UInt32>
    ) -> [Seccomp.Argument] {
        var conditions: [Seccomp.Argument] = []
        for _ in 0...reader.number(below: 3) {
            let condition = Seccomp.Argument(
                index: UInt32(reader.number(below: 6)), value: reader.element(of: values),
                valueTwo: reader.element(of: values),
                comparison: reader.element(of: Seccomp.Argument.Operator.allCases))
            let isOrder = ![.equal, .notEqual, .maskedEqual].contains(condition.comparison)
            guard !ordered.contains(condition.index),
                !isOrder || !compared.contains(condition.index)
            else { continue }
            if isOrder { ordered.insert(condition.index) }
            compared.insert(condition.index)
            conditions.append(condition)
        }
        return conditions
    }

    func calls(_ reader: inout ByteReader) -> [SystemCall] {
        (0..<32).map { _ in
            let known = reader.element(of: Self.known).number
            let number = reader.byte() % 8 == 0 ? UInt32(reader.byte()) * 3 : known
            let arguments = (0..<6).map { _ in
                reader.byte() % 4 == 0 ? reader.word() : reader.element(of: Self.values)
            }
            var call = SystemCall(
                number: number, architecture: SystemCall.amd64, arguments: arguments)
            switch reader.byte() {
            case 0: call.architecture = SystemCall.i386
            case 1: call.number |= SystemCall.x32Bit
            default: break
            }
            return call
        }
    }

    func answer(to call: SystemCall) -> UInt32 {
        // Another architecture than the profile's is nobody's: the kernel kills.
        guard call.architecture == SystemCall.amd64 else { return 0 }
        guard call.number & SystemCall.x32Bit == 0 else { return 0 }
        if isNewer(call.number) { return 0x0005_0000 | UInt32(ENOSYS) }
        let match = rules[call.number]?.first { Self.holds($0, call.arguments) }
        guard let match else {
            return Self.number(profile.defaultAction, profile.defaultErrnoReturn)
        }
        return Self.number(match.action, match.errnoReturn)
    }

    /// A call that the profile's author could not know does not exist, where the default forbids.
    private func isNewer(_ number: UInt32) -> Bool {
        guard ![.allow, .log, .trace].contains(profile.defaultAction),
            profile.defaultAction != .errno || profile.defaultErrnoReturn != UInt32(ENOSYS)
        else { return false }
        return number > rules.keys.max() ?? .max
    }

    private static func holds(_ rule: Seccomp.Rule, _ arguments: [UInt64]) -> Bool {
        let conditions = rule.arguments
        let isRepeated = Set(conditions.map(\.index)).count < conditions.count
        let holding = conditions.filter { holds($0, arguments[Int($0.index)]) }.count
        // Two about one argument are alternatives, as in every other runtime.
        return isRepeated ? holding > 0 : holding == conditions.count
    }

    private static func holds(_ condition: Seccomp.Argument, _ argument: UInt64) -> Bool {
        switch condition.comparison {
        case .notEqual: argument != condition.value
        case .less: argument < condition.value
        case .lessOrEqual: argument <= condition.value
        case .equal: argument == condition.value
        case .greaterOrEqual: argument >= condition.value
        case .greater: argument > condition.value
        // libseccomp masks both sides, and so does every runtime with it.
        case .maskedEqual: (argument ^ condition.valueTwo) & condition.value == 0
        }
    }

    /// SECCOMP_RET_* (linux/seccomp.h).
    private static func number(_ action: Seccomp.Action, _ code: UInt32?) -> UInt32 {
        let data = code ?? UInt32(EPERM)
        return switch action {
        case .kill, .killThread: 0
        case .killProcess: 0x8000_0000
        case .trap: 0x0003_0000
        case .errno: 0x0005_0000 | data
        case .notify: 0x7fc0_0000
        case .trace: 0x7ff0_0000 | data
        case .log: 0x7ffc_0000
        case .allow: 0x7fff_0000
        }
    }
}

extension Array {
    fileprivate func shuffled(by reader: inout ByteReader) -> [Element] {
        var rest = self
        var result: [Element] = []
        while !rest.isEmpty { result.append(rest.remove(at: reader.number(below: rest.count))) }
        return result
    }
}
