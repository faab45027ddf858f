import Foundation
import Glibc
import Linux
import OCI
import TestSupport
import Testing

@testable import Engine

@Suite struct SeccompCacheTests {
    private let directory = TemporaryDirectory("seccomp")
    private let profile = Seccomp(
        defaultAction: .errno, syscalls: [.init(names: ["read", "write"], action: .allow)])

    private var files: [String] {
        let names = try? FileManager.default.contentsOfDirectory(
            atPath: directory.file("@seccomp"))
        return (names ?? []).map { directory.file("@seccomp/\($0)") }
    }

    /// The one file of the cache.
    private func fill() throws -> String {
        _ = try SeccompProgram(profile, cacheRoot: directory.path)
        return try #require(files.first)
    }

    @Test func aSecondContainerTakesWhatTheFirstHasCompiled() throws {
        let file = try fill()
        let cache = SeccompCache(root: directory.path)
        let compiled = try SeccompCompiler.compile(profile)
        #expect(cache.read(SeccompKey(profile)) == compiled)
        #expect(try SeccompProgram(profile, cacheRoot: directory.path).instructions == compiled)
        let status = try FileStatus(path: file)
        #expect(status.mode == 0o600)
        #expect(files.count == 1)
    }

    @Test func aFileThatOthersMayWriteIsNotBelieved() throws {
        let file = try fill()
        #expect(unsafe chmod(file, 0o666) == 0)
        #expect(SeccompCache(root: directory.path).read(SeccompKey(profile)) == nil)
    }

    @Test func aFileOfSomebodyElseIsNotBelieved() throws {
        let file = try fill()
        guard getuid() == 0 else { return }
        #expect(unsafe chown(file, 1, 1) == 0)
        #expect(SeccompCache(root: directory.path).read(SeccompKey(profile)) == nil)
    }

    @Test func aLinkIsNotFollowed() throws {
        let file = try fill()
        #expect(unsafe rename(file, file + ".moved") == 0)
        #expect(unsafe symlink(file + ".moved", file) == 0)
        #expect(SeccompCache(root: directory.path).read(SeccompKey(profile)) == nil)
    }

    @Test func aFileThatIsDamagedAnywhereInItsFrameIsNotBelieved() throws {
        let file = try fill()
        let good = try readFile(file, limit: 1 << 20)
        let key = SeccompKey(profile)
        let cache = SeccompCache(root: directory.path)
        // Magic, both lengths, the key; and every shortened file.
        for index in 0..<24 + key.bytes.count {
            var bad = good
            bad[index] ^= 0x80
            try replaceFile(file, with: bad)
            #expect(cache.read(key) == nil, "byte \(index)")
        }
        for count in stride(from: 0, to: good.count, by: 7) {
            try replaceFile(file, with: good[..<count])
            #expect(cache.read(key) == nil, "\(count) bytes")
        }
        try replaceFile(file, with: good + [0])
        #expect(cache.read(key) == nil)
        try replaceFile(file, with: good)
        #expect(cache.read(key) != nil)
    }

    @Test func aDamagedFileIsReplaced() throws {
        let file = try fill()
        try replaceFile(file, with: [1, 2, 3])
        let program = try SeccompProgram(profile, cacheRoot: directory.path)
        #expect(
            SeccompCache(root: directory.path).read(SeccompKey(profile)) == program.instructions)
    }

    @Test func anythingThatDecidesOnTheFilterChangesTheKey() {
        let argument = Seccomp.Argument(index: 0, value: 1, valueTwo: 2, comparison: .equal)
        let base = Seccomp(
            defaultAction: .errno, architectures: [.amd64],
            syscalls: [.init(names: ["read"], action: .allow, arguments: [argument])])
        let changes: [(inout Seccomp) -> Void] = [
            { $0.defaultAction = .kill }, { $0.defaultErrnoReturn = 1 },
            { $0.architectures = [.x86] }, { $0.architectures = [] }, { $0.syscalls = [] },
            { $0.syscalls[0].names = ["write"] }, { $0.syscalls[0].names = ["re", "ad"] },
            { $0.syscalls[0].action = .log }, { $0.syscalls[0].errnoReturn = 0 },
            { $0.syscalls[0].arguments[0].index = 1 }, { $0.syscalls[0].arguments[0].value = 9 },
            { $0.syscalls[0].arguments[0].valueTwo = 9 },
            { $0.syscalls[0].arguments[0].comparison = .less },
            { $0.syscalls[0].arguments = [] },
        ]
        var keys: Set<[UInt8]> = [SeccompKey(base).bytes]
        var names: Set<String> = [SeccompKey(base).fileName]
        for change in changes {
            var profile = base
            change(&profile)
            keys.insert(SeccompKey(profile).bytes)
            names.insert(SeccompKey(profile).fileName)
        }
        #expect(keys.count == changes.count + 1)
        #expect(names.count == changes.count + 1)
        #expect(names.allSatisfy { $0.utf8.count == 32 })
    }

    @Test func theCacheStaysSmall() throws {
        for number in 0..<70 {
            let profile = Seccomp(
                defaultAction: .allow,
                syscalls: [.init(names: ["read"], action: .errno, errnoReturn: UInt32(number))])
            _ = try SeccompProgram(profile, cacheRoot: directory.path)
        }
        #expect(files.count <= 64)
    }

    @Test func aRootThatCannotBeWrittenCostsNothingButTime() throws {
        let program = try SeccompProgram(profile, cacheRoot: "/proc/nonexistent")
        #expect(!program.instructions.isEmpty)
    }
}
