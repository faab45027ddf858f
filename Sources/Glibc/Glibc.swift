// swift-format-ignore-file: AlwaysUseLowerCamelCase

// The C library for Embedded Swift, which has no module Glibc of its own: what the header says, and
// what Swift cannot read in it.
@_exported public import CGlibc

public var errno: Int32 {
    get { unsafe __errno_location().pointee }
    set { unsafe __errno_location().pointee = newValue }
}

// The kinds of files, stat(2), of the type that they are compared with.
public var S_IFMT: mode_t { 0o170000 }
public var S_IFIFO: mode_t { 0o010000 }
public var S_IFCHR: mode_t { 0o020000 }
public var S_IFDIR: mode_t { 0o040000 }
public var S_IFBLK: mode_t { 0o060000 }
public var S_IFREG: mode_t { 0o100000 }
public var S_IFLNK: mode_t { 0o120000 }
public var S_IFSOCK: mode_t { 0o140000 }

/// mmap(2).
public var MAP_FAILED: UnsafeMutableRawPointer? { unsafe UnsafeMutableRawPointer(bitPattern: -1) }

/// signal(7).
public var SIG_IGN: __sighandler_t { unsafe unsafeBitCast(1, to: __sighandler_t.self) }

/// What `Double(_: String)` of the standard library calls. The programs never leave the C locale.
@c(_swift_stdlib_strtod_clocale)
public func parseNumber(
    _ text: UnsafePointer<CChar>, _ number: UnsafeMutablePointer<Double>
) -> UnsafePointer<CChar>? {
    var end: UnsafeMutablePointer<CChar>?
    unsafe number.pointee = strtod(text, &end)
    return unsafe UnsafePointer(end)
}
