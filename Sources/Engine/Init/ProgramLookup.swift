internal import CLinux
internal import Glibc
internal import Linux

/// Finds the program that a process is to become, seen from inside of the container, and tells why
/// it cannot be started before anybody relies on it.
enum ProgramLookup {
    /// The path for execve(2) of `args[0]`: as it is where it has a slash, else found in PATH.
    static func find(_ name: String, environment: [String]) throws(EngineError) -> String {
        guard !name.isEmpty else { throw EngineError("exec: \"\"", "process.args[0] is empty") }
        if name.hasSlash {
            try check(name, named: name)
            return name
        }
        let path = environment.last { $0.hasPrefix("PATH=") }?.dropFirst(5) ?? ""
        var refusal: EngineError?
        for directory in path.split(separator: ":", omittingEmptySubsequences: false) {
            let candidate = directory.isEmpty ? "./\(name)" : "\(directory)/\(name)"
            do throws(EngineError) {
                try check(candidate, named: name)
                return candidate
            } catch {
                // As shells do: a file that may not be executed does not end the search.
                if refusal == nil && error.code != ENOENT && error.code != EISDIR {
                    refusal = error
                }
                if error.hint != "" && refusal == nil { refusal = error }
            }
        }
        if let refusal { throw refusal }
        throw EngineError(
            "exec: \"\(name)\"", "executable file not found in $PATH", code: ENOENT,
            hint: path.isEmpty ? "process.env has no PATH" : "")
    }

    /// What execve(2) would refuse, as far as it can be told without it.
    private static func check(_ path: String, named name: String) throws(EngineError) {
        let stage = "exec: \"\(name)\""
        let status: FileStatus
        do throws(SystemError) {
            status = try FileStatus(path: path)
        } catch {
            throw EngineError(
                stage, "stat \(path): \(error.reason)", code: error.code,
                hint: error.code == EACCES ? SearchPermission.obstacle(on: path) : "")
        }
        guard status.kind != .directory else {
            // As execve(2) says it; callers know the program that cannot be run by these words.
            throw EngineError(
                stage, SystemError.reason(EACCES), code: EACCES, hint: "\(path) is a directory")
        }
        if let code = ProcessControl.cannotExecute(path) {
            throw EngineError(
                stage, SystemError.reason(code), code: code, hint: unexecutable(path, status))
        }
        guard let finding = ProgramFile(path)?.missing() else { return }
        throw EngineError(
            stage, "\(finding.what): no such file or directory", code: ENOENT, hint: finding.hint)
    }

    private static func unexecutable(_ path: String, _ status: FileStatus) -> String {
        if status.mode & 0o111 == 0 {
            return "\(path) is not executable: its mode is 0\(String(status.mode, radix: 8))"
        }
        return "user \(Identity.effectiveUser) may not execute it, or its mount is noexec"
    }

    /// After execve(2) has failed all the same.
    static func explain(_ error: SystemError, _ path: String) -> EngineError {
        let hint =
            switch error.code {
            case ENOEXEC: ProgramFile(path)?.unusable() ?? "its format is not known to this kernel"
            case ENOENT: ProgramFile(path)?.missing()?.hint ?? ""
            case E2BIG: "arguments and environment together are too long"
            case EACCES: "its mount may be noexec, or a file it needs is not executable"
            default: ""
            }
        return EngineError("exec \(path)", error.reason, code: error.code, hint: hint)
    }
}

/// The first bytes of a program: what execve(2) looks at.
package struct ProgramFile {
    private let path: String
    private let head: [UInt8]

    /// nil where it cannot be read, which execve(2) has no need of.
    init?(_ path: String) {
        do throws(SystemError) {
            let file = try openFile(path, O_RDONLY | O_NONBLOCK)
            guard try FileStatus(of: file).kind == .file else { return nil }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = try file.read(into: &buffer)
            head = Array(buffer[..<count])
        } catch {
            return nil
        }
        self.path = path
    }

    package init(path: String, head: [UInt8]) {
        self.path = path
        self.head = head
    }

    /// Another file that it needs and that is not there.
    func missing() -> (what: String, hint: String)? {
        if let interpreter = scriptInterpreter {
            guard (try? FileStatus(path: interpreter)) == nil else { return nil }
            let shown = interpreter.split(separator: "\r", omittingEmptySubsequences: false).joined(
                separator: "\\r")
            let hint =
                interpreter.hasSuffix("\r")
                ? "the script has Windows line ends (CRLF): convert it with dos2unix"
                : "the script \(path) asks for \(shown), which the image does not have"
            return ("its interpreter \(shown)", hint)
        }
        if let loader, (try? FileStatus(path: loader)) == nil {
            return (
                "its loader \(loader)",
                "\(path) was built for another C library or distribution than the image has"
            )
        }
        return nil
    }

    /// Why the kernel does not know the format.
    package func unusable() -> String? {
        if head.isEmpty { return "\(path) is empty" }
        if let machine, machine != Self.hostMachine {
            return
                "\(path) is built for \(Self.name(machine)), this machine is \(Self.name(Self.hostMachine)), and no binfmt handler is registered for it"
        }
        if !isELF && scriptInterpreter == nil {
            return "\(path) is a script without a first line like #!/bin/sh, or no program at all"
        }
        return nil
    }

    /// `#!INTERPRETER [ARGUMENT]`, up to the line's end, as the kernel reads it.
    package var scriptInterpreter: String? {
        guard head.starts(with: "#!".utf8) else { return nil }
        let line = head.prefix(256).dropFirst(2).prefix { $0 != 10 && $0 != 0 }
        let blank: (UInt8) -> Bool = { $0 == 32 || $0 == 9 }
        let word = line.drop(while: blank).prefix { !blank($0) }
        return word.isEmpty ? nil : String(decoding: word, as: UTF8.self)
    }

    private var isELF: Bool { head.starts(with: [0x7f, 0x45, 0x4c, 0x46]) && head.count >= 64 }
    private var is64: Bool { head[4] == 2 }

    /// e_machine of an ELF header.
    package var machine: UInt16? { isELF ? UInt16(number(at: 18, bytes: 2)) : nil }

    /// PT_INTERP: the dynamic loader.
    package var loader: String? {
        guard isELF, head[5] == 1 else { return nil }
        let table = Int(truncatingIfNeeded: number(at: is64 ? 32 : 28, bytes: is64 ? 8 : 4))
        let size = Int(number(at: is64 ? 54 : 42, bytes: 2))
        let count = Int(number(at: is64 ? 56 : 44, bytes: 2))
        guard table > 0, size >= (is64 ? 56 : 32), count < 256 else { return nil }
        for index in 0..<count {
            let (entry, overflow) = table.addingReportingOverflow(index * size)
            guard !overflow, entry <= head.count - size else { return nil }
            guard number(at: entry, bytes: 4) == 3 else { continue }
            let offset = number(at: entry + (is64 ? 8 : 4), bytes: is64 ? 8 : 4)
            let length = number(at: entry + (is64 ? 32 : 16), bytes: is64 ? 8 : 4)
            guard offset < UInt64(head.count), length > 1, length <= UInt64(head.count) - offset
            else { return nil }
            let text = head[Int(offset)..<Int(offset + length - 1)]
            return String(decoding: text, as: UTF8.self)
        }
        return nil
    }

    /// Little-endian; the caller has checked that it is inside.
    private func number(at offset: Int, bytes: Int) -> UInt64 {
        (0..<bytes).reversed().reduce(0) { $0 << 8 | UInt64(head[offset + $1]) }
    }

    private static let machines: [(UInt16, String)] = [
        (62, "x86_64"), (3, "i386"), (183, "aarch64"), (40, "arm"), (243, "riscv"), (22, "s390x"),
        (21, "ppc64"), (258, "loongarch"), (8, "mips"),
    ]

    private static func name(_ machine: UInt16) -> String {
        machines.first { $0.0 == machine }?.1 ?? "ELF machine \(machine)"
    }

    static var hostMachine: UInt16 {
        #if arch(x86_64)
        62
        #elseif arch(arm64)
        183
        #elseif arch(riscv64)
        243
        #elseif arch(s390x)
        22
        #else
        0
        #endif
    }
}
