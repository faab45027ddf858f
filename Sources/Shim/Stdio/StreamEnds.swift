internal import CLinux
internal import Glibc
internal import Linux

/// The shim's ends of a process's streams, on their way from one shim to the next.
final class StreamEnds {
    var stdin: OwnedDescriptor?
    var stdout: OwnedDescriptor?
    var stderr: OwnedDescriptor?
    var terminal: OwnedDescriptor?

    init() {}

    /// Looks for the pipes that nobody kept in the processes that still have them open. Opening one
    /// through /proc makes a new end of the same pipe.
    func find(_ inodes: ProcessRecord.StreamInodes, in processes: [Int32]) {
        if stdout == nil { stdout = Self.find(inodes.stdout, O_RDONLY, processes) }
        if stderr == nil { stderr = Self.find(inodes.stderr, O_RDONLY, processes) }
        if stdin == nil { stdin = Self.find(inodes.stdin, O_WRONLY, processes) }
    }

    private static func find(
        _ inode: UInt64, _ mode: Int32, _ processes: [Int32]
    ) -> OwnedDescriptor? {
        guard inode != 0 else { return nil }
        for pid in processes {
            let folder = "/proc/\(pid)/fd"
            guard let names = try? openFile(folder, O_RDONLY | O_DIRECTORY).entryNames() else {
                continue
            }
            for name in names {
                // The pipe is looked at again once it is open: the process may change what it has.
                guard readLink("\(folder)/\(name.description)") == "pipe:[\(inode)]",
                    let end = try? openFile("\(folder)/\(name.description)", mode | O_NONBLOCK),
                    let status = try? FileStatus(of: end), status.kind == .fifo,
                    status.inode == inode
                else { continue }
                return end
            }
        }
        return nil
    }
}
