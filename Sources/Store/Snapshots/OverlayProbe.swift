internal import Glibc
internal import Linux

/// Asks the kernel whether containers can have overlay mounts over directories of this disk.
enum OverlayProbe {
    /// Tries one, unattached: no other process ever sees it.
    static func works(below path: String) -> Bool {
        let place = path + "/overlay-probe"
        defer { try? openFile(path, O_RDONLY | O_DIRECTORY).removeTree("overlay-probe") }
        do throws(SystemError) {
            for name in ["lower", "upper", "work"] { try makeDirectories("\(place)/\(name)") }
            // What layers mark hidden directories with.
            try openFile(place + "/lower", O_RDONLY | O_DIRECTORY)
                .setAttribute("trusted.overlay.opaque", Array("y".utf8))
            try createFileSystem(
                "overlay",
                options: [
                    ("lowerdir", place + "/lower"), ("upperdir", place + "/upper"),
                    ("workdir", place + "/work"),
                ])
            return true
        } catch {
            return false
        }
    }
}
