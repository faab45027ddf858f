internal import CAdversary
internal import Glibc

/// `push TEXT`: types into the terminals that it finds on its streams and as its controlling one, as
/// if the user had (TIOCSTI).
enum Terminal {
    static func push(_ words: Words) -> Int32 {
        guard let text = words.first else { return 2 }
        let controlling = unsafe open("/dev/tty", O_RDWR)
        if controlling >= 0 { say("has the terminal") }
        for terminal in [0, 1, 2, controlling] where terminal >= 0 && isatty(terminal) == 1 {
            var pushed = 0
            for byte in text.utf8 {
                var byte = Int8(bitPattern: byte)
                if unsafe adversary_push(terminal, &byte) == 0 { pushed += 1 }
            }
            if pushed > 0 { say("pushed \(pushed) bytes into descriptor \(terminal)") }
        }
        return 0
    }
}
