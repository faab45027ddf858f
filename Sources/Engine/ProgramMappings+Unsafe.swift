internal import CLinux
internal import Glibc
internal import Linux

/// The parts of the program's file that its process is made of (elf(5), mmap(2)).
///
/// They can be exchanged while it runs: the same bytes of the same file, but reached over another
/// mount. Then nothing leads from the process to the first mount any more, and prctl(2) lets
/// /proc/self/exe name the other one. It saves an execve(2), and with it the start of a C library and
/// of Swift: 0.2 ms instead of 1.5.
///
/// What is touched before and meanwhile has to be mapped or copied once more afterwards. So there are
/// no arrays and no strings here, for whose types Swift would have to look first.
enum ProgramMappings {
    /// Throws where the kernel is built without it (CONFIG_CHECKPOINT_RESTORE) or forbids it. What
    /// was exchanged by then does no harm.
    static func move(onto mount: borrowing OwnedDescriptor) throws(SystemError) {
        let file = try reopen(mount)
        let pages = try openFile("/proc/self/pagemap")
        for index in 0..<segmentCount {
            let segment = segment(index)
            guard segment.type == loaded else { continue }
            let area = Area(segment)
            if segment.isWritable {
                try exchangeWritten(area, file, pages)
            } else {
                try exchange(area, file, segment)
            }
        }
        for index in 0..<segmentCount {
            let segment = segment(index)
            guard segment.type == readOnlyAfterStart else { continue }
            let area = Area(segment, wholePages: true)
            try check("protect the program's constants") {
                unsafe mprotect(area.pointer, area.length, PROT_READ)
            }
        }
        try setExecutable(file)
    }

    // MARK: The parts

    private static let loaded: UInt32 = 1
    private static let readOnlyAfterStart: UInt32 = 0x6474_e552

    private static var segmentCount: Int { Int(getauxval(UInt(AT_PHNUM))) }

    private static func segment(_ index: Int) -> Elf64_Phdr {
        let first = unsafe UnsafePointer<Elf64_Phdr>(bitPattern: getauxval(UInt(AT_PHDR)))
        return unsafe first?[index] ?? Elf64_Phdr()
    }

    /// The mount's descriptor only names the file.
    private static func reopen(
        _ mount: borrowing OwnedDescriptor
    ) throws(SystemError) -> OwnedDescriptor {
        let raw = mount.raw
        let folder: StaticString = "/proc/self/fd/"
        let opened = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { path in
            unsafe path.initialize(repeating: 0)
            for index in 0..<folder.utf8CodeUnitCount {
                unsafe path[index] = CChar(bitPattern: folder.utf8Start[index])
            }
            // At the most ten digits, the last one first.
            var (rest, count) = (raw, 1)
            while rest > 9 { (rest, count) = (rest / 10, count + 1) }
            rest = raw
            for index in (0..<count).reversed() {
                unsafe path[folder.utf8CodeUnitCount + index] = CChar(48 + rest % 10)
                rest /= 10
            }
            return unsafe apus_open(path.baseAddress, O_RDONLY | O_CLOEXEC, 0)
        }
        guard opened >= 0 else { throw SystemError("open the program again", apus_errno()) }
        return OwnedDescriptor(owning: opened)
    }

    /// Whole pages of memory, and where they come from in the file.
    private struct Area {
        let begin: UInt
        let length: Int
        let offset: Int

        var pointer: UnsafeMutableRawPointer? { unsafe UnsafeMutableRawPointer(bitPattern: begin) }

        /// `wholePages`: only those that the segment fills.
        init(_ segment: Elf64_Phdr, wholePages: Bool = false) {
            let page = UInt(getpagesize())
            let size = wholePages ? segment.p_memsz : segment.p_filesz
            let end = UInt(segment.p_vaddr + size)
            begin = UInt(segment.p_vaddr) / page * page
            length = Int((wholePages ? end : end + page - 1) / page * page - begin)
            offset = Int(segment.p_offset) / Int(page) * Int(page)
        }
    }

    private static func exchange(
        _ area: Area, _ file: borrowing OwnedDescriptor, _ segment: Elf64_Phdr
    ) throws(SystemError) {
        let raw = file.raw
        let protection = PROT_READ | (segment.isExecutable ? PROT_EXEC : 0)
        let place = unsafe mmap(
            area.pointer, area.length, protection, MAP_PRIVATE | MAP_FIXED, raw, area.offset)
        if unsafe place == MAP_FAILED { throw SystemError("map the program again", apus_errno()) }
    }

    /// What the process has written there goes along. Everything is copied twice: the first time
    /// makes what Swift makes late, and only the second time nothing is written any more.
    private static func exchangeWritten(
        _ area: Area, _ file: borrowing OwnedDescriptor, _ pages: borrowing OwnedDescriptor
    ) throws(SystemError) {
        let (raw, list, size) = (file.raw, pages.raw, Int(getpagesize()))
        let count = area.length / size
        let made = unsafe mmap(
            nil, area.length, PROT_READ | PROT_WRITE, MAP_PRIVATE, raw, area.offset)
        let table = unsafe mmap(
            nil, count * 8, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard unsafe made != MAP_FAILED, unsafe table != MAP_FAILED, let made = unsafe made,
            let table = unsafe table, let old = unsafe area.pointer
        else { throw SystemError("map the program again", ENOMEM) }
        var answer = 0
        var round = 0
        while round < 2 {
            answer = unsafe pread(list, table, count * 8, Int(area.begin) / size * 8)
            var page = 0
            while page < count {
                let entry = unsafe table.load(fromByteOffset: page * 8, as: UInt64.self)
                if isWritten(entry) {
                    unsafe memcpy(made + page * size, old + page * size, size)
                }
                page += 1
            }
            round += 1
        }
        if answer == count * 8 { answer = unsafe apus_mremap(made, area.length, old) }
        let code = apus_errno()
        unsafe munmap(table, count * 8)
        guard answer > 0 else { throw SystemError("map the program's data again", code) }
    }

    /// Of /proc/PID/pagemap: present or swapped out, and no page of the file.
    private static func isWritten(_ entry: UInt64) -> Bool {
        entry >> 62 != 0 && entry & 1 << 61 == 0
    }

    // MARK: The name

    /// prctl(2), PR_SET_MM_MAP: everything stays but the file.
    private static func setExecutable(_ file: borrowing OwnedDescriptor) throws(SystemError) {
        var map = unsafe try addresses()
        unsafe map.brk = UInt64(UInt(bitPattern: sbrk(0)))
        unsafe map.exe_fd = UInt32(file.raw)
        let size = unsafe UInt(MemoryLayout<prctl_mm_map>.size)
        try check("name the program's file") {
            unsafe withUnsafePointer(to: &map) {
                apus_prctl(PR_SET_MM, UInt(PR_SET_MM_MAP), UInt(bitPattern: $0), size, 0)
            }
        }
    }

    /// Where the parts of the process lie, of /proc/self/stat (proc_pid_stat(5)).
    private static func addresses() throws(SystemError) -> prctl_mm_map {
        let file = try openFile("/proc/self/stat")
        let raw = file.raw
        defer { _ = file.raw }
        var map = unsafe prctl_mm_map()
        let last = unsafe withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 1) { text in
            let count = unsafe max(read(raw, text.baseAddress, text.count), 0)
            // The name before it may hold anything, also a parenthesis.
            var index = max(count - 1, 0)
            while index > 0, unsafe text[index] != UInt8(ascii: ")") { index -= 1 }
            var (field, value) = (1, UInt64(0))
            while index < count {
                let byte = unsafe text[index]
                if byte == UInt8(ascii: " ") {
                    unsafe note(value, field, &map)
                    (field, value) = (field + 1, 0)
                } else {
                    value = value &* 10 &+ UInt64(byte & 0xf)
                }
                index += 1
            }
            return field
        }
        guard last > 50 else { throw SystemError("read /proc/self/stat", EINVAL) }
        return unsafe map
    }

    /// Fields as the manual numbers them, but from 0.
    private static func note(_ value: UInt64, _ field: Int, _ map: inout prctl_mm_map) {
        switch field {
        case 25: unsafe map.start_code = value
        case 26: unsafe map.end_code = value
        case 27: unsafe map.start_stack = value
        case 44: unsafe map.start_data = value
        case 45: unsafe map.end_data = value
        case 46: unsafe map.start_brk = value
        case 47: unsafe map.arg_start = value
        case 48: unsafe map.arg_end = value
        case 49: unsafe map.env_start = value
        case 50: unsafe map.env_end = value
        default: break
        }
    }
}

extension Elf64_Phdr {
    fileprivate var type: UInt32 { p_type }
    fileprivate var isExecutable: Bool { p_flags & 1 != 0 }
    fileprivate var isWritable: Bool { p_flags & 2 != 0 }
}
