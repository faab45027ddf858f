import Linux
import Testing

@testable import Engine

struct MountOptionsTests {
    // A079
    @Test func wordsBecomeAttributesParametersAndPropagation() {
        let options = MountOptions([
            "rbind", "ro", "nosuid", "size=64k", "rslave", "huge", "tmpcopyup",
        ])
        #expect(options.bind == .tree)
        #expect(options.set == [.readOnly, .noSetuid])
        #expect(options.parameters == [.pair("size", "64k"), .flag("huge")])
        #expect(options.propagation.map(\.kind) == [.slave])
        #expect(options.propagation.map(\.recursive) == [true])
        #expect(options.copiesUp)
    }

    @Test func aLaterWordOverridesAnEarlierOne() {
        #expect(MountOptions(["ro", "rw"]).set == [])
        #expect(MountOptions(["rw", "ro"]).set == [.readOnly])
        #expect(MountOptions(["noatime", "strictatime"]).set == [.strictAccessTime])
    }

    // mount_setattr(2): the field of access times is cleared whole before one is set.
    @Test func anAccessTimeReplacesTheOthers() {
        let options = MountOptions(["noatime"])
        #expect(options.set == [.noAccessTime])
        #expect(options.clear == .accessTimes)
        #expect(MountOptions(["relatime"]).set == [])
        #expect(MountOptions(["relatime"]).clear == .accessTimes)
    }

    // A bind of a read-only mount stays read-only: "rw" lifts nothing that the host forbids.
    @Test func permissiveWordsLiftNothing() {
        #expect(MountOptions(["rw", "suid", "dev", "exec"]).clear == [])
    }

    @Test func recursiveWordsReachWhatIsBelow() {
        let options = MountOptions(["rro", "rexec", "rnosymfollow"])
        #expect(options.set == [])
        #expect(options.setRecursively == [.readOnly, .noSymlinkFollow])
        #expect(options.clearRecursively == [.noExec])
    }

    @Test func flagsOfTheFilesystemGoToTheFilesystem() {
        let options = MountOptions([
            "sync", "dirsync", "lazytime", "silent", "iversion", "defaults",
        ])
        #expect(options.parameters == [.flag("sync"), .flag("dirsync"), .flag("lazytime")])
    }

    @Test func aListInOneStringIsSplitOutsideOfQuotes() {
        let options = MountOptions(["mode=755,size=1m", "context=\"a:b:c0,c1\""])
        #expect(
            options.parameters == [
                .pair("mode", "755"), .pair("size", "1m"), .pair("context", "\"a:b:c0,c1\""),
            ])
    }

    // config.md, Linux mount options: every MUST and SHOULD name.
    @Test(arguments: [
        "async", "atime", "bind", "defaults", "dev", "diratime", "dirsync", "exec", "iversion",
        "lazytime", "loud", "mand", "noatime", "nodev", "nodiratime", "noexec", "noiversion",
        "nolazytime", "nomand", "norelatime", "nostrictatime", "nosuid", "nosymfollow", "private",
        "ratime", "rbind", "rdev", "rdiratime", "relatime", "rexec", "rnoatime", "rnodev",
        "rnodiratime", "rnoexec", "rnorelatime", "rnostrictatime", "rnosuid", "rnosymfollow", "ro",
        "rprivate", "rrelatime", "rro", "rrw", "rshared", "rslave", "rstrictatime", "rsuid",
        "rsymfollow", "runbindable", "rw", "shared", "silent", "slave", "strictatime", "suid",
        "symfollow", "sync", "tmpcopyup", "unbindable", "idmap", "ridmap",
    ])
    func theSpecificationsNamesAreKnown(_ name: String) {
        #expect(MountOptions.knownNames.contains(name))
        #expect(
            !MountOptions([name]).parameters.contains(.flag(name)) || name.hasSuffix("sync")
                || name.hasSuffix("mand") || name.hasSuffix("lazytime"))
    }
}
