import Testing

@testable import OCI

/// The smallest configuration that is accepted, with `more` members beside.
func configuration(
    process: String = #"{"args":["sh"],"cwd":"/"}"#, linux: String = "{}", more: String = ""
) -> [UInt8] {
    Array(
        #"{"ociVersion":"1.0.2","root":{"path":"rootfs"},"process":\#(process),"linux":\#(linux)\#(more)}"#
            .utf8)
}

/// What reading it is refused with.
func refusal(_ text: [UInt8]) -> String {
    do throws(DocumentError) {
        _ = try Spec(configuration: text)
        return ""
    } catch {
        return error.description
    }
}

// A017
@Suite struct ConfigurationTests {
    @Test func aSmallConfigurationIsRead() throws {
        let spec = try Spec(configuration: configuration())
        #expect(spec.root == Root(path: "rootfs"))
        #expect(spec.process?.args == ["sh"])
        #expect(spec.linux == LinuxSection())
        #expect(spec.process?.capabilities == nil)
    }

    @Test func unknownPropertiesAreIgnored() throws {
        let text = configuration(
            linux: #"{"landlock":{"deep":[1,{"x":null}]}}"#, more: #","vm":{"kernel":1}"#)
        #expect(try Spec(configuration: text).linux == LinuxSection())
    }

    @Test func nullMeansAbsent() throws {
        let text = configuration(linux: #"{"resources":null,"namespaces":null,"seccomp":null}"#)
        #expect(try Spec(configuration: text).linux == LinuxSection())
    }

    @Test func aWrongTypeIsNamedWithItsPath() {
        #expect(
            refusal(configuration(process: #"{"args":["sh"],"cwd":5}"#))
                == "config.json: process.cwd: expected a string, found a number")
        #expect(
            refusal(configuration(process: #"{"args":["sh",[]],"cwd":"/"}"#))
                == "config.json: process.args[1]: expected a string, found a list")
        #expect(
            refusal(configuration(linux: #"{"resources":{"memory":{"limit":"1G"}}}"#))
                == "config.json: linux.resources.memory.limit: expected an integer, found a string")
        #expect(refusal(Array("[]".utf8)) == "config.json: expected an object, found a list")
    }

    @Test func anUnknownNamespaceIsNamedWithItsPath() {
        let text = configuration(
            linux: #"{"namespaces":[{"type":"pid"},{"type":"uts"},{"type":"foo"}]}"#)
        #expect(
            refusal(text).hasPrefix(
                #"config.json: linux.namespaces[2].type: unknown namespace "foo""#))
    }

    @Test func aMissingMemberIsNamed() {
        #expect(
            refusal(Array(#"{"ociVersion":"1.0.0","process":{"args":["sh"]}}"#.utf8))
                == "config.json: process.cwd: is missing")
        #expect(
            refusal(Array(#"{"ociVersion":"1.0.0"}"#.utf8)) == "config.json: root: is missing")
    }

    @Test func anUnknownCapabilityIsAWarning() throws {
        let text = configuration(
            process:
                #"{"args":["sh"],"cwd":"/","capabilities":{"bounding":["CAP_KILL","CAP_ADMIN"]}}"#)
        let spec = try Spec(configuration: text)
        #expect(spec.process?.capabilities?.bounding == [.kill])
        #expect(
            spec.warnings == [
                "config.json: process.capabilities.bounding[1]: unknown capability \"CAP_ADMIN\", "
                    + "which is left out"
            ])
    }

    @Test func numbersKeepTheirRange() throws {
        #expect(
            refusal(configuration(process: #"{"args":["a"],"cwd":"/","user":{"uid":4294967296}}"#))
                == "config.json: process.user.uid: number 4294967296 is out of range "
                + "(0 to 4294967295)")
        #expect(
            refusal(configuration(process: #"{"args":["a"],"cwd":"/","user":{"uid":-1}}"#))
                == "config.json: process.user.uid: number -1 is out of range (0 to 4294967295)")
        #expect(
            refusal(configuration(process: #"{"args":["a"],"cwd":"/","user":{"uid":1.5}}"#))
                == "config.json: process.user.uid: expected an integer, found a number")
    }

    @Test func anUnlimitedResourceLimitIsTheLargestInteger() throws {
        let text = configuration(
            process: #"""
                {"args":["a \" 18446744073709551615"],"cwd":"/","rlimits":[{"type":"RLIMIT_CORE",
                "hard":18446744073709551615,"soft":18446744073709551615}]}
                """#)
        let process = try Spec(configuration: text).process
        #expect(process?.rlimits == [Rlimit(.core, soft: .max, hard: .max)])
        #expect(process?.args == [#"a " 18446744073709551615"#])
        #expect(process?.json.text().contains(#""hard":18446744073709551615"#) == true)
    }

    @Test func aNumberBeyondEveryIntegerIsRefused() {
        let text = configuration(
            process: #"{"args":["a"],"cwd":"/","oomScoreAdj":18446744073709551616}"#)
        #expect(refusal(text).contains("the number is too big"))
    }

    @Test func everyPropertyIsWrittenAsItWasRead() throws {
        let text = configuration(
            process: #"""
                {"terminal":true,"consoleSize":{"height":25,"width":80},"user":{"uid":1,"gid":2,
                "umask":18,"additionalGids":[5,6]},"args":["sh","-c","x"],"env":["A=b"],"cwd":"/",
                "capabilities":{"bounding":["CAP_KILL"],"ambient":["CAP_BPF"]},
                "rlimits":[{"type":"RLIMIT_NOFILE","soft":1,"hard":2}],"noNewPrivileges":true,
                "apparmorProfile":"p","selinuxLabel":"l","oomScoreAdj":-5,
                "scheduler":{"policy":"SCHED_FIFO","priority":3,"flags":["SCHED_FLAG_RECLAIM"]},
                "ioPriority":{"class":"IOPRIO_CLASS_BE","priority":4},
                "execCPUAffinity":{"initial":"0","final":"1"}}
                """#,
            linux: #"""
                {"namespaces":[{"type":"user"},{"type":"pid","path":"/proc/1/ns/pid"},{"type":"time"},
                {"type":"mount"},{"type":"network"},{"type":"uts"},{"type":"ipc"}],
                "uidMappings":[{"containerID":0,"hostID":1000,"size":10}],
                "gidMappings":[{"containerID":0,"hostID":1000,"size":10}],
                "timeOffsets":{"monotonic":{"secs":-1,"nanosecs":5}},
                "devices":[{"path":"/dev/x","type":"c","major":1,"minor":3,"fileMode":438,"uid":0}],
                "netDevices":{"eth0":{"name":"e%d"}},"cgroupsPath":"/a/b",
                "resources":{"devices":[{"allow":false,"access":"rwm"},
                {"allow":true,"type":"c","major":1,"minor":5,"access":"r"}],
                "memory":{"limit":1048576,"swap":-1,"swappiness":10,"disableOOMKiller":true},
                "cpu":{"shares":5,"quota":-1,"period":100000,"cpus":"0-1","mems":"0","idle":1},
                "pids":{"limit":0},"blockIO":{"weight":10,"weightDevice":[{"major":8,"minor":0,
                "weight":20}],"throttleReadBpsDevice":[{"major":8,"minor":0,"rate":600}]},
                "hugepageLimits":[{"pageSize":"2MB","limit":9}],"network":{"classID":1,
                "priorities":[{"name":"lo","priority":2}]},"rdma":{"m":{"hcaHandles":3}},
                "unified":{"memory.high":"max"}},"rootfsPropagation":"rslave",
                "seccomp":{"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":38,
                "architectures":["SCMP_ARCH_X86_64"],"flags":["SECCOMP_FILTER_FLAG_LOG"],
                "listenerPath":"/run/l","listenerMetadata":"m","syscalls":[{"names":["read"],
                "action":"SCMP_ACT_NOTIFY","args":[{"index":1,"value":9223372036854775808,
                "valueTwo":2,"op":"SCMP_CMP_MASKED_EQ"}]}]},
                "sysctl":{"net.ipv4.ip_forward":"1"},"maskedPaths":["/proc/kcore"],
                "readonlyPaths":["/proc/sys"],"mountLabel":"z","personality":{"domain":"LINUX32"},
                "intelRdt":{"closID":"c","schemata":["L3:0=f"],"enableMonitoring":true},
                "memoryPolicy":{"mode":"MPOL_BIND","nodes":"0","flags":["MPOL_F_STATIC_NODES"]}}
                """#,
            more: #"""
                ,"hostname":"h","domainname":"d","annotations":{"k":"v"},
                "mounts":[{"destination":"/proc","type":"proc","source":"proc","options":["ro"],
                "uidMappings":[{"containerID":0,"hostID":1,"size":1}],
                "gidMappings":[{"containerID":0,"hostID":1,"size":1}]}],
                "hooks":{"prestart":[{"path":"/bin/a","args":["a"],"env":[],"timeout":3}],
                "poststop":[{"path":"/bin/b"}]}
                """#)
        let spec = try Spec(configuration: text)
        #expect(try Spec(configuration: Array(spec.jsonText().utf8)) == spec)
        #expect(try Spec(configuration: Array(spec.jsonText(indent: 4).utf8)) == spec)
        // What is written says no more and no less than what was read.
        let read: JSONValue = try readJSON(from: text, of: "x")
        let written: JSONValue = try readJSON(from: Array(spec.jsonText().utf8), of: "x")
        #expect(sorted(read) == sorted(written))
    }
}

/// With the members of every object in the order of their keys.
private func sorted(_ value: JSONValue) -> JSONValue {
    switch value {
    case .array(let elements): .array(elements.map(sorted))
    case .object(let object):
        .object { result in
            for member in object.members.sorted(by: { $0.key < $1.key }) {
                result[member.key] = sorted(member.value)
            }
        }
    default: value
    }
}
