import Foundation
import Glibc
import Linux
import OCI
import TestSupport
import Testing

@testable import Engine

/// On the cgroups of this machine, whichever version they are.
@Suite(.needsRoot, .serialized) struct CgroupTests {
    // A080
    @Test func aCgroupIsMadeInEveryHierarchyAndRemovedWithItsParents() throws {
        let scratch = try ScratchCgroup()
        for directory in scratch.cgroup.directories {
            #expect(directory.made && KernelFile.exists(directory.path), "\(directory.path)")
        }
        try scratch.cgroup.remove()
        #expect(scratch.leftovers == [])
    }

    @Test func aParentThatSomebodyElseMadeStays() throws {
        let scratch = try ScratchCgroup(make: false)
        let parents = scratch.cgroup.directories.compactMap { CgroupTree.parent(of: $0.path) }
        for parent in parents { try makeCgroup(parent) }
        try scratch.make(nil)
        try scratch.cgroup.remove()
        #expect(scratch.leftovers.count == parents.count)
    }

    @Test func anEmptyCgroupOfSomebodyElseIsUsedAndStays() throws {
        let scratch = try ScratchCgroup(make: false)
        let directory = scratch.cgroup.directories[0]
        try makeCgroup(CgroupTree.parent(of: directory.path)!)
        try makeCgroup(directory.path)
        try scratch.make(nil)
        #expect(!scratch.cgroup.directories[0].made)
        try scratch.cgroup.remove()
        #expect(KernelFile.exists(directory.path))
    }

    @Test func aCgroupWithProcessesIsNotTaken() throws {
        let scratch = try ScratchCgroup()
        try scratch.run("sleep", ["60"])
        var second = Cgroup(directories: scratch.cgroup.directories)
        let error = #expect(throws: EngineError.self) {
            try second.make(nil, recorder: Recorder())
        }
        #expect(error?.cause.contains("holds 1 processes") == true)
        #expect(!scratch.cgroup.processes().isEmpty)
    }

    // A080: a crash between making and recording leaves nothing that delete cannot find.
    @Test func aRecordFromBeforeTheMakingFindsWhatWasMade() throws {
        let scratch = try ScratchCgroup(make: false)
        let early = scratch.cgroup.directories
        try scratch.make(nil)
        try Cgroup(directories: early).remove()
        #expect(scratch.leftovers == [])
    }

    @Test func dissolvingKillsWhoIsStillThere() throws {
        let scratch = try ScratchCgroup()
        let process = try scratch.run("sleep", ["60"])
        try scratch.cgroup.dissolve()
        process.waitUntilExit()
        #expect(process.terminationStatus == SIGKILL)
        #expect(scratch.leftovers == [])
    }

    @Test func aFailedLimitLeavesNothingBehind() throws {
        let scratch = try ScratchCgroup(make: false)
        let resources = Resources(cpu: Resources.CPU(cpus: "4095"))
        #expect(throws: EngineError.self) { try scratch.make(resources) }
        #expect(scratch.leftovers == [])
    }

    // A094
    @Test func missingProcessorsAreNamedBesideTheAvailableOnes() throws {
        let scratch = try ScratchCgroup(make: false)
        let online = KernelFile.readIfPresent("/sys/devices/system/cpu/online") ?? ""
        let error = #expect(throws: EngineError.self) {
            try scratch.make(Resources(cpu: Resources.CPU(cpus: "1,4000")))
        }
        #expect(
            error?.cause
                == "Requested CPUs are not available - requested 1,4000, available: \(online)")
    }

    // A064
    @Test func theKernelStopsAForkBombAtTheLimit() throws {
        let scratch = try ScratchCgroup(Resources(pids: Resources.Pids(limit: 20)))
        let bomb = "b() { b | b & }; b; sleep 60"
        try scratch.run("sh", ["-c", bomb])
        #expect(eventually { (scratch.read("pids", "pids.current") ?? "0") != "0" })
        #expect(eventually { Int(scratch.read("pids", "pids.current") ?? "") ?? 0 <= 20 })
        try scratch.cgroup.kill(SIGKILL)
        #expect(eventually { scratch.cgroup.processes().isEmpty })
        try scratch.cgroup.remove()
        #expect(scratch.leftovers == [])
    }

    // A050
    @Test func aFrozenProcessStandsStillAndGoesOn() throws {
        let scratch = try ScratchCgroup()
        let process = try scratch.run("sh", ["-c", "while :; do :; done"])
        func ticks() -> UInt64 {
            let stat = KernelFile.readIfPresent("/proc/\(process.processIdentifier)/stat") ?? ""
            return stat.split(separator: " ").dropFirst(13).first.flatMap { UInt64($0) } ?? 0
        }
        #expect(eventually { ticks() > 2 })
        try scratch.cgroup.freeze()
        #expect(scratch.cgroup.isFrozen)
        let before = ticks()
        #expect(!eventually(limit: 0.3) { ticks() > before + 1 })
        try scratch.cgroup.thaw()
        #expect(!scratch.cgroup.isFrozen)
        #expect(eventually { ticks() > before + 1 })
    }

    @Test func killReachesAFrozenContainer() throws {
        let scratch = try ScratchCgroup()
        let process = try scratch.run("sleep", ["60"])
        try scratch.cgroup.freeze()
        try scratch.cgroup.kill(SIGKILL)
        process.waitUntilExit()
        #expect(process.terminationStatus == SIGKILL)
    }

    @Test func cgroupsThatTheContainerMadeGoWithIt() throws {
        let scratch = try ScratchCgroup()
        for directory in scratch.cgroup.directories {
            try makeCgroup(directory.path + "/inner")
            try makeCgroup(directory.path + "/inner/most")
        }
        try scratch.cgroup.remove()
        #expect(scratch.leftovers == [])
    }

    @Test func aProcessThatStaysIsNamed() throws {
        let scratch = try ScratchCgroup()
        let process = try scratch.run("sleep", ["60"])
        #expect(
            eventually {
                KernelFile.readIfPresent("/proc/\(process.processIdentifier)/comm") == "sleep"
            })
        let error = #expect(throws: EngineError.self) {
            try scratch.cgroup.remove(patienceMilliseconds: 20)
        }
        #expect(error?.cause.contains("\(process.processIdentifier) (sleep") == true)
    }

    @Test func theChildEntersByItself() async {
        await #expect(processExitsWith: .success) {
            let scratch = try ScratchCgroup()
            do {
                let entry = try scratch.cgroup.entry()
                try entry.enter()
            }
            let own = try KernelFile.read("/proc/thread-self/cgroup")
            for directory in scratch.cgroup.directories where directory.version == .v1 {
                try #require(own.contains(":\(directory.hierarchy):"))
            }
            let joined = own.split(separator: "\n").filter { $0.hasSuffix("/c1") }
            let expected = scratch.cgroup.directories.filter { $0.version == .v1 }
            try #require(joined.count == expected.count)
            // Back, so that the cgroup can go.
            for directory in expected {
                let parent = CgroupTree.parent(of: CgroupTree.parent(of: directory.path)!)!
                try KernelFile.write("0", to: "\(parent)/tasks")
            }
            try scratch.cgroup.remove()
        }
    }

    @Test(arguments: ["..", "../c10", "a/../../b", "memory:../x", "nosuch:x"])
    func execNeverLeavesTheContainersCgroup(path: String) throws {
        let scratch = try ScratchCgroup()
        #expect(throws: EngineError.self) {
            _ = try scratch.cgroup.entry(besides: 0, subgroup: path)
        }
    }

    @Test func execFindsACgroupBelowTheContainers() throws {
        let scratch = try ScratchCgroup()
        for directory in scratch.cgroup.directories { try makeCgroup(directory.path + "/sub") }
        _ = try scratch.cgroup.entry(besides: 0, subgroup: "/sub")
        _ = try scratch.cgroup.entry(besides: 0, subgroup: "/")
        #expect(throws: EngineError.self) {
            _ = try scratch.cgroup.entry(besides: 0, subgroup: "missing")
        }
    }

    // A099
    @Test func statsAreThoseOfTheFiles() throws {
        let scratch = try ScratchCgroup(
            Resources(memory: Resources.Memory(limit: 64 << 20), pids: Resources.Pids(limit: 30)))
        try scratch.run(
            "sh", ["-c", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; sleep 60"])
        #expect(eventually { scratch.cgroup.stats().cpu.totalNanoseconds > 1_000_000 })
        let stats = scratch.cgroup.stats()
        #expect(stats.memory.usage.limit == 64 << 20)
        #expect(stats.memory.usage.usage > 0)
        #expect(stats.pids.limit == 30)
        #expect(stats.pids.current >= 1)
        #expect(stats.memory.oomKills == 0)
    }
}
