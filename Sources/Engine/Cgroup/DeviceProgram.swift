package import OCI

/// The cgroup v2 form of the device rules: a BPF program of type BPF_PROG_TYPE_CGROUP_DEVICE that
/// the kernel asks for each access (cgroup-v2.rst, Device controller).
package struct DeviceProgram: Equatable, Sendable {
    /// struct bpf_insn: op, registers, offset, immediate, as the kernel reads them.
    package private(set) var instructions: [UInt64] = []

    /// The last rule that speaks about a kind of access decides on it, so the rules are asked from
    /// the last to the first. What no rule spoke about is forbidden.
    ///
    /// Register 2 holds the accesses that are still undecided, 3 the kind, 4 major, 5 minor.
    package init(_ rules: [Resources.DeviceRule]) throws(EngineError) {
        load(3, fromContextAt: 0)
        copy(2, from: 3)
        emit(andImmediate, 3, 0xffff)
        emit(shiftRightImmediate, 2, 16)
        load(4, fromContextAt: 4)
        load(5, fromContextAt: 8)
        for rule in rules.reversed() {
            let access = try DeviceAccess(letters: rule.access)
            guard !access.isEmpty else { continue }
            if rule.kind == .all, rule.major == nil, rule.minor == nil {
                decide(rule.allow, access)
                // The verifier refuses instructions that nothing can reach.
                if access == .all { return }
                continue
            }
            for pattern in try rule.patterns() { test(pattern, allow: rule.allow, access) }
        }
        answer(0)
    }

    private mutating func test(_ pattern: DevicePattern, allow: Bool, _ access: DeviceAccess) {
        var jumps: [Int] = []
        func skipUnless(_ register: UInt8, _ value: UInt32) {
            jumps.append(instructions.count)
            emit(jumpNotEqual32, register, value)
        }
        // BPF_DEVCG_DEV_BLOCK is 1, BPF_DEVCG_DEV_CHAR is 2.
        skipUnless(3, pattern.kind == .block ? 1 : 2)
        if let major = pattern.major { skipUnless(4, major) }
        if let minor = pattern.minor { skipUnless(5, minor) }
        decide(allow, access)
        for jump in jumps { setOffset(of: jump, to: instructions.count - jump - 1) }
    }

    /// Forbids where any of `access` is still undecided, or marks it as allowed.
    private mutating func decide(_ allow: Bool, _ access: DeviceAccess) {
        if access == .all { return answer(allow ? 1 : 0) }
        if allow {
            emit(andImmediate, 2, UInt32(~access.rawValue & DeviceAccess.all.rawValue))
            emit(jumpNotEqual32, 2, 0, offset: 2)
            answer(1)
        } else {
            emit(jumpIfBits, 2, UInt32(access.rawValue), offset: 1)
            emit(jumpAlways, 0, 0, offset: 2)
            answer(0)
        }
    }

    private mutating func answer(_ value: UInt32) {
        emit(moveImmediate, 0, value)
        emit(exitProgram, 0, 0)
    }

    private mutating func load(_ register: UInt8, fromContextAt offset: UInt16) {
        emit(loadWord, register | 1 << 4, 0, offset: offset)
    }

    private mutating func copy(_ register: UInt8, from source: UInt8) {
        emit(moveRegister, register | source << 4, 0)
    }

    private mutating func emit(
        _ operation: UInt8, _ registers: UInt8, _ immediate: UInt32, offset: UInt16 = 0
    ) {
        instructions.append(
            UInt64(operation) | UInt64(registers) << 8 | UInt64(offset) << 16
                | UInt64(immediate) << 32)
    }

    private mutating func setOffset(of index: Int, to offset: Int) {
        instructions[index] |= UInt64(offset) << 16
    }

    // Class | source | operation (linux/bpf.h, linux/bpf_common.h).
    private var loadWord: UInt8 { 0x61 }  // BPF_LDX | BPF_MEM | BPF_W
    private var moveRegister: UInt8 { 0xbf }  // BPF_ALU64 | BPF_X | BPF_MOV
    private var moveImmediate: UInt8 { 0xb7 }  // BPF_ALU64 | BPF_K | BPF_MOV
    private var andImmediate: UInt8 { 0x57 }  // BPF_ALU64 | BPF_K | BPF_AND
    private var shiftRightImmediate: UInt8 { 0x77 }  // BPF_ALU64 | BPF_K | BPF_RSH
    private var jumpNotEqual32: UInt8 { 0x56 }  // BPF_JMP32 | BPF_K | BPF_JNE
    private var jumpIfBits: UInt8 { 0x45 }  // BPF_JMP | BPF_K | BPF_JSET
    private var jumpAlways: UInt8 { 0x05 }  // BPF_JMP | BPF_JA
    private var exitProgram: UInt8 { 0x95 }  // BPF_JMP | BPF_EXIT
}
