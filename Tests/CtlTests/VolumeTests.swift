import Testing
import Wire

@testable import Ctl

struct VolumeTests {
    private func read(_ text: String) throws -> Apus.VolumeMount {
        try Apus.VolumeMount(option: text, from: "/home/u")
    }

    @Test func sourceAndDestinationAreRead() throws {
        #expect(try read("/a:/b") == Apus.VolumeMount(source: "/a", destination: "/b"))
    }

    @Test(arguments: [
        ("./a:/b", "/home/u/a"), ("../x/./y:/b", "/home/x/y"), (".:/b", "/home/u"),
        ("../../../..:/b", "/"), ("//a///c/:/b", "/a/c"), ("a/b:/b", "/home/u/a/b"),
    ])
    func aRelativeSourceIsTakenFromTheClientsDirectory(_ text: String, _ source: String) throws {
        #expect(try read(text).source == source)
    }

    @Test func optionsAreSplitIntoWhatTheyMean() throws {
        let volume = try read("/a:/b:ro,noexec,z,rprivate")
        #expect(volume.readOnly && volume.options == ["noexec", "rprivate"])
        #expect(try !read("/a:/b:rw").readOnly)
    }

    @Test(arguments: ["", "/a", ":/b", "/a:b", "/a:/b:ro:x", "data:/b", "/a:"])
    func whatIsNoVolumeIsRefused(_ text: String) {
        #expect(throws: Complaint.self) { try read(text) }
    }
}
