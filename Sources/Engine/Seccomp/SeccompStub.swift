/// The part of a filter that stands before what libseccomp makes.
///
/// A system call that is newer than a profile is unknown to it, and the default action of most
/// profiles is EPERM. A C library that tries a new call and finds ENOSYS takes the old one; at
/// EPERM it gives up. So calls with numbers beyond the last that the profile names get ENOSYS.
package struct SeccompStub: Equatable, Sendable {
    /// One AUDIT_ARCH_* value, under which x86-64 has two sets of numbers.
    package struct Architecture: Equatable, Sendable {
        package var token: UInt32
        /// The highest number that the profile names; nil where it names none.
        package var last: UInt32?
        /// With bit 30, by which x32 is told from x86-64.
        package var lastX32: UInt32?

        package init(token: UInt32, last: UInt32?, lastX32: UInt32? = nil) {
            self.token = token
            self.last = last
            self.lastX32 = lastX32
        }
    }

    package static let amd64: UInt32 = 0xc000_003e
    private static let x32Bit: UInt32 = 0x4000_0000
    private static let returnENOSYS: UInt32 = 0x0005_0000 | 38

    package private(set) var instructions: [UInt64] = []

    package init(_ architectures: [Architecture]) {
        let blocks = architectures.map(Self.block).filter { !$0.isEmpty }
        guard !blocks.isEmpty else { return }
        instructions.append(Self.instruction(load, operand: 4))
        for (index, block) in blocks.enumerated() {
            instructions += block
            // A block leaves by falling off its end or by a jump to it: past the other blocks.
            let rest = blocks[(index + 1)...].reduce(0) { $0 + $1.count + 1 }
            instructions.append(Self.instruction(jump, operand: UInt32(rest)))
        }
    }

    private static func block(_ architecture: Architecture) -> [UInt64] {
        var body: [UInt64] = [instruction(load, operand: 0)]
        func refuseAbove(_ last: UInt32) -> [UInt64] {
            [
                instruction(jumpIfGreater, operand: last, ifTrue: 0, ifFalse: 1),
                instruction(answer, operand: returnENOSYS),
            ]
        }
        if architecture.token == amd64 {
            let plain = architecture.last.map(refuseAbove) ?? []
            let x32 = architecture.lastX32.map(refuseAbove) ?? []
            // Plain numbers skip the x32 part, x32 numbers the plain one.
            body.append(
                instruction(
                    jumpIfBits, operand: x32Bit, ifTrue: UInt8(plain.count + 1), ifFalse: 0))
            body += plain + [instruction(jump, operand: UInt32(x32.count))] + x32
            guard !plain.isEmpty || !x32.isEmpty else { return [] }
        } else {
            guard let last = architecture.last else { return [] }
            body += refuseAbove(last)
        }
        // Another architecture skips the body and the jump behind the block.
        let skip = UInt8(body.count + 1)
        return [
            instruction(jumpIfEqual, operand: architecture.token, ifTrue: 0, ifFalse: skip)
        ] + body
    }

    static func instruction(
        _ code: UInt16, operand: UInt32, ifTrue: UInt8 = 0, ifFalse: UInt8 = 0
    ) -> UInt64 {
        UInt64(code) | UInt64(ifTrue) << 16 | UInt64(ifFalse) << 24 | UInt64(operand) << 32
    }
}

// Classic BPF (linux/bpf_common.h): of struct seccomp_data, `nr` is at 0 and `arch` at 4.
private let load: UInt16 = 0x20  // BPF_LD | BPF_W | BPF_ABS
private let jump: UInt16 = 0x05  // BPF_JMP | BPF_JA
private let jumpIfEqual: UInt16 = 0x15  // BPF_JMP | BPF_JEQ | BPF_K
private let jumpIfGreater: UInt16 = 0x25  // BPF_JMP | BPF_JGT | BPF_K
private let jumpIfBits: UInt16 = 0x45  // BPF_JMP | BPF_JSET | BPF_K
private let answer: UInt16 = 0x06  // BPF_RET | BPF_K
