internal import CAdversary
internal import Glibc

/// `foreign-mkdir i386|x32 PATH`: makes a directory by another way into the kernel than the program's
/// own, whose filters may know the calls by other numbers.
enum ForeignCalls {
    static func run(_ words: Words) -> Int32 {
        guard words.count == 2, let way = words.first, let path = words.last else { return 2 }
        // The kernel takes 32 bits of the address: it has to lie low.
        guard let low = unsafe lowCopy(path) else {
            say("no low memory")
            return 1
        }
        if way == "i386" {
            say("i386 \(unsafe adversary_mkdir_i386(low))")
        } else {
            let result = unsafe adversary_mkdir_x32(low)
            say("x32 \(result == 0 ? 0 : -Int(errno))")
        }
        return 0
    }

    private static func lowCopy(_ path: String) -> UnsafeMutablePointer<Int8>? {
        let map32Bit: Int32 = 0x40
        let memory = unsafe mmap(
            nil, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | map32Bit, -1, 0)
        guard unsafe memory != MAP_FAILED,
            let bytes = unsafe memory?.assumingMemoryBound(to: Int8.self)
        else { return nil }
        unsafe strcpy(bytes, path)
        return unsafe bytes
    }
}
