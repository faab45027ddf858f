import Foundation
import TestSupport
import Testing

/// What entries of `mounts` can say, seen from inside.
@Suite(.needsRoot, .needs("busybox")) struct RuntimeMountsTests {
    /// Mount options, and filesystem options, of each mount at a place, the last on top.
    private static func options(_ place: String) -> String {
        "awk -v p=\(place) '$5==p {for(i=7;$i!=\"-\";i++);print $6, $(i+3)}' /proc/self/mountinfo"
    }

    // A079
    @Test func aRemountChangesWhatWasMountedBefore() {
        let test = RuntimeCase("sh", "-c", Self.options("/t"))
        test.mount("/t", type: "tmpfs", source: "tmpfs", options: ["size=1m", "nosuid"])
        test.mount("/t", type: "", source: "", options: ["remount", "ro", "suid", "size=2m"])
        let output = test.run()
        #expect(output.stdout == "ro,relatime rw,size=2048k\n", "\(output)")
    }

    // A079
    @Test func aRemountWhereNothingIsMountedIsRefused() {
        let test = RuntimeCase("true")
        test.mount("/bin", type: "", source: "", options: ["remount", "ro"])
        let output = test.run()
        #expect(output.status == 1)
        #expect(output.stderr.contains("needs a mount that begins there"), "\(output)")
    }

    // A079
    @Test func aMountOnTheRootTakesItsPlace() {
        let test = RuntimeCase("sh", "-c", "ls /; grep ' / / ' /proc/self/mountinfo")
        test.unmount { $0 == "/sys/fs/cgroup" || $0 == "/sys" }
        let mounts = test.bundle.config["mounts"] as! [[String: Any]]
        test.bundle.config["mounts"] =
            [
                [
                    "destination": "/", "type": "tmpfs", "source": "upper",
                    "options": ["tmpcopyup", "size=8m"],
                ]
            ] + mounts
        try! Data("kept".utf8).write(to: URL(fileURLWithPath: test.rootfs + "/mark"))
        let output = test.run()
        #expect(output.stdout.contains("bin\n"), "\(output)")
        #expect(output.stdout.contains("mark\n"))
        #expect(output.stdout.contains(" - tmpfs upper "))
        // The image itself stays as it was: the container has written to its own root only.
        #expect(!FileManager.default.fileExists(atPath: test.rootfs + "/dev/null"))
    }

    // A079
    @Test func aReadOnlyFilesystemIsReadOnlyItself() {
        let test = RuntimeCase("sh", "-c", Self.options("/m"))
        test.mount("/m", type: "ramfs", source: "ramfs", options: ["ro", "nosymfollow"])
        let output = test.run()
        #expect(output.stdout == "ro,relatime,nosymfollow ro\n", "\(output)")
    }

    // A079
    @Test(arguments: [
        ("rro", "ro"), ("rnosuid", "nosuid"), ("rnodev", "nodev"), ("rnoexec", "noexec"),
        ("rnodiratime", "nodiratime"), ("rnoatime", "noatime"), ("rnosymfollow", "nosymfollow"),
    ])
    func attributesReachTheMountsBelow(_ option: String, _ seen: String) {
        let test = RuntimeCase(
            "sh", "-c", "grep -E ' /vol(/inner)? ' /proc/self/mountinfo | cut -d' ' -f6")
        let inner = test.directory.directory("volume/inner")
        #expect(Command.run("/bin/mount", ["-t", "tmpfs", "tmpfs", inner]).status == 0)
        defer { _ = Command.run("/bin/umount", [inner]) }
        test.mount(
            "/vol", type: "bind", source: test.directory.file("volume"),
            options: ["rbind", option])
        let lines = test.run().stdout.split(separator: "\n")
        #expect(lines.count == 2)
        for line in lines { #expect(line.split(separator: ",").contains(seen[...]), "\(line)") }
    }

    // A079
    @Test func recursiveOptionsTakeAwayWhatTheSourceForbids() {
        let test = RuntimeCase(
            "sh", "-c", "grep -E ' /vol(/inner)? ' /proc/self/mountinfo | cut -d' ' -f6")
        let inner = test.directory.directory("volume/inner")
        #expect(
            Command.run(
                "/bin/mount", ["-t", "tmpfs", "-o", "ro,nosuid,noexec,noatime", "tmpfs", inner]
            ).status == 0)
        defer { _ = Command.run("/bin/umount", [inner]) }
        test.mount(
            "/vol", type: "bind", source: test.directory.file("volume"),
            options: ["rbind", "rrw", "rsuid", "rexec", "rrelatime"])
        #expect(test.run().stdout == "rw,relatime\nrw,relatime\n")
    }

    // A079
    @Test func everyOptionOfTheSpecificationIsTaken() {
        // Of one group each, so that none forbids what another needs.
        let options = [
            "async", "atime", "defaults", "dev", "diratime", "dirsync", "exec", "iversion",
            "lazytime", "loud", "mand", "noatime", "nodev", "nodiratime", "noexec", "noiversion",
            "nolazytime", "nomand", "norelatime", "nostrictatime", "nosuid", "relatime", "ro",
            "rw", "silent", "strictatime", "suid", "sync", "nosymfollow", "symfollow", "private",
            "shared", "slave", "unbindable", "rprivate", "rshared", "rslave", "runbindable",
            "rrw", "rro", "rnosuid", "rsuid", "rdev", "rnodev", "rexec", "rnoexec", "rdiratime",
            "rnodiratime", "ratime", "rnoatime", "rrelatime", "rnorelatime", "rstrictatime",
            "rnostrictatime", "rsymfollow", "rnosymfollow", "tmpcopyup",
        ]
        let test = RuntimeCase("sh", "-c", "grep -c ' /o/' /proc/self/mountinfo")
        for option in options {
            test.mount("/o/\(option)", type: "tmpfs", source: "tmpfs", options: [option])
        }
        let output = test.run()
        #expect(output.stdout == "\(options.count)\n", "\(output)")
    }

    private static let map = [["containerID": 0, "hostID": 100000, "size": 65536]]

    private func volume(_ test: RuntimeCase) -> String {
        let volume = test.directory.directory("volume")
        test.directory.write("volume/file", "x")
        unsafe chown(volume + "/file", 5, 6)
        return volume
    }

    // A079 A073
    @Test(arguments: [["bind", "idmap"], ["rbind", "ridmap"], ["bind"]])
    func anIdmappedMountShowsOtherOwners(_ options: [String]) {
        let test = RuntimeCase("stat", "-c", "%u:%g", "/vol/file")
        test.bundle.config["mounts"] =
            (test.bundle.config["mounts"] as! [[String: Any]]) + [
                [
                    "destination": "/vol", "type": "bind", "source": volume(test),
                    "options": options, "uidMappings": Self.map, "gidMappings": Self.map,
                ]
            ]
        let output = test.run()
        #expect(output.stdout == "100005:100006\n", "\(output)")
    }

    // A079 A073
    @Test func withoutMappingsOfItsOwnAMountHasTheContainers() {
        let test = RuntimeCase("stat", "-c", "%u:%g", "/vol/file")
        test.unmount { $0 == "/sys/fs/cgroup" || $0 == "/sys" }
        test.mount("/vol", type: "bind", source: volume(test), options: ["bind", "idmap"])
        let refused = test.run()
        #expect(refused.status == 1)
        #expect(refused.stderr.contains("an idmapped mount needs mappings"), "\(refused)")
        test.bundle.namespace("user", "")
        test.bundle.edit("linux.uidMappings", Self.map)
        test.bundle.edit("linux.gidMappings", Self.map)
        test.bundle.edit("root.readonly", false)
        try! FileManager.default.createDirectory(
            atPath: test.rootfs + "/vol", withIntermediateDirectories: true)
        unsafe chmod(test.directory.path, 0o755)
        let output = test.run(id: "d")
        #expect(output.stdout == "5:6\n", "\(output)")
    }

    // A079
    @Test func whatCannotBeMountedThereSaysBothKindsAndWhereItWas() {
        let test = RuntimeCase("true")
        let directory = test.directory.directory("source")
        let file = test.directory.write("plain", "x")
        let cases: [(source: String, destination: String, says: String)] = [
            (directory, "/etc/passwd", "the source is a directory, but /etc/passwd of the"),
            (file, "/etc", "the source is a file, but /etc of the container is a directory"),
            (test.directory.file("nowhere"), "/x", "the source of mounts["),
        ]
        for (number, entry) in cases.enumerated() {
            let mounts = test.bundle.config["mounts"]
            test.mount(
                entry.destination, type: "bind", source: entry.source, options: ["bind"])
            let output = test.run(id: "c\(number)")
            test.bundle.config["mounts"] = mounts
            #expect(output.status == 1)
            #expect(output.stderr.contains(entry.says), "\(output)")
            #expect(output.stderr.contains(entry.source))
            if number < 2 { #expect(output.stderr.contains("not a directory")) }
        }
    }

    // A079
    @Test func anUnknownFilesystemIsNamed() {
        let test = RuntimeCase("true")
        test.mount("/x", type: "nosuchfs", source: "x", options: [])
        let output = test.run()
        #expect(output.stderr.contains("mount nosuchfs on /x"), "\(output)")
        #expect(output.stderr.contains("this kernel has no filesystem of that type"))
    }

    // A078
    @Test func filesOfProcThatDescribeTheMachineMayBeCovered() {
        let test = RuntimeCase("cat", "/proc/meminfo")
        test.mount(
            "/proc/meminfo", type: "bind", source: test.directory.write("meminfo", "fake\n"),
            options: ["bind", "ro"])
        let output = test.run()
        #expect(output.stdout == "fake\n", "\(output)")
    }
}
