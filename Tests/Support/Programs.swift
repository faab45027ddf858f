import Foundation

/// Where the programs under test and their peers are.
public enum Programs {
    /// The programs under test: $APUS_BIN, or those beside the test bundle.
    public static let directory =
        ProcessInfo.processInfo.environment["APUS_BIN"] ?? besideTests

    /// Where the test bundle lies, and the programs that belong to the tests.
    public static let besideTests: String = {
        let bundle = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let candidates = CommandLine.arguments.filter { $0.contains(".xctest") } + [bundle ?? ""]
        for candidate in candidates {
            let folder = URL(fileURLWithPath: candidate).deletingLastPathComponent().path
            if FileManager.default.isExecutableFile(atPath: folder + "/apus-runtime") {
                return folder
            }
        }
        return repository + "/.build/debug"
    }()

    /// The top of the source tree.
    public static let repository: String = {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
    }()

    public static var runtime: String { directory + "/apus-runtime" }
    public static var shim: String { directory + "/apus-shim" }
    public static var manager: String { directory + "/apusd" }
    public static var ctl: String { directory + "/apusctl" }

    /// What Tests/peers.sh has unpacked without installing it.
    public static let peers = repository + "/.build/peers"

    /// Full path of a program that is unpacked there, or nil.
    public static func findPeer(_ name: String) -> String? {
        ["sbin", "bin"].map { "\(peers)/usr/\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Full path of a program of this machine, or nil.
    public static func find(_ name: String) -> String? {
        for folder in [
            "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin",
        ] {
            let path = folder + "/" + name
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        return nil
    }
}
