import Foundation
import TestSupport
import Testing

/// What `make install` puts in place.
struct InstallTests {
    private static let names = ["apus-runtime", "apus-shim", "apusd", "apusctl"]
    private let prefix = TemporaryDirectory("install")

    init() {
        let made = Command.run(
            "make",
            [
                "-C", Programs.repository, "install", "DESTDIR=\(prefix.path)", "PREFIX=/usr",
                "RELEASE=\(Programs.directory)",
            ])
        precondition(made.status == 0, "\(made)")
    }

    private func installed(_ name: String) -> String { prefix.file("usr/bin/" + name) }

    // A001
    @Test func itInstallsFourSeparatePrograms() throws {
        var inodes: Set<UInt64> = []
        for name in Self.names {
            let attributes = try FileManager.default.attributesOfItem(atPath: installed(name))
            #expect(attributes[.type] as? FileAttributeType == .typeRegular, "\(name)")
            inodes.insert((attributes[.systemFileNumber] as! NSNumber).uint64Value)
        }
        #expect(inodes.count == 4)
    }

    @Test func containerdFindsTheShimUnderItsName() throws {
        let link = try FileManager.default.destinationOfSymbolicLink(
            atPath: installed("containerd-shim-apus-v2"))
        #expect(link == "apus-shim")
    }

    // A001
    @Test(.needs("strace"), arguments: names, ["--version", "--help"])
    func eachAnswersAloneAndWithoutADaemon(name: String, option: String) {
        let trace = prefix.file("trace-\(name)\(option)")
        let output = Command.run(
            "strace", ["-f", "-e", "trace=execve", "-o", trace, installed(name), option])
        #expect(output.status == 0, "\(output)")
        #expect(!output.stdout.isEmpty)
        #expect(output.stderr.isEmpty)
        let lines = (try? String(contentsOfFile: trace, encoding: .utf8)) ?? ""
        #expect(lines.components(separatedBy: "execve(").count == 2, "\(lines)")
    }

    @Test(arguments: ["apus-runtime", "apus-shim"])
    func theProgramsBesideAContainerHaveNoLoader(name: String) {
        let output = Command.run("ldd", [installed(name)])
        #expect((output.stdout + output.stderr).contains("not a dynamic executable"))
    }

    @Test(arguments: names)
    func eachNamesItsVersion(name: String) {
        let output = Command.run(installed(name), ["--version"])
        #expect(output.stdout.contains("0.1.0"), "\(output)")
    }
}
