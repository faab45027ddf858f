internal import Glibc

/// What machine an image is for, in Go's words: `linux`, `amd64`, and for arm `v7` or `v8`.
package struct Platform: Equatable, Sendable, CustomStringConvertible {
    package var os: String
    package var architecture: String
    /// Empty where the architecture has none.
    package var variant: String

    package init(os: String, architecture: String, variant: String = "") {
        self.os = os
        self.architecture = architecture
        self.variant = variant
    }

    /// The machine that we run on.
    package static let current = Platform(machine: machineName())

    package var description: String {
        variant.isEmpty ? "\(os)/\(architecture)" : "\(os)/\(architecture)/\(variant)"
    }

    /// From the kernel's word for the machine (uname(2)).
    init(machine: String) {
        os = "linux"
        variant = ""
        switch machine {
        case "x86_64": architecture = "amd64"
        case "aarch64":
            architecture = "arm64"
            variant = "v8"
        case "armv7l", "armv8l":
            architecture = "arm"
            variant = "v7"
        case "armv6l":
            architecture = "arm"
            variant = "v6"
        case "i386", "i486", "i586", "i686": architecture = "386"
        default: architecture = machine
        }
    }

    /// How well an image for `candidate` runs here: nil not at all, higher is better.
    ///
    /// An image of an older variant runs on a newer machine (arm v6 on v7); amd64 has the levels v1
    /// to v4, of which v1 is the one that every machine has.
    func suitability(of candidate: Platform) -> Int? {
        guard candidate.os == os, candidate.architecture == architecture else { return nil }
        let mine = Self.level(variant, of: architecture)
        let theirs = Self.level(candidate.variant, of: architecture)
        guard let mine, let theirs, theirs <= mine else { return nil }
        return theirs
    }

    /// `v7` is 7; an absent variant is the one that the architecture means without it.
    private static func level(_ variant: String, of architecture: String) -> Int? {
        if variant.isEmpty { return ["arm64": 8, "arm": 7, "amd64": 1][architecture] ?? 0 }
        guard variant.hasPrefix("v") else { return nil }
        // arm64 has v8.1, v9.2 and so on: only the first number decides.
        return Int(variant.dropFirst().prefix { $0 != "." })
    }
}
