import Foundation
import TestSupport
import Testing

/// What must work on a crowded host and in a small place. How long it takes is `make bench`'s to
/// tell.
@Suite(.needsRoot, .needs("busybox"))
struct RuntimeScaleTests {
    @Test func aHundredContainersAreMadeAtOnce() {
        let runtime = RuntimeHarness()
        let prefix = RuntimeHarness.id()
        let bundle = runtime.bundle("sleep", "1000") { $0.edit("linux.cgroupsPath", nil) }
        defer {
            _ = Command.shell(
                "seq 100 | xargs -P 4 -I{} '\(runtime.program)' --root '\(runtime.root)' delete "
                    + "--force \(prefix)-{}", limit: 120)
        }
        let create =
            "'\(runtime.program)' --root '\(runtime.root)' create --bundle '\(bundle.path)' "
            + "\(prefix)-{} </dev/null >/dev/null 2>'\(runtime.directory.path)'/{}.error"
        let made = Command.shell("seq 100 | xargs -P 100 -I{} sh -c \"\(create)\"", limit: 120)
        let errors = Command.shell("cat '\(runtime.directory.path)'/*.error").stdout
        #expect(made.status == 0 && errors.isEmpty, "\(made)\(errors)")
        let list = runtime.run("list", "--format", "json")
        let containers =
            try? JSONSerialization.jsonObject(with: Data(list.stdoutBytes)) as? [[String: Any]]
        #expect(containers?.count == 100)
        let created = containers?.filter { $0["status"] as? String == "created" }
        #expect(created?.count == 100)
        let pids = Set((containers ?? []).compactMap { $0["pid"] as? Int })
        #expect(pids.count == 100, "two containers share an init")
    }

    // A085
    @Test(.needsCgroupV1) func aProgramRunsInHalfAMebibyteOfMemory() {
        let runtime = RuntimeHarness()
        let id = RuntimeHarness.id()
        let bundle = runtime.bundle("true") {
            $0.edit("linux.resources.memory", ["limit": 512 << 10])
        }
        defer { runtime.remove(id) }
        let output = runtime.run("run", "--bundle", bundle.path, id)
        #expect(output.status == 0, "\(output)")
        #expect(runtime.leftovers(bundle, id).isEmpty)
    }

    // Every bind of the whole tree into itself doubles the number of mounts.
    @Test func tenThousandMountsOfTheHostAreNobodysBusiness() {
        let runtime = RuntimeHarness()
        let id = RuntimeHarness.id()
        let bundle = runtime.bundle("sleep", "1000")
        defer { runtime.remove(id) }
        let crowd = runtime.directory.directory("crowd")
        let call = "'\(runtime.program)' --root '\(runtime.root)'"
        let output = Command.shell(
            """
            exec unshare --mount --propagation private sh -ec "
                mount -t tmpfs crowd '\(crowd)'
                for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do
                    mkdir '\(crowd)/'\\$i
                    mount --rbind '\(crowd)' '\(crowd)/'\\$i
                done
                test \\$(wc -l </proc/self/mountinfo) -gt 10000
                \(call) run --detach --bundle '\(bundle.path)' \(id) </dev/null >/dev/null 2>&1
                \(call) exec \(id) sh -c 'echo hello; grep -c crowd /proc/self/mountinfo; true'
                \(call) delete --force \(id)
            "
            """, limit: 120)
        #expect(output.stdout == "hello\n0\n", "\(output)")
        #expect(runtime.leftovers(bundle, id).isEmpty)
    }
}
