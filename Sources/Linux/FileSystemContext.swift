internal import CLinux
internal import Glibc

/// Makes an instance of a file system and lets it go again, attached nowhere: a probe (fsopen(2)).
public func createFileSystem(
    _ type: String, options: [(key: String, value: String)]
) throws(SystemError) {
    let context = OwnedDescriptor(
        owning: Int32(
            try check("open file system \(type)") { unsafe apus_fsopen(type, cloexecFlag) }))
    let raw = context.raw
    for option in options {
        try check("set \(type) option \(option.key)") {
            unsafe apus_fsconfig(raw, setString, option.key, option.value, 0)
        }
    }
    try check("create file system \(type)") { apus_fsconfig(raw, create, nil, nil, 0) }
}

// FSOPEN_CLOEXEC, FSCONFIG_SET_STRING, FSCONFIG_CMD_CREATE (linux/mount.h).
private let cloexecFlag: UInt32 = 1
private let setString: UInt32 = 1
private let create: UInt32 = 6
