import Linux
import OCI
import Testing

@testable import Engine

struct MountPlanTests {
    private func plan(
        _ mounts: [Mount], _ change: (inout Spec) -> Void = { _ in }
    ) throws(EngineError) -> MountPlan {
        var spec = Spec(root: Root(path: "rootfs"), mounts: mounts)
        change(&spec)
        return try MountPlan(spec, bundle: "/bundle")
    }

    @Test(arguments: [
        ("/a//b/./c/", "/a/b/c"), ("a/b", "/a/b"), ("/../../etc", "/etc"), ("/a/../..", "/"),
        ("", "/"), ("/a/b/../c", "/a/c"),
    ])
    func destinationsAreWorkedOutWithoutLookingAtAnything(_ path: String, _ expected: String) {
        #expect(MountPlan.clean(path) == expected)
    }

    @Test func aRelativeSourceOfABindIsBelowTheBundle() throws {
        let made = try plan([
            Mount(destination: "/a", type: "none", source: "files", options: ["bind"]),
            Mount(destination: "/b", type: "bind", source: "/host", options: ["rbind"]),
        ])
        #expect(made.steps[0].content == .bind(source: "/bundle/files", tree: false))
        #expect(made.steps[1].content == .bind(source: "/host", tree: true))
    }

    @Test func aMountThatSaysNotWhatItIsIsRefused() {
        #expect(throws: EngineError.self) { try plan([Mount(destination: "/a")]) }
        #expect(throws: EngineError.self) {
            try plan([Mount(destination: "/a", options: ["bind"])])
        }
        #expect(throws: EngineError.self) {
            try plan([Mount(destination: "/a", type: "proc", options: ["tmpcopyup"])])
        }
    }

    // A067
    @Test func theDefaultDevicesComeUnlessDevIsTheHosts() throws {
        let names = ["null", "zero", "full", "random", "urandom", "tty"].map { "/dev/" + $0 }
        #expect(try plan([]).nodes.map(\.path) == names)
        let host = try plan([
            Mount(destination: "/dev/", type: "bind", source: "/dev", options: ["rbind"])
        ])
        #expect(!host.makesDevices)
        #expect(host.nodes.isEmpty)
    }

    @Test func aDeviceOfTheSpecTakesThePlaceOfADefaultOne() throws {
        let made = try plan([]) {
            $0.linux.devices = [
                Device(.character, path: "/dev/null", major: 1, minor: 3, fileMode: 0o600),
                Device(.block, path: "/dev/sda", major: 8, minor: 0),
            ]
        }
        #expect(made.nodes.first { $0.path == "/dev/null" }?.mode == 0o600)
        #expect(made.nodes.filter { $0.path == "/dev/null" }.count == 1)
        #expect(made.nodes.last?.kind == .block)
    }

    @Test func aDeviceNumberOutOfRangeIsRefused() {
        #expect(throws: EngineError.self) {
            try plan([]) {
                $0.linux.devices = [Device(.character, path: "/dev/x", major: -1, minor: 0)]
            }
        }
    }

    // A070
    @Test func withoutAWishTheHostsMountsBecomeSlavesAndTheRootStays() throws {
        let made = try plan([])
        #expect(made.hostPropagation == .init(kind: .slave, recursive: true))
        #expect(made.rootPropagation == nil)
    }

    @Test func whatBindsAreMadeOfCannotBeUnbindable() throws {
        let made = try plan([]) { $0.linux.rootfsPropagation = .unbindable }
        #expect(made.hostPropagation.kind == .private)
        #expect(made.rootPropagation == .init(kind: .unbindable, recursive: false))
    }

    @Test func aLabelGoesToFilesystemsThatTakeOne() throws {
        let made = try plan([
            Mount(destination: "/t", type: "tmpfs"), Mount(destination: "/proc", type: "proc"),
            Mount(destination: "/q", type: "mqueue"),
        ]) { $0.linux.mountLabel = "a:b" }
        #expect(made.steps[0].options.parameters == [.pair("context", "a:b")])
        #expect(made.steps[1].options.parameters == [])
        #expect(made.steps.map(\.rootLabel) == [nil, nil, "a:b"])
        #expect(made.steps[2].options.parameters == [])
        // As podman asks for by an annotation.
        let rooted = try plan([Mount(destination: "/t", type: "tmpfs")]) {
            $0.linux.mountLabel = "a:b"
            $0.annotations["run.oci.mount_context_type"] = "rootcontext"
        }
        #expect(rooted.steps[0].options.parameters == [.pair("rootcontext", "a:b")])
    }
}
