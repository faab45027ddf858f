// swift-tools-version: 6.2
import PackageDescription

// Every target is a folder directly under Sources/, and imports only the floors below it.
// ARCHITECTURE.md explains the floors; --explicit-target-dependency-import-check keeps them.

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
]

/// A program that lives for milliseconds spends them on its first steps. So generic types are made by
/// calls instead of by their names, which would have to be parsed, and functions can be put in order.
let quickToStart: [SwiftSetting] =
    strict + [
        .unsafeFlags([
            "-Xfrontend", "-disable-concrete-type-metadata-mangled-name-accessors",
            "-Xfrontend", "-function-sections",
            "-Xfrontend", "-disable-implicit-string-processing-module-import",
            "-Xfrontend", "-disable-implicit-concurrency-module-import",
        ])
    ]

/// What a program executes stands together in its file, in the order of its use: fewer pages to be
/// mapped, and less memory. `make order` writes the lists; a name that is no more does no harm.
func inOrderOfUse(_ program: String) -> [LinkerSetting] {
    let list = "\(Context.packageDirectory)/Sources/\(program)/functions.order"
    return [
        .unsafeFlags([
            "-use-ld=lld", "-Xlinker", "--no-warn-symbol-ordering", "-Xlinker",
            "--symbol-ordering-file=\(list)",
        ])
    ]
}

/// Runtime and Shim carry no dynamic loader: nothing an image contains can reach into them.
let fullyStatic: [LinkerSetting] = [.unsafeFlags(["-static-executable"])]

/// Compiled into the programs, so that `--version` can name it.
let commit: String = {
    guard let git = Context.gitInformation else { return "unknown" }
    return git.currentCommit + (git.hasUncommittedChanges ? "-dirty" : "")
}()

let package = Package(
    name: "apus",
    products: [
        .executable(name: "apus-runtime", targets: ["RuntimeCommand"]),
        .executable(name: "apus-shim", targets: ["Shim"]),
        .executable(name: "apusd", targets: ["Manager"]),
        .executable(name: "apusctl", targets: ["Ctl"]),
        .library(name: "ApusClient", targets: ["ApusClient"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // Floor 0: C
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CSeccomp"),
        .systemLibrary(name: "CCap"),
        .systemLibrary(name: "CJansson"),
        .systemLibrary(name: "CProtobufC"),
        .systemLibrary(name: "CArchive"),
        .systemLibrary(name: "CISAL"),
        .systemLibrary(name: "CZstd"),
        .target(name: "CWire", dependencies: ["CProtobufC"]),
        .target(name: "CBuild", cSettings: [.define("APUS_COMMIT", to: "\"\(commit)\"")]),

        // Floor 1: ground
        .target(name: "Linux", dependencies: ["CLinux"], swiftSettings: quickToStart),
        .target(name: "OCI", dependencies: ["CJansson"], swiftSettings: quickToStart),
        .target(name: "Arguments", swiftSettings: quickToStart),
        .target(
            name: "Wire", dependencies: ["CWire", "CProtobufC", "CBuild"],
            swiftSettings: quickToStart),

        // Floor 2: mechanisms
        .target(
            name: "Engine", dependencies: ["Linux", "OCI", "Wire", "CSeccomp", "CCap"],
            swiftSettings: quickToStart),
        .target(name: "RPC", dependencies: ["Linux", "Wire"], swiftSettings: quickToStart),
        .target(name: "AsyncRPC", dependencies: ["RPC", "Linux", "Wire"], swiftSettings: strict),
        .target(
            name: "Store",
            dependencies: [
                "Linux", "CArchive", "CISAL", "CZstd",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
            ], swiftSettings: strict),
        .target(
            name: "ApusClient", dependencies: ["AsyncRPC", "RPC", "Linux", "Wire"],
            swiftSettings: strict),

        // Floor 3: programs
        .executableTarget(
            name: "RuntimeCommand",
            dependencies: ["Engine", "OCI", "Arguments", "RPC", "Wire", "Linux"],
            path: "Sources/Runtime", exclude: ["functions.order"], swiftSettings: quickToStart,
            linkerSettings: fullyStatic + inOrderOfUse("Runtime")),
        .executableTarget(
            name: "Shim",
            dependencies: ["RPC", "Wire", "OCI", "Arguments", "Linux", "CBuild"],
            exclude: ["functions.order"], swiftSettings: quickToStart,
            linkerSettings: fullyStatic + inOrderOfUse("Shim")),
        .executableTarget(
            name: "Manager",
            dependencies: [
                "Store", "AsyncRPC", "RPC", "Wire", "OCI", "Linux",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: strict),
        .executableTarget(
            name: "Ctl",
            dependencies: [
                "ApusClient", "Wire", "Linux", "CLinux",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: strict),

        // Tests mirror Sources; EndToEnd starts the built programs beside their real peers.
        .systemLibrary(name: "CTrace", path: "Tests/CTrace"),
        .target(
            name: "TestSupport", dependencies: ["Linux", "CLinux", "CTrace"],
            path: "Tests/Support", swiftSettings: strict),
        .target(
            name: "FuzzTargets",
            dependencies: ["Engine", "OCI", "Arguments", "Linux", "RPC", "Wire"],
            path: "Tests/Fuzz/Targets", swiftSettings: strict),
        .testTarget(
            name: "FuzzTests", dependencies: ["FuzzTargets", "Engine", "OCI", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "LinuxTests", dependencies: ["Linux", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "OCITests", dependencies: ["OCI", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "ArgumentsTests", dependencies: ["Arguments"], swiftSettings: strict),
        .testTarget(
            name: "WireTests", dependencies: ["Wire", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "EngineTests",
            dependencies: ["Engine", "OCI", "Linux", "FuzzTargets", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "RPCTests", dependencies: ["RPC", "AsyncRPC", "Wire", "Linux", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "StoreTests", dependencies: ["Store", "Linux", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "ManagerTests",
            dependencies: [
                "Manager", "Store", "AsyncRPC", "RPC", "Wire", "OCI", "Linux", "TestSupport",
            ],
            exclude: ["Docker"], swiftSettings: strict),
        .testTarget(
            name: "CtlTests", dependencies: ["Ctl", "ApusClient", "Wire", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEnd",
            dependencies: [
                "ApusClient", "AsyncRPC", "RPC", "Wire", "OCI", "Linux", "TestSupport",
            ],
            exclude: ["embedder.py"], swiftSettings: strict),

        // What would break out of a container, if it could; also of other runtimes' containers.
        .systemLibrary(name: "CAdversary", path: "Tests/CAdversary"),
        .executableTarget(
            name: "Adversary", dependencies: ["CAdversary", "Linux"], path: "Tests/Adversary",
            swiftSettings: strict, linkerSettings: fullyStatic),
        .testTarget(
            name: "Attacks", dependencies: ["Linux", "TestSupport"],
            swiftSettings: strict),
    ]
)

// `make fuzz` alone: the same targets under libFuzzer and AddressSanitizer, with the code that they
// reach instrumented. In a build directory of its own, for every module is compiled otherwise.
if Context.environment["APUS_FUZZ"] != nil {
    let instrumented: [SwiftSetting] = [.unsafeFlags(["-sanitize=fuzzer,address"])]
    for target in package.targets
    where ["Engine", "OCI", "Arguments", "Linux", "RPC", "Wire"].contains(target.name) {
        target.swiftSettings? += instrumented
    }
    for target in package.targets where target.name == "CWire" {
        target.cSettings = [.unsafeFlags(["-fsanitize=fuzzer-no-link,address"])]
    }
    package.targets += [
        .systemLibrary(name: "CFuzz", path: "Tests/Fuzz/CFuzz"),
        .executableTarget(
            name: "FuzzDriver", dependencies: ["FuzzTargets", "CFuzz"], path: "Tests/Fuzz/Driver",
            swiftSettings: strict,
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]),
    ]
}

// `make release` alone: runtime and shim in Embedded Swift, which has no metadata of types to be made
// while they run, and of the standard library only what is used. In a build directory of its own, for
// every module is compiled otherwise; the other programs need what Embedded Swift leaves out.
if let library = Context.environment["APUS_EMBEDDED"] {
    let embedded: [SwiftSetting] = [
        .enableExperimentalFeature("Embedded"),
        // A function that several modules have made their copies of shares one name with all of them,
        // and so do its constant arrays, but these are numbered by the order of compilation: of two
        // different ones by one name the linker takes either. Swift 6.3; Tests/embedded.py looks.
        .unsafeFlags(["-Xllvm", "-sil-disable-pass=object-outliner"]),
    ]
    let programs = ["RuntimeCommand", "Shim"]
    let modules = ["Linux", "OCI", "Arguments", "Wire", "Engine", "RPC"]
    package.dependencies = []
    package.products.removeAll { !["apus-runtime", "apus-shim"].contains($0.name) }
    package.targets.removeAll {
        $0.type != .system && !(programs + modules + ["CWire", "CBuild"]).contains($0.name)
    }
    for target in package.targets where (programs + modules).contains(target.name) {
        target.dependencies.append("Glibc")
        target.swiftSettings? += embedded
    }
    for target in package.targets where programs.contains(target.name) {
        // What the module maps name is not found there.
        target.linkerSettings? +=
            ["seccomp", "cap", "jansson", "protobuf-c", "m"].map { .linkedLibrary($0) }
        target.linkerSettings? += [
            .unsafeFlags(["-Xlinker", "\(library)/libswiftUnicodeDataTables.a"])
        ]
    }
    package.targets += [
        .systemLibrary(name: "CGlibc"),
        .target(
            name: "Glibc", dependencies: ["CGlibc"],
            swiftSettings: quickToStart + embedded),
    ]
}
