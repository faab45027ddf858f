internal import Linux
internal import Wire

/// One of the mounts that make a root filesystem, understood: which calls it needs.
struct RootfsMount: Equatable {
    enum Kind: Equatable {
        /// Layers top first; the rest as the kernel's key and value.
        case overlay(lower: [String], options: [Option])
        case bind(recursive: Bool)
        case filesystem(options: [Option])
    }

    struct Option: Equatable {
        var key: String
        /// nil for a flag.
        var value: String?
    }

    var kind: Kind
    var type: String
    var source: String
    /// Below the rootfs; empty for the rootfs itself.
    var target: String
    var attributes: MountAttributes = []
    var propagation: Propagation?
    var isPropagationRecursive = false

    init(_ mount: TaskAPI.Mount) throws(Failure) {
        type = mount.type
        source = mount.source
        target = mount.target
        kind = .bind(recursive: false)
        guard !target.split(separator: "/").contains("..") else {
            throw .invalid("mount target \(target)")
        }
        var rest: [Option] = []
        var isBind = mount.type == "bind" || mount.type == "rbind"
        var isRecursive = mount.type == "rbind"
        for option in mount.options {
            switch option {
            case "bind": isBind = true
            case "rbind": (isBind, isRecursive) = (true, true)
            default: if !take(flag: option) { rest.append(Option(option)) }
            }
        }
        if isBind {
            kind = .bind(recursive: isRecursive)
        } else if mount.type == "overlay" {
            let lower = rest.filter { $0.key == "lowerdir" }
                .flatMap { Self.splitLayers($0.value ?? "") }
            guard !lower.isEmpty else { throw .invalid("an overlay without lowerdir") }
            kind = .overlay(lower: lower, options: rest.filter { $0.key != "lowerdir" })
        } else {
            guard !mount.type.isEmpty else { throw .invalid("a mount without a type") }
            kind = .filesystem(options: rest)
        }
    }

    /// Flags of the mount itself (mount(8), FILESYSTEM-INDEPENDENT MOUNT OPTIONS).
    private mutating func take(flag: String) -> Bool {
        switch flag {
        case "rw", "defaults", "suid", "dev", "exec", "relatime", "diratime", "async": break
        case "ro": attributes.insert(.readOnly)
        case "nosuid": attributes.insert(.noSetuid)
        case "nodev": attributes.insert(.noDevices)
        case "noexec": attributes.insert(.noExec)
        case "noatime": attributes.insert(.noAccessTime)
        case "nodiratime": attributes.insert(.noDirectoryAccessTime)
        case "strictatime": attributes.insert(.strictAccessTime)
        case "private", "slave", "shared", "rprivate", "rslave", "rshared":
            isPropagationRecursive = flag.hasPrefix("r")
            let name = isPropagationRecursive ? String(flag.dropFirst()) : flag
            propagation = name == "private" ? .private : name == "slave" ? .slave : .shared
        default: return false
        }
        return true
    }

    /// `a:b:c`, where a colon inside a path is written `\:`.
    static func splitLayers(_ text: String) -> [String] {
        var layers: [String] = []
        var current: [UInt8] = []
        var isEscaped = false
        for byte in text.utf8 {
            if isEscaped {
                current.append(byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: ":") {
                layers.append(String(decoding: current, as: UTF8.self))
                current = []
            } else {
                current.append(byte)
            }
        }
        layers.append(String(decoding: current, as: UTF8.self))
        return layers.filter { !$0.isEmpty }
    }
}

extension RootfsMount.Option {
    init(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        key = String(parts[0])
        value = parts.count == 2 ? String(parts[1]) : nil
    }

    var text: String { value.map { "\(key)=\($0)" } ?? key }
}
