internal import Glibc

/// uname(2)'s `machine`.
func machineName() -> String {
    var name = utsname()
    unsafe uname(&name)
    let bytes = unsafe withUnsafeBytes(of: &name.machine) { unsafe Array($0) }
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
}
