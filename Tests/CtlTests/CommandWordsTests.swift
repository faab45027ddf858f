import Testing
import Wire

@testable import Ctl

struct CommandWordsTests {
    private func normalized(_ line: String) -> [String] {
        CommandWords.normalized(line.split(separator: " ").map(String.init))
    }

    @Test(arguments: [
        ("--address /s ps -a", "ps --address /s -a"),
        ("--address=/s --format json image ls", "images --address=/s --format json"),
        ("--format json content ls -q", "content ls --format json -q"),
        ("container run -d x", "run -d x"), ("container ls -a", "ps -a"),
        ("image rm x", "rmi x"), ("image", "image"), ("ps --address /s", "ps --address /s"),
    ])
    func globalOptionsAndTwoWordCommandsAreBroughtToOneForm(_ line: String, _ expected: String) {
        #expect(normalized(line).joined(separator: " ") == expected)
    }

    @Test(arguments: [
        ("-dit x", "-d -i -t x"), ("-eA=1 x", "-e A=1 x"), ("-e=A=1 x", "-e A=1 x"),
        ("-itv /a:/b x", "-i -t -v /a:/b x"), ("-m64m x", "-m 64m x"),
        ("--rm=true x", "--rm x"), ("--rm=false --tty=0 x", "x"),
        ("--name -dit x -eA=1", "--name -dit x -eA=1"),
        ("--name=n -d x -dit --rm=true", "--name=n -d x -dit --rm=true"),
        ("-cpu=.5 x", "-cpu=.5 x"), ("-d -- -dit", "-d -- -dit"), ("- -dit", "- -dit"),
    ])
    func optionsAreTakenApartUpToTheFirstOtherWord(_ line: String, _ expected: String) {
        let words = line.split(separator: " ").map(String.init)
        #expect(OptionWords.split(words).joined(separator: " ") == expected)
    }

    @Test func everythingBehindTheImageBelongsToTheContainer() throws {
        let line = "run --rm -e A=1 busybox sh -c true --rm -t -- --name x"
        let run = try #require(try CommandWords.operation(normalized(line)) as? Run)
        #expect(run.image == "busybox")
        #expect(run.command == ["sh", "-c", "true", "--rm", "-t", "--", "--name", "x"])
        #expect(run.options.remove && !run.options.process.tty && run.options.name == nil)
    }

    // A027
    @Test(arguments: [
        "--address /s --format json run --rm x y", "run --rm --format=json --address=/s x y",
    ])
    func globalOptionsReachEveryCommand(_ line: String) throws {
        let run = try #require(try CommandWords.operation(normalized(line)) as? Run)
        #expect(run.global.managerAddress == "/s" && run.global.isJSON)
        #expect(run.image == "x" && run.command == ["y"])
    }

    @Test func everythingBehindTheContainerBelongsToExec() throws {
        let exec = try #require(
            try CommandWords.operation(normalized("exec -itu nobody c ls -la --tty")) as? Exec)
        #expect(exec.container == "c" && exec.command == ["ls", "-la", "--tty"])
        #expect(exec.process.tty && exec.process.interactive && exec.process.user == "nobody")
    }

    @Test(arguments: [
        "run -cpu=.5 busybox", "run --cpus=-1 busybox", "run --memory 12q busybox",
        "run --foo busybox",
        "run", "run --rm", "exec c", "frob", "ps --format xml", "stop", "update c",
        "run --rm=maybe busybox", "logs a b",
    ])
    func aSlipOfThePenIsRefused(_ line: String) {
        #expect(throws: (any Error).self) { try CommandWords.operation(normalized(line)) }
    }

    @Test func optionsBecomeTheSpecification() throws {
        let line = """
            run -dit --rm --name n -e A=1 -u 1000:1000 -w /tmp -v /a:/b:ro -m 64m --cpus .5 \
            --cpuset-cpus 0-1 --pids-limit 9 --entrypoint /e --hostname h --label l=1 --network host \
            --pid host --read-only --cap-add NET_ADMIN --cap-drop ALL --runtime runc \
            --security-opt seccomp=unconfined --stop-signal INT busybox a b
            """
        let run = try #require(try CommandWords.operation(normalized(line)) as? Run)
        let spec = try run.options.specification(image: run.image, command: run.command)
        #expect(run.detach && spec.terminal && spec.stdinOpen && spec.autoRemove)
        #expect(spec.name == "n" && spec.image == "busybox" && spec.args == ["a", "b"])
        #expect(
            spec.env == ["A=1"] && spec.user == "1000:1000"
                && spec.workingDirectory == "/tmp")
        #expect(spec.volumes.map(\.source) == ["/a"] && spec.volumes[0].readOnly)
        #expect(spec.memoryLimitBytes == 64 << 20 && spec.nanoCPUs == 500_000_000)
        #expect(spec.cpusetCPUs == "0-1" && spec.pidsLimit == 9)
        #expect(spec.entrypoint == ["/e"] && spec.overrideEntrypoint && spec.hostname == "h")
        #expect(spec.labels == ["l": "1"] && spec.network == "host" && spec.pidNamespace == "host")
        #expect(spec.readOnlyRootfs && spec.capabilitiesAdd == ["NET_ADMIN"])
        #expect(spec.capabilitiesDrop == ["ALL"] && spec.runtime == "runc")
        #expect(spec.seccomp == "unconfined" && spec.stopSignal == "INT")
    }

    // A057
    @Test func anEmptyEntrypointDropsTheImages() throws {
        let run = try #require(
            try CommandWords.operation(["run", "--entrypoint", "", "busybox", "ls"]) as? Run)
        let spec = try run.options.specification(image: run.image, command: run.command)
        #expect(spec.overrideEntrypoint && spec.entrypoint.isEmpty && spec.args == ["ls"])
    }

    @Test func everyLongOptionIsKnownAsFlagOrOption() throws {
        // OptionWords walks over the options before the parser sees them; a flag that it does not
        // know would swallow the image's name.
        for flag in ["--detach", "--interactive", "--tty", "--rm", "--timeline", "--read-only"] {
            let run = try #require(
                try CommandWords.operation(normalized("run \(flag) busybox -eA=1")) as? Run)
            #expect(run.image == "busybox" && run.command == ["-eA=1"])
        }
    }
}
