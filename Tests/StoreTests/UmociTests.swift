import Foundation
import Store
import TestSupport
import Testing

@Suite struct UmociTests {
    /// Compared with what another tool makes of the same image: every path with its type, mode,
    /// owners, size, links, target, device and time, and all extended attributes.
    // A010 A143
    @Test func anImageUnpacksAsUmociUnpacksIt() async throws {
        let test = try TestStore()
        let layout = test.directory.file("umoci")
        let bundle = test.directory.file("bundle")
        let script = """
            set -e
            umoci init --layout \(layout)
            umoci new --image \(layout):latest
            umoci unpack --image \(layout):latest \(bundle)
            cd \(bundle)/rootfs
            mkdir -p bin etc/deep/er usr/lib var/empty home/user
            cp /bin/busybox bin/busybox; ln bin/busybox bin/sh; ln -s busybox bin/ls
            ln -s /usr/lib lib; ln -s ../../nowhere home/broken
            printf 'root:x:0:0:root:/root:/bin/sh\\n' >etc/passwd
            chmod 4755 bin/busybox; chmod 1777 var/empty; chown -R 1000:1000 home/user
            mknod null c 1 3; mkfifo pipe; truncate -s 1M sparse
            setfattr -n user.note -v here etc/passwd 2>/dev/null || true
            touch -d '2001-02-03 04:05:06.789' etc/passwd etc/deep
            umoci repack --image \(layout):latest \(bundle)
            rm -r \(bundle); umoci unpack --image \(layout):latest \(bundle); cd \(bundle)/rootfs
            rm etc/passwd; rm -r etc/deep; mkdir etc/deep; touch etc/deep/new
            rm lib; mkdir lib; touch lib/real; chmod 700 var/empty; ln usr/x usr/y 2>/dev/null || true
            touch -d '2002-02-03 04:05:06' lib var/empty etc/deep etc usr .
            umoci repack --image \(layout):latest \(bundle)
            umoci config --config.user 1000:1000 --config.env A=b --config.cmd true --config.entrypoint /bin/sh --config.workingdir /home --config.exposedports 80/tcp --config.volume /data --config.label who=me --config.stopsignal SIGINT --image \(layout):latest
            rm -r \(bundle); umoci unpack --image \(layout):latest \(bundle)
            """
        let made = Command.shell(script)
        try #require(made.status == 0, "\(made)")
        let image = try await test.load(layout, name: "umoci:latest")[0]
        #expect(image.layers.count == 2)
        let merged = try Merged(test, image)
        let (ours, theirs) = (listing(merged.path), listing(bundle + "/rootfs"))
        #expect(ours == theirs)
        #expect(ours.count >= 18)
        // A166
        #expect(image.config.user == "1000:1000")
        #expect(image.config.entrypoint == ["/bin/sh"] && image.config.cmd == ["true"])
        #expect(image.config.volumes == ["/data"] && image.config.labels["who"] == "me")
        #expect(image.config.exposedPorts == ["80/tcp"] && image.config.stopSignal == "SIGINT")
        #expect(image.config.workingDirectory == "/home" && image.config.env.contains("A=b"))
    }

    /// Debian's umoci leaves out what fills up a layer's last block.
    // A010
    @Test func aLayerThatUmociInsertedIsTaken() async throws {
        let test = try TestStore()
        let layout = test.directory.file("umoci")
        let file = test.directory.file("file")
        let made = Command.shell(
            """
            set -e
            umoci init --layout \(layout)
            umoci new --image \(layout):latest
            echo once >\(file); umoci insert --image \(layout):latest \(file) /first
            echo again >>\(file); umoci insert --image \(layout):latest \(file) /second
            """)
        try #require(made.status == 0, "\(made)")
        let merged = try Merged(test, try await test.load(layout, name: "umoci:latest")[0])
        let text = { try String(contentsOfFile: merged.path + $0, encoding: .utf8) }
        #expect(try text("/first") == "once\n" && text("/second") == "once\nagain\n")
    }

    private func listing(_ path: String) -> [String] {
        // Directories' sizes and links are the file system's own; umoci marks the root with a time
        // of its own.
        Command.shell(
            """
            cd \(path)
            find . -mindepth 1 ! -type d -printf '%p %y %m %U %G %s %n %l %T@\\n'
            find . -mindepth 1 -type d -printf '%p %y %m %U %G %T@\\n'
            find . -type c -exec stat -c '%n %t:%T' {} +
            getfattr -R -d -m user . 2>/dev/null; true
            """
        ).stdout.split(separator: "\n").map(String.init).sorted()
    }
}
