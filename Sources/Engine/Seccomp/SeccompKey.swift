internal import OCI

/// What decides on a compiled filter, as bytes: equal bytes, equal filter.
struct SeccompKey: Equatable {
    /// Changes with every change of what the compiler makes of a profile.
    private static let format: UInt8 = 1

    let bytes: [UInt8]

    init(_ profile: Seccomp) {
        var writer = Writer()
        writer.bytes.reserveCapacity(16384)
        writer.bytes.append(Self.format)
        writer.write(SeccompCompiler.version)
        writer.write(profile.defaultAction.rawValue)
        writer.write(profile.defaultErrnoReturn)
        writer.write(profile.architectures.count)
        for architecture in profile.architectures { writer.write(architecture.rawValue) }
        writer.write(profile.syscalls.count)
        for rule in profile.syscalls { writer.write(rule) }
        bytes = writer.bytes
    }

    /// The name of the file: 128 bits by FNV-1a, from two starting points. It only has to spread;
    /// the file holds the bytes themselves, and they are compared.
    var fileName: String {
        var first: UInt64 = 0xcbf2_9ce4_8422_2325
        var second: UInt64 = 0x6c62_272e_07bb_0142
        for byte in bytes {
            first = (first ^ UInt64(byte)) &* 0x100_0000_01b3
            second = (second ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return Self.hexadecimal(first) + Self.hexadecimal(second)
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Every value with its length, so that no two profiles have the same bytes.
    private struct Writer {
        var bytes: [UInt8] = []

        mutating func write(_ text: String) {
            var text = text
            text.withUTF8 {
                write($0.count)
                unsafe bytes.append(contentsOf: $0)
            }
        }

        mutating func write(_ number: some FixedWidthInteger) {
            let value = UInt64(truncatingIfNeeded: number)
            for shift in stride(from: 0, to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
            }
        }

        mutating func write(_ number: UInt32?) {
            bytes.append(number == nil ? 0 : 1)
            if let number { write(number) }
        }

        mutating func write(_ rule: Seccomp.Rule) {
            write(rule.action.rawValue)
            write(rule.errnoReturn)
            write(rule.arguments.count)
            for argument in rule.arguments {
                write(argument.index)
                write(argument.value)
                write(argument.valueTwo)
                write(argument.comparison.rawValue)
            }
            write(rule.names.count)
            for name in rule.names { write(name) }
        }
    }
}
