import Foundation
import TestSupport
import Testing

/// `process.apparmorProfile` where the kernel enforces it.
@Suite(.needsRoot, .needs("busybox"), .needsAppArmor, .serialized)
struct GuestAppArmorTests {
    private static let profile = "apus-test-profile"

    /// A profile that lets a program do anything but write below /forbidden.
    private func load(_ directory: TemporaryDirectory) {
        let text = """
            profile \(Self.profile) flags=(attach_disconnected,mediate_deleted) {
              file,
              capability,
              signal,
              network,
              deny /forbidden/** w,
            }

            """
        let path = directory.write("profile", text)
        let loaded = Command.run("apparmor_parser", ["-Kr", path])
        #expect(loaded.status == 0, "\(loaded)")
    }

    private func unload(_ directory: TemporaryDirectory) {
        Command.run("apparmor_parser", ["-R", directory.file("profile")])
    }

    // A130
    @Test func theProgramRunsUnderItsProfile() {
        let test = RuntimeCase(
            "sh", "-c",
            "cat /proc/self/attr/current; ! echo x >/forbidden/file && echo x >/tmp/file")
        load(test.directory)
        defer { unload(test.directory) }
        try! FileManager.default.createDirectory(
            atPath: test.rootfs + "/forbidden", withIntermediateDirectories: false)
        test.bundle.edit("root.readonly", false)
        test.bundle.edit("process.apparmorProfile", Self.profile)
        let output = test.run()
        #expect(output.status == 0, "\(output)")
        #expect(output.stdout == "\(Self.profile) (enforce)\n", "\(output)")
        #expect(output.stderr.contains("Permission denied"), "\(output)")
    }

    // A130
    @Test func anExecdProgramGetsItsOwn() {
        let test = RuntimeCase("sleep", "1000")
        load(test.directory)
        defer { unload(test.directory) }
        test.begin()
        let read = ["cat", "/proc/self/attr/current"]
        let plain = test.runtime("exec", "c", read[0], read[1])
        #expect(plain.stdout == "unconfined\n", "\(plain)")
        let confined = test.runtime("exec", "--apparmor", Self.profile, "c", read[0], read[1])
        #expect(confined.stdout == "\(Self.profile) (enforce)\n", "\(confined)")
    }

    // A130
    @Test func aProfileThatIsNotLoadedIsAnError() {
        let test = RuntimeCase("true")
        test.bundle.edit("process.apparmorProfile", "apus-test-not-loaded")
        let made = test.create()
        #expect(made.status == 1)
        #expect(
            made.stderr.contains("apply the apparmor profile apus-test-not-loaded")
                && made.stderr.contains("is not loaded"), "\(made)")
        #expect(test.state().isEmpty)
    }
}
