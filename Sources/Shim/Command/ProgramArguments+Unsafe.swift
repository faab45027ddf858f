internal import CBuild
internal import Glibc

/// The command line. Not read from /proc, which a container need not have.
enum ProgramArguments {
    /// The name that the program was called by, then its arguments.
    static var all: [String] {
        (0..<Int(apus_argc())).compactMap { index in
            unsafe apus_argv()[index].map { unsafe String(cString: $0) }
        }
    }

    /// Takes the last one out of what lists of processes show, where it is this one.
    static func forget(_ last: String) {
        let count = Int(apus_argc())
        guard count > 1, let word = unsafe apus_argv()[count - 1] else { return }
        if unsafe String(cString: word) == last { unsafe memset(word, 0, strlen(word)) }
    }
}
