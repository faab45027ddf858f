// What Swift's library does before `main`, and nobody here has a use for: 0.1 ms. These functions
// have the names of the library's, whose own are then left out by the linker.

/// The library reads /proc/self/maps to find the words of the command line on the stack. `commandLine`
/// says where ours come from, and why.
@c(_swift_stdlib_getUnsafeArgvArgc)
func libraryArguments(
    _ count: UnsafeMutablePointer<Int32>
) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> {
    unsafe count.pointee = 0
    let none = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: 1)
    unsafe none.initialize(to: nil)
    return unsafe none
}

/// The library looks in eight places for a program that prints where this one has crashed. None is
/// installed; and what lies beside the runtime should not be executed.
@c(swift_copyAuxiliaryExecutablePath)
func auxiliaryProgram(_ name: UnsafePointer<CChar>) -> UnsafePointer<CChar>? { nil }
