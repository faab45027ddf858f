internal import CLinux
internal import Glibc
internal import Linux

extension DeviceProgram {
    /// Loads the program and makes it the only device program of a v2 cgroup (bpf(2)).
    func attach(to path: String) throws(EngineError) {
        do throws(SystemError) {
            let cgroup = try openFile(path, O_RDONLY | O_DIRECTORY)
            let old = try Self.attached(to: cgroup)
            let program = try load()
            // A single program is exchanged in one step, so that no moment is without rules. More
            // can only stand there when something else put them there: all must go.
            if old.count == 1 {
                let replaced = try Self.program(id: old[0])
                try Self.attach(program, to: cgroup, replacing: replaced.raw)
            } else {
                try Self.attach(program, to: cgroup, replacing: nil)
                for id in old { try Self.detach(try Self.program(id: id), from: cgroup) }
            }
        } catch {
            throw EngineError(
                error, during: "set the device rules of cgroup \(path)",
                hint: error.code == EPERM
                    ? "device rules on cgroup v2 need CAP_BPF or CAP_SYS_ADMIN" : "")
        }
    }

    /// Linux 6.17 to 7.1 write 8 bytes past a short attribute of BPF_PROG_QUERY: every attribute
    /// of ours is a zeroed 128 bytes, and the kernel is told so.
    private struct Attribute {
        private var words: [UInt64]

        init() { words = [UInt64](repeating: 0, count: 16) }

        mutating func set(_ value: UInt32, at offset: Int) {
            unsafe words.withUnsafeMutableBytes {
                unsafe $0.storeBytes(of: value, toByteOffset: offset, as: UInt32.self)
            }
        }

        mutating func set(address: UInt, at offset: Int) {
            unsafe words.withUnsafeMutableBytes {
                unsafe $0.storeBytes(of: address, toByteOffset: offset, as: UInt.self)
            }
        }

        func word(at offset: Int) -> UInt32 {
            unsafe words.withUnsafeBytes { unsafe $0.load(fromByteOffset: offset, as: UInt32.self) }
        }

        /// bpf(2).
        mutating func call(_ command: Int32) -> Int {
            unsafe words.withUnsafeMutableBytes {
                Int(unsafe apus_bpf(command, $0.baseAddress, UInt32($0.count)))
            }
        }
    }

    // enum bpf_cmd, linux/bpf.h
    private static let loadCommand: Int32 = 5
    private static let attachCommand: Int32 = 8
    private static let detachCommand: Int32 = 9
    private static let programByIDCommand: Int32 = 13
    private static let queryCommand: Int32 = 16

    private static let deviceProgramType: UInt32 = 15
    private static let deviceAttachType: UInt32 = 6
    private static let allowMulti: UInt32 = 2
    private static let replace: UInt32 = 4

    private func load() throws(SystemError) -> OwnedDescriptor {
        var license = Array("GPL\0".utf8)
        var instructions = instructions
        let raw = try check("load the device program") {
            unsafe instructions.withUnsafeMutableBytes { code in
                unsafe license.withUnsafeMutableBytes { license in
                    var attribute = Attribute()
                    attribute.set(Self.deviceProgramType, at: 0)
                    attribute.set(UInt32(code.count / 8), at: 4)
                    attribute.set(address: UInt(bitPattern: code.baseAddress), at: 8)
                    attribute.set(address: UInt(bitPattern: license.baseAddress), at: 16)
                    return attribute.call(Self.loadCommand)
                }
            }
        }
        return OwnedDescriptor(owning: Int32(raw))
    }

    private static func attached(
        to cgroup: borrowing OwnedDescriptor
    ) throws(SystemError) -> [UInt32] {
        let raw = cgroup.raw
        var ids = [UInt32](repeating: 0, count: 64)
        var count = 0
        try check("ask for device programs") {
            unsafe ids.withUnsafeMutableBytes { list in
                var attribute = Attribute()
                attribute.set(UInt32(bitPattern: raw), at: 0)
                attribute.set(deviceAttachType, at: 4)
                attribute.set(address: UInt(bitPattern: list.baseAddress), at: 16)
                attribute.set(64, at: 24)
                let result = attribute.call(queryCommand)
                count = Int(attribute.word(at: 24))
                return result
            }
        }
        return Array(ids.prefix(count))
    }

    private static func program(id: UInt32) throws(SystemError) -> OwnedDescriptor {
        let raw = try check("open device program \(id)") {
            var attribute = Attribute()
            attribute.set(id, at: 0)
            return attribute.call(programByIDCommand)
        }
        return OwnedDescriptor(owning: Int32(raw))
    }

    private static func attach(
        _ program: borrowing OwnedDescriptor, to cgroup: borrowing OwnedDescriptor,
        replacing old: Int32?
    ) throws(SystemError) {
        let (program, cgroup) = (program.raw, cgroup.raw)
        try check("attach the device program") {
            var attribute = Attribute()
            attribute.set(UInt32(bitPattern: cgroup), at: 0)
            attribute.set(UInt32(bitPattern: program), at: 4)
            attribute.set(deviceAttachType, at: 8)
            attribute.set(old == nil ? allowMulti : allowMulti | replace, at: 12)
            if let old { attribute.set(UInt32(bitPattern: old), at: 16) }
            return attribute.call(attachCommand)
        }
    }

    private static func detach(
        _ program: borrowing OwnedDescriptor, from cgroup: borrowing OwnedDescriptor
    ) throws(SystemError) {
        let (program, cgroup) = (program.raw, cgroup.raw)
        try check("detach an old device program") {
            var attribute = Attribute()
            attribute.set(UInt32(bitPattern: cgroup), at: 0)
            attribute.set(UInt32(bitPattern: program), at: 4)
            attribute.set(deviceAttachType, at: 8)
            return attribute.call(detachCommand)
        }
    }
}
