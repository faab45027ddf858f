import Testing
import Wire

@testable import Ctl

// A028
struct VersionTests {
    private func manager(_ api: String, minimum: String) -> Apus.VersionResponse {
        Apus.VersionResponse(
            version: "9.9", gitCommit: "abc", buildTime: "now", platform: "linux/amd64",
            apiVersion: api, minimumApiVersion: minimum,
            components: [
                Apus.Component(name: "apus-shim", path: "/bin/s", version: "1", gitCommit: "def")
            ])
    }

    @Test(arguments: [("1.0", "1.0", "1.0"), ("1.5", "1.0", "1.2"), ("1.5", "1.5", "1.5")])
    func aManagerThatIsAtLeastAsNewServes(_ api: String, _ minimum: String, _ client: String) {
        #expect(VersionSkew.problem(manager(api, minimum: minimum), client: client) == nil)
    }

    @Test(arguments: [
        ("1.5", "1.4", "1.3", "newer apusctl"), ("1.2", "1.0", "1.3", "newer apusd"),
        ("2.0", "1.0", "1.3", "newer apusd"), ("one", "1.0", "1.0", "same version"),
    ])
    func otherwiseTheComplaintSaysWhatToInstall(
        _ api: String, _ minimum: String, _ client: String, _ remedy: String
    ) throws {
        let problem = try #require(
            VersionSkew.problem(manager(api, minimum: minimum), client: client))
        #expect(problem.hint.contains(remedy))
    }

    @Test func theReportNamesAllParts() {
        let text = VersionReport.text(manager("1.5", minimum: "1.0"), address: "/s")
        for part in [
            "Client:", "Manager at /s:", "API version:     1.5 (minimum 1.0)", " apus-shim:",
            "Path:           /bin/s", "OS/Arch:",
        ] { #expect(text.contains(part), "\(part) in \(text)") }
    }

    @Test func withoutAManagerTheClientsHalfStands() {
        #expect(VersionReport.text(nil, address: "/s").contains(Apus.version))
        #expect(VersionReport.json(nil).text(indented: false).hasSuffix(#""manager":null}"#))
    }
}
