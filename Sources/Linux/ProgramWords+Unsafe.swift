internal import Glibc

/// The arguments and the environment of a program as execve(2) takes them. They can be made before the
/// call, while something else is waited for.
@safe public struct ProgramWords: ~Copyable {
    let arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    let environment: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

    public init(_ arguments: [String], environment: [String]) {
        unsafe self.arguments = Self.copies(of: arguments)
        unsafe self.environment = Self.copies(of: environment)
    }

    deinit {
        unsafe Self.free(arguments)
        unsafe Self.free(environment)
    }

    /// With nil at the end.
    private static func copies(
        of strings: [String]
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> {
        let list = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(
            capacity: strings.count + 1)
        for index in strings.indices {
            let copy = unsafe strings[index].withCString { unsafe strdup($0) }
            unsafe (list + index).initialize(to: copy)
        }
        unsafe (list + strings.count).initialize(to: nil)
        return unsafe list
    }

    private static func free(_ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) {
        var next = unsafe list
        while let string = unsafe next.pointee {
            unsafe Glibc.free(string)
            unsafe next += 1
        }
        unsafe list.deallocate()
    }
}
