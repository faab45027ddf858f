import Testing

@testable import Engine

struct ProgramFileTests {
    private func file(_ text: String) -> ProgramFile {
        ProgramFile(path: "/program", head: Array(text.utf8))
    }

    // A058
    @Test func aScriptsInterpreterIsReadAsTheKernelDoes() {
        #expect(file("#!/bin/sh\necho").scriptInterpreter == "/bin/sh")
        #expect(file("#! \t/usr/bin/env python3 -x\n").scriptInterpreter == "/usr/bin/env")
        #expect(file("#!/bin/sh\r\n").scriptInterpreter == "/bin/sh\r")
        #expect(file("#!\n").scriptInterpreter == nil)
        #expect(file("echo\n").scriptInterpreter == nil)
    }

    @Test func aMissingInterpreterIsNamedAndItsCauseToo() {
        let lost = file("#!/no/such/interpreter\n").missing()
        #expect(lost?.what == "its interpreter /no/such/interpreter")
        let windows = file("#!/bin/sh\r\n").missing()
        #expect(windows?.what == "its interpreter /bin/sh\\r")
        #expect(windows?.hint.contains("CRLF") == true)
        #expect(file("#!/bin/sh\n").missing() == nil)
    }

    /// An ELF file of 64 bits with one program header, PT_INTERP.
    private func elf(machine: UInt16, loader: String) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 64 + 56)
        bytes.replaceSubrange(0..<6, with: [0x7f, 0x45, 0x4c, 0x46, 2, 1])
        bytes[18] = UInt8(machine & 0xff)
        bytes[19] = UInt8(machine >> 8)
        bytes[32] = 64
        bytes[54] = 56
        bytes[56] = 1
        bytes[64] = 3
        bytes[64 + 8] = 120
        bytes[64 + 32] = UInt8(loader.utf8.count + 1)
        return bytes + Array(loader.utf8) + [0]
    }

    @Test func anElfFilesMachineAndLoaderAreFound() {
        let program = ProgramFile(
            path: "/program", head: elf(machine: 183, loader: "/lib/ld-musl.so.1"))
        #expect(program.machine == 183)
        #expect(program.loader == "/lib/ld-musl.so.1")
        #expect(program.missing()?.what == "its loader /lib/ld-musl.so.1")
    }

    @Test func anotherMachinesProgramIsTold() {
        let foreign: UInt16 = ProgramFile.hostMachine == 183 ? 62 : 183
        let program = ProgramFile(path: "/program", head: elf(machine: foreign, loader: "/x"))
        #expect(program.unusable()?.contains("is built for") == true)
        #expect(file("").unusable() == "/program is empty")
        #expect(file("echo hello").unusable()?.contains("without a first line") == true)
    }

    @Test func aBrokenElfFileIsReadToItsEndAndNoFurther() {
        let whole = elf(machine: 62, loader: "/lib/ld.so")
        for count in 0..<whole.count {
            let cut = ProgramFile(path: "/program", head: Array(whole.prefix(count)))
            #expect(cut.loader == nil)
        }
        for index in 0..<whole.count {
            var bytes = whole
            bytes[index] = 0xff
            _ = ProgramFile(path: "/program", head: bytes).loader
        }
    }
}

struct HomeDirectoryTests {
    @Test func theHomeOfANumberIsFound() {
        let text = Array("root:x:0:0::/root:/bin/sh\nuser:x:1000:1000::/home/u:/bin/sh\n".utf8)
        #expect(HomeDirectory.find(0, in: text) == "/root")
        #expect(HomeDirectory.find(1000, in: text) == "/home/u")
        #expect(HomeDirectory.find(7, in: text) == nil)
    }

    // CVE-2016-3697: a name that is a number is none.
    @Test func aNameThatLooksLikeANumberIsNoNumber() {
        let text = Array("1000:x:0:0::/root:/bin/sh\nbroken:x\n::::::\n".utf8)
        #expect(HomeDirectory.find(1000, in: text) == nil)
    }
}
