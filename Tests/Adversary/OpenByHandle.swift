internal import CAdversary
internal import Glibc

/// `open-by-handle PATH`: the "shocker". Makes a handle of a directory and opens it by that alone,
/// which would reach any directory of the same filesystem, whatever the root is.
enum OpenByHandle {
    static func run(_ words: Words) -> Int32 {
        guard let path = words.first else { return 2 }
        var handle = adversary_handle()
        handle.bytes = 128
        var mount: Int32 = 0
        guard unsafe adversary_name_to_handle(AT_FDCWD, path, &handle, &mount) == 0 else {
            say("no handle: errno \(errno)")
            return 1
        }
        let directory = unsafe open(path, O_RDONLY | O_DIRECTORY)
        guard unsafe adversary_open_by_handle(directory, &handle) >= 0 else {
            say(errno == EPERM ? "forbidden" : "failed: errno \(errno)")
            return 0
        }
        say("opened")
        return 0
    }
}
