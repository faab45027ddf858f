internal import CLinux
internal import Glibc
package import Linux

extension SeccompProgram {
    /// seccomp(2), for the calling thread and all that come after it. Answers the listener where a
    /// rule notifies; until somebody serves that, such calls wait.
    ///
    /// The listener must not stay in the container: the parent takes it with pidfd_getfd(2) when
    /// the child has told it the number by write(2), the one call that no profile may notify about.
    package func install() throws(EngineError) -> OwnedDescriptor? {
        let setModeFilter: UInt32 = 1
        let flags = flags.rawValue
        do throws(SystemError) {
            let result = try check("install the filter") {
                unsafe instructions.withUnsafeBufferPointer { list in
                    // struct sock_fprog: a count of 16 bits, and a pointer in the next word.
                    var program: [UInt] = [0, UInt(bitPattern: list.baseAddress)]
                    return unsafe program.withUnsafeMutableBytes { raw in
                        unsafe raw.storeBytes(of: UInt16(clamping: list.count), as: UInt16.self)
                        return unsafe apus_seccomp(setModeFilter, flags, raw.baseAddress)
                    }
                }
            }
            return needsListener ? OwnedDescriptor(owning: Int32(result)) : nil
        } catch {
            throw EngineError(error, during: "apply the seccomp profile", hint: Self.hint(error))
        }
    }

    private static func hint(_ error: SystemError) -> String {
        switch error.code {
        case EACCES: "it needs noNewPrivileges, or CAP_SYS_ADMIN while it is applied"
        case EINVAL: "this kernel does not know one of the flags or actions of the profile"
        case ENOMEM: "the filter is too long together with those already in place"
        case EBUSY: "another filter of this process has a listener already"
        case ENOSYS: "this kernel is built without seccomp filters"
        default: ""
        }
    }
}
