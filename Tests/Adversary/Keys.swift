internal import CAdversary
internal import Glibc

/// Keys of the kernel's (keyrings(7)).
enum Keys {
    private static let sessionRing: Int32 = -3
    private static let userSessionRing: Int32 = -5
    private static let joinSession: Int32 = 1

    /// `find-key NAME`: looks for a key in every ring that this process can name.
    static func find(_ words: Words) -> Int32 {
        guard let name = words.first else { return 2 }
        for ring in [sessionRing, userSessionRing, -1, -2, -4] {
            if unsafe adversary_search_key(ring, name) >= 0 { say("found in ring \(ring)") }
        }
        say("searched")
        return 0
    }

    /// `with-key NAME PROGRAM…`: executes a program whose session has a key.
    static func hold(_ words: Words) -> Int32 {
        guard words.count > 1, let name = words.first else { return 2 }
        guard adversary_keyctl(joinSession, 0, 0, 0) >= 0,
            unsafe adversary_add_key(sessionRing, name) >= 0
        else {
            say("no keys here: errno \(errno)")
            return 3
        }
        let command = Array(words.dropFirst())
        var argv = unsafe command.map { unsafe strdup($0) } + [nil]
        _ = unsafe execvp(command[0], &argv)
        say("cannot execute \(command[0]): errno \(errno)")
        return 3
    }
}
