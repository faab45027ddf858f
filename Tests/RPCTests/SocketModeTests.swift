import Foundation
import Linux
import TestSupport
import Testing

@Suite struct SocketModeTests {
    @Test(arguments: [0o600, 0o660, 0o666] as [UInt32])
    func aSocketHasItsModeWhateverTheUmask(_ mode: UInt32) throws {
        let directory = TemporaryDirectory("mode")
        let path = directory.file("s")
        let listener = try UnixSocket.listen(path, mode: mode)
        let found = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect((found as? NSNumber)?.uint32Value == mode)
        _ = listener.raw
    }
}
