import Linux
import OCI
import TestSupport
import Testing

@testable import Engine

struct ContainerStateTests {
    private var record: StateRecord {
        var record = StateRecord(
            ociVersion: "1.3.0", bundle: "/b", rootfs: "/b/rootfs", createdSeconds: 1,
            createdNanoseconds: 2, owner: 0, annotations: ["a": "ü\"\n"])
        record.initPid = 4711
        record.initStartTime = .max
        record.isComplete = true
        record.hasOwnPidNamespace = true
        record.joinsKeyring = false
        record.hasPoststopHooks = true
        record.cgroup = Cgroup(directories: [
            CgroupDirectory(hierarchy: "cpu,cpuacct", version: .v1, path: "/c", made: true),
            CgroupDirectory(hierarchy: "", version: .v2, path: "/u"),
        ])
        return record
    }

    @Test func aRecordComesBackAsItWas() throws {
        let text = Array(record.jsonText().utf8)
        #expect(try readJSON(StateRecord.self, from: text, of: "state.json") == record)
    }

    @Test func aRecordOfDisabledCgroupsHasNone() throws {
        var record = record
        record.cgroup = nil
        let text = Array(record.jsonText().utf8)
        #expect(try readJSON(StateRecord.self, from: text, of: "state.json").cgroup == nil)
    }

    // A042
    @Test func onlyTheMovesOfTheTableAreAllowed() {
        let allowed: [ContainerState.Status: Set<ContainerState.Status>] = [
            .creating: [.created, .stopped], .created: [.running, .paused, .stopped],
            .running: [.paused, .stopped], .paused: [.running, .stopped], .stopped: [],
        ]
        for from in ContainerState.Status.allCases {
            for to in ContainerState.Status.allCases {
                #expect(from.mayBecome(to) == allowed[from]!.contains(to), "\(from) to \(to)")
            }
        }
    }

    @Test(arguments: ["a", "a-b_c.d+e", "0", ".hidden", String(repeating: "x", count: 200)])
    func anOrdinaryNameIsAnId(_ id: String) {
        #expect(throws: Never.self) { try Container.validate(id: id) }
    }

    // B05 of the attack list
    @Test(arguments: [
        "", ".", "..", "a/b", "../x", "a b", "a\0b", "ä", "a\n", "@seccomp",
        String(repeating: "x", count: 201),
    ])
    func aNameThatCouldBeAPathIsNone(_ id: String) throws {
        #expect(throws: EngineError.self) { try Container.validate(id: id) }
        #expect(try !Container.exists(id: id, root: "/"))
    }

    @Test func aContainerThatIsNotThereIsSaidNotToExist() throws {
        let directory = TemporaryDirectory("state")
        defer { directory.remove() }
        #expect {
            try Container.load(id: "none", root: directory.path)
        } throws: {
            "\($0)".contains("container does not exist")
        }
        #expect(try Container.list(root: directory.path + "/missing").isEmpty)
    }

    @Test func ofTwoMakersOfADirectoryTheSecondIsTold() throws {
        let directory = TemporaryDirectory("state")
        defer { directory.remove() }
        let state = StateDirectory(id: "x", root: directory.path)
        try state.make()
        #expect {
            try state.make()
        } throws: {
            "\($0)".contains("container with given ID already exists")
        }
        #expect(try state.readRecord() == nil)
        try state.write(record)
        #expect(try state.readRecord() == record)
        let lock = try state.lock()
        #expect(state.isBusy)
        _ = lock.raw
        try state.remove()
        #expect(try !state.exists())
    }
}
