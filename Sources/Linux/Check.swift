internal import CLinux
internal import Glibc

/// Makes a system call, again while a signal interrupts it, and throws where it answers below 0.
///
/// `doing` says what was being done, for people; it is only evaluated when the call has failed.
@discardableResult
public func check<Result: SignedInteger>(
    _ doing: @autoclosure () -> String, _ call: () -> Result
) throws(SystemError) -> Result {
    while true {
        let result = call()
        if result >= 0 { return result }
        let code = apus_errno()
        if code != EINTR { throw SystemError(doing(), code) }
    }
}
