import OCI
import Testing

@testable import Engine

/// Names, properties and bytes, without a systemd.
@Suite struct SystemdTests {
    @Test(arguments: [
        ("system.slice:docker:abc", "docker-abc.scope", "system.slice"),
        ("machine.slice::abc", "abc.scope", "machine.slice"),
        (":libpod:abc", "libpod-abc.scope", "system.slice"),
        ("", "apus-c1.scope", "system.slice"),
    ]) func aPathNamesAUnit(path: String, name: String, slice: String) throws {
        let unit = try SystemdUnit(path: path, id: "c1", isUsers: false)
        #expect(unit == SystemdUnit(name: name, slice: slice, isUsers: false))
    }

    @Test func aUsersUnitsAreInTheUsersSlice() throws {
        #expect(try SystemdUnit(path: nil, id: "c1", isUsers: true).slice == "user.slice")
    }

    @Test(arguments: [
        "/a/b", "a:b", "a.slice:b:c:d", "a.slice:b:", "a:b:c", "a--b.slice:b:c",
        "a.slice:b:c.slice",
        "../a.slice:b:c", "a.slice:b:c/d", "a.slice:b:c d",
    ]) func whatNamesNoUnitIsRefused(path: String) {
        #expect(throws: EngineError.self) {
            try SystemdUnit(path: path, id: "c1", isUsers: false)
        }
    }

    @Test func aDashLeadsDown() throws {
        #expect(
            try SystemdUnit.expand(slice: "a-b-c.slice")
                == "/a.slice/a-b.slice/a-b-c.slice")
        #expect(try SystemdUnit.expand(slice: "-.slice") == "")
    }

    @Test func limitsBecomeProperties() throws {
        let resources = Resources(
            memory: Resources.Memory(limit: -1, swap: -1),
            cpu: Resources.CPU(quota: 12345, period: 100_000, cpus: "0,9"),
            pids: Resources.Pids(limit: 0))
        let plan = try CgroupPlan(
            resources, controllers: CgroupControllers(v2: ["memory", "cpu", "cpuset", "pids"]))
        let limits = SystemdProperties.limits(plan, period: 100_000)
        #expect(limits.contains(SystemdProperty("MemoryMax", .uint64(.max))))
        #expect(limits.contains(SystemdProperty("MemorySwapMax", .uint64(.max))))
        // In steps of 10 ms, never below what was asked for.
        #expect(limits.contains(SystemdProperty("CPUQuotaPerSecUSec", .uint64(130_000))))
        #expect(
            limits.contains(SystemdProperty("AllowedCPUs", .array("y", [.byte(1), .byte(2)]))))
        #expect(!limits.contains { $0.name == "TasksMax" })
    }

    @Test func devicesBecomeAList() {
        let rule = Resources.DeviceRule(
            allow: true, kind: .block, major: 8, minor: 0, access: "rw")
        let strict = SystemdProperties.deviceProperties([.init(allow: false), rule])
        #expect(strict.first == SystemdProperty("DevicePolicy", .string("strict")))
        // In the place of what the unit had, not beside it.
        #expect(strict[1] == SystemdProperty("DeviceAllow", .array("(ss)", [])))
        guard case .array(_, let entries) = strict[2].value else {
            Issue.record("no list")
            return
        }
        for (name, access) in [
            ("/dev/block/8:0", "rw"), ("/dev/char/1:3", "rwm"), ("char-*", "m"),
            ("char-pts", "rwm"),
        ] {
            #expect(entries.contains(.structure([.string(name), .string(access)])), "\(name)")
        }
        let open = SystemdProperties.deviceProperties([.init(allow: true)])
        #expect(open.first == SystemdProperty("DevicePolicy", .string("auto")))
    }

    @Test func annotationsAreProperties() throws {
        #expect(
            try SystemdProperties.annotated("TimeoutStopSec", "5")
                == SystemdProperty("TimeoutStopUSec", .uint64(5_000_000)))
        #expect(
            try SystemdProperties.annotated("After", "['a.service', \"b.service\"]").value
                == .array("s", [.string("a.service"), .string("b.service")]))
        #expect(try SystemdProperties.annotated("Before", "@as []").value == .array("s", []))
        #expect(try SystemdProperties.annotated("MemoryLow", "uint64 5").value == .uint64(5))
        for text in ["", "'open", "[1,'a']", "5 6", "nonsense", "@"] {
            #expect(throws: EngineError.self, "\(text)") {
                try SystemdProperties.annotated("Description", text)
            }
        }
        #expect(throws: EngineError.self) { try SystemdProperties.annotated("No-name", "1") }
    }

    // B06 of the attacks
    @Test(arguments: [
        "Conflicts", "FailureAction", "PIDs", "DevicePolicy", "Slice", "ExecStartPre",
    ])
    func anAnnotationSetsNothingThatReachesFurtherThanTheUnit(_ name: String) {
        #expect(throws: EngineError.self) { try SystemdProperties.annotated(name, "'x'") }
    }

    // MARK: D-Bus

    @Test func aMessageComesBackAsItWent() throws {
        var message = DBusMessage(.call, serial: 7)
        message.path = "/org/freedesktop/systemd1"
        message.interface = "a.b"
        message.member = "StartTransientUnit"
        message.destination = "c.d"
        message.body = [
            .string("name"), .boolean(true), .byte(3), .int64(-5), .uint64(.max), .double(1.5),
            .array(
                "(sv)",
                [.structure([.string("x"), .variant(.array("u", [.uint32(1), .uint32(2)]))])]),
            .array("(sa(sv))", []), .path("/a"), .signature("as"), .int32(-1),
        ]
        let bytes = message.bytes
        #expect(DBusMessage.length(bytes[...]) == bytes.count)
        #expect(DBusMessage(bytes[...]) == message)
    }

    /// The example that every implementation agrees on: Hello, as dbus-send writes it.
    @Test func helloHasTheBytesThatEverybodySends() {
        var message = DBusMessage(.call, serial: 1)
        message.path = "/org/freedesktop/DBus"
        message.interface = "org.freedesktop.DBus"
        message.member = "Hello"
        message.destination = "org.freedesktop.DBus"
        let bytes = message.bytes
        #expect(bytes.count == 128)
        #expect(Array(bytes.prefix(16)) == [0x6c, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0x6d, 0, 0, 0])
        #expect(Array(bytes[16..<24]) == [1, 1, 0x6f, 0, 0x15, 0, 0, 0])
    }

    @Test func brokenBytesAreNoMessage() {
        var message = DBusMessage(.signal, serial: 9)
        message.path = "/a"
        message.member = "JobRemoved"
        message.body = [.uint32(1), .path("/j"), .string("u.scope"), .string("done")]
        let bytes = message.bytes
        for count in 0..<bytes.count { #expect(DBusMessage(bytes[..<count]) != message) }
        // Whatever a byte is changed to, reading ends, and ends inside of the bytes.
        for index in bytes.indices {
            for value in [0, 0x28, 0x61, 0x76, 0xff] as [UInt8] {
                var changed = bytes
                changed[index] = value
                _ = DBusMessage(changed[...])
                _ = DBusMessage.length(changed[...])
            }
        }
        #expect(
            DBusMessage.length([UInt8(ascii: "l"), 1, 0, 1] + [UInt8](repeating: 0xff, count: 12))
                == nil)
    }
}
