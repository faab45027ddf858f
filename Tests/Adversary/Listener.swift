internal import Glibc
internal import Linux

/// `listen PATH`: takes whatever is sent to a socket, and holds it until the next caller comes. Says
/// "listening", and a line for each caller.
enum Listener {
    static func run(_ words: Words) -> Int32 {
        guard let path = words.first else { return 2 }
        do throws(SystemError) {
            let socket = try UnixSocket.listen(path)
            var held: [Int32] = []
            say("listening")
            while true {
                let caller = try UnixSocket.accept(socket)
                var buffer = [UInt8](repeating: 0, count: 65536)
                let (count, descriptors) = try UnixSocket.receive(into: &buffer, on: caller)
                say("got \(count) bytes and \(descriptors.count) descriptors")
                for descriptor in held { close(descriptor) }
                held = descriptors + [caller.release()]
            }
        } catch {
            say("\(error)")
            return 1
        }
    }
}
