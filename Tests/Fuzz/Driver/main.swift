import CFuzz
import FuzzTargets
import Glibc

// libFuzzer, with the target that `APUS_FUZZ_TARGET` names.

let name = unsafe getenv("APUS_FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
    fatalError("APUS_FUZZ_TARGET is one of \(FuzzTarget.all.map(\.name))")
}
let check = target.check

/// By this name libFuzzer's archive wants it too, which has a main() of its own.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: UInt) -> CInt {
    unsafe check(Array(UnsafeBufferPointer(start: start, count: Int(count))))
    return 0
}

var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe CommandLine.unsafeArgv
exit(unsafe LLVMFuzzerRunDriver(&count, &arguments, testOneInput))
