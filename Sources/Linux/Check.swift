internal import CLinux
internal import Glibc

/// Makes a system call, again while a signal interrupts it, and throws where it answers below 0.
///
/// `doing` says what was being done, for people; it is only evaluated when the call has failed.
@discardableResult
public func check(
    _ doing: @autoclosure () -> String, _ call: () -> Int
) throws(SystemError) -> Int {
    while true {
        let result = call()
        if result >= 0 { return result }
        let code = apus_errno()
        if code != EINTR { throw SystemError(doing(), code) }
    }
}

/// The same for the calls that C says to answer an int. Not one generic function: nearly every call
/// of the runtime goes through here, and across modules that would be one by witness tables.
@discardableResult
public func check(
    _ doing: @autoclosure () -> String, _ call: () -> Int32
) throws(SystemError) -> Int32 {
    Int32(try check(doing()) { Int(call()) })
}
