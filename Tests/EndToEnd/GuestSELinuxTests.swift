import Foundation
import Linux
import TestSupport
import Testing

/// `process.selinuxLabel` and `linux.mountLabel` where the kernel has SELinux, which is then told to
/// forbid nothing: what counts here is what things are called.
@Suite(.needsRoot, .needs("busybox"), .needs("runc"), .needsSELinux, .serialized)
struct GuestSELinuxTests {
    private static let label = "system_u:system_r:container_t:s0:c1,c2"
    private static let files = "system_u:object_r:container_file_t:s0:c1,c2"

    /// Loads a policy where the kernel has none yet.
    init() throws {
        guard try Self.text("/proc/self/attr/current") == "kernel" else { return }
        let directory = TemporaryDirectory("policy")
        let made = Command.run(
            "checkpolicy",
            [
                "-M", "-U", "allow", "-o", directory.file("policy"),
                Programs.repository + "/Tests/Fixtures/selinux.conf",
            ])
        try #require(made.status == 0, "\(made)")
        let policy = try Data(contentsOf: URL(fileURLWithPath: directory.file("policy")))
        let load = try openFile("/sys/fs/selinux/load", O_WRONLY)
        #expect(try load.write(Array(policy)[...]) == policy.count)
    }

    private static func text(_ path: String) throws -> String {
        String(
            decoding: try readFile(path, limit: 4096).filter { $0 != 0 && $0 != 10 }, as: UTF8.self)
    }

    private func context(of path: String) throws -> String? {
        let file = try openFile(path, O_RDONLY)
        return try file.attribute("security.selinux").map {
            String(decoding: $0.filter { $0 != 0 }, as: UTF8.self)
        }
    }

    /// What a container's process and the places in it are called, under ours and the field's runtime.
    private func labels(_ program: RuntimeProgram) throws -> [String: String] {
        let directory = TemporaryDirectory("labels")
        defer { directory.remove() }
        let test = RuntimeCase(program, in: directory, "x", ["sleep", "1000"])
        test.bundle.edit("process.selinuxLabel", Self.label)
        test.bundle.edit("linux.mountLabel", Self.files)
        test.begin()
        let pid = try #require(test.state()["pid"] as? Int)
        var found = ["process": try Self.text("/proc/\(pid)/attr/current")]
        for place in ["/dev", "/dev/null", "/dev/shm", "/dev/mqueue", "/dev/pts", "/proc"] {
            found[place] = try context(of: "/proc/\(pid)/root\(place)")
        }
        #expect(test.runtime("delete", "--force", "c").status == 0)
        return found
    }

    // A129
    @Test func theProgramAndItsMountsHaveTheirLabels() throws {
        let ours = try labels(.ours)
        #expect(ours["process"] == Self.label)
        #expect(ours["/dev"] == Self.files)
        #expect(ours["/dev/shm"] == Self.files)
        #expect(ours == (try labels(RuntimeProgram(#require(Programs.find("runc"))))))
    }

    // A129
    @Test func anExecdProgramGetsItsOwn() {
        let test = RuntimeCase("sleep", "1000")
        test.begin()
        let read = ["c", "cat", "/proc/self/attr/current"]
        let plain = test.runtime(["exec"] + read)
        #expect(plain.stdout.hasPrefix("system_u:system_r:kernel_t:s0"), "\(plain)")
        let labelled = test.runtime(["exec", "--process-label", Self.label] + read)
        #expect(labelled.stdout.hasPrefix(Self.label), "\(labelled)")
    }

    // A129
    @Test func aLabelThatThePolicyDoesNotKnowIsAnError() {
        let test = RuntimeCase("true")
        test.bundle.edit("process.selinuxLabel", "system_u:system_r:unknown_t:s0")
        let made = test.create()
        #expect(made.status == 1)
        #expect(
            made.stderr.contains("apply the SELinux label system_u:system_r:unknown_t:s0")
                && made.stderr.contains("does the policy know this label?"), "\(made)")
        #expect(test.state().isEmpty)
    }
}
