import Testing

@testable import Arguments

private let root = Option.value("root", word: "DIR", help: "Directory of the state")
private let debug = Option.flag("debug", help: "Say more")
private let bundle = Option.value("bundle", "b", word: "DIR", help: "The bundle")
private let detach = Option.flag("detach", "d", help: "Do not wait")
private let env = Option.list("env", "e", word: "NAME=VALUE", help: "Add to the environment")
private let subreaper = Option.flag("no-subreaper", help: "Leave orphans alone")
private let secret = Option.flag("criu", help: "", hidden: true)

private let grammar = Grammar(
    program: "prog", summary: "does things", options: [root, debug, Grammar.version],
    commands: [
        Command(
            "run", "Run it", synopsis: "ID", words: 1...1, options: [bundle, detach, subreaper]),
        Command(
            "exec", "Add to it", synopsis: "ID COMMAND", words: 1...Int.max,
            options: [env, secret],
            stopsAtFirstWord: true),
        Command("kill", "End it", synopsis: "ID [SIGNAL]", words: 1...2, options: [detach]),
    ])

private func parse(_ line: String) throws(UsageError) -> Invocation {
    try grammar.parse(["prog"] + line.split(separator: " ").map(String.init))
}

private func options(_ line: String) throws -> ParsedOptions {
    guard case .command(_, let options, _) = try parse(line) else {
        throw UsageError("not a command: \(line)")
    }
    return options
}

private func refusal(_ line: String) -> String {
    do throws(UsageError) {
        _ = try parse(line)
        return ""
    } catch {
        return error.description
    }
}

@Suite struct GrammarTests {
    @Test(arguments: [
        "run --bundle /b id", "run --bundle=/b id", "run -bundle /b id", "run -b /b id",
        "run -b=/b id", "run id --bundle /b", "run --bundle /a --bundle /b id",
        "run --bundle /b -- id",
    ])
    func aValueIsFoundHoweverItIsWritten(line: String) throws {
        let options = try options(line)
        #expect(options.value(bundle) == "/b")
        #expect(options.words == ["id"])
    }

    @Test(arguments: [
        "run -no-subreaper id", "run --no-subreaper id", "run --no-subreaper=true id",
        "run id -no-subreaper=1",
    ])
    func aFlagTakesNoWord(line: String) throws {
        let options = try options(line)
        #expect(options.has(subreaper))
        #expect(!options.has(detach))
        #expect(options.words == ["id"])
    }

    @Test func aFlagCanBeTurnedOff() throws {
        #expect(try !options("run --detach=false id").has(detach))
    }

    @Test func optionsBetweenWordsAreOptions() throws {
        let options = try options("kill id -d TERM")
        #expect(options.has(detach))
        #expect(options.words == ["id", "TERM"])
    }

    @Test func theWordsOfAnotherProgramAreNotOptions() throws {
        let options = try options("exec -e A=b --env C=d id ls -l --help")
        #expect(options.list(env) == ["A=b", "C=d"])
        #expect(options.words == ["id", "ls", "-l", "--help"])
    }

    @Test func twoDashesEndTheOptions() throws {
        #expect(try options("exec id -- ls").words == ["id", "--", "ls"])
        #expect(try options("exec -- id ls").words == ["id", "ls"])
        #expect(try options("kill -- -d").words == ["-d"])
        #expect(try options("kill - 9").words == ["-", "9"])
    }

    @Test func optionsBeforeTheCommandAreGlobal() throws {
        guard case .command(let command, _, let global) = try parse("--root /r --debug run id")
        else {
            Issue.record("no command")
            return
        }
        #expect(command.name == "run")
        #expect(global.value(root) == "/r")
        #expect(global.has(debug))
        #expect(refusal("run --root /r id") == "flag provided but not defined: -root")
    }

    @Test func whatIsWrongIsSaid() {
        #expect(refusal("run --foo id") == "flag provided but not defined: -foo")
        #expect(refusal("run id --bundle") == "flag needs an argument: -bundle")
        #expect(refusal("run --detach=x id").hasPrefix("invalid boolean value \"x\""))
        #expect(refusal("run") == "\"run\" requires exactly 1 argument(s), found 0")
        #expect(refusal("kill") == "\"kill\" requires a minimum of 1 argument(s), found 0")
        #expect(refusal("kill a b c") == "\"kill\" requires a maximum of 2 argument(s), found 3")
        #expect(refusal("fly") == "unknown command \"fly\" (prog --help lists them)")
    }

    @Test func anUnknownCommandIsMarked() {
        let error = #expect(throws: UsageError.self) { try parse("fly") }
        #expect(error?.isUnknownCommand == true)
        let other = #expect(throws: UsageError.self) { try parse("run") }
        #expect(other?.isUnknownCommand == false)
        #expect(other?.command == "run")
    }

    @Test func numbersAreStrict() throws {
        let count = Option.value("n", word: "N", help: "")
        var options = ParsedOptions()
        options.add(count, "12")
        #expect(try options.number(count, as: Int32.self) == 12)
        for text in ["", "1x", "0x10", "99999999999", " 1"] {
            options.add(count, text)
            #expect(throws: UsageError.self) { try options.number(count, as: Int32.self) }
        }
    }

    @Test(arguments: ["", "--help", "-h", "help", "--debug"])
    func theHelpListsCommandsAndOptions(line: String) throws {
        guard case .help(let text) = try parse(line) else {
            Issue.record("no help")
            return
        }
        #expect(text.contains("\n  exec  Add to it\n"))
        #expect(text.contains("  --version, -v  Print the version\n"))
    }

    @Test(arguments: ["exec --help", "exec -h", "help exec"])
    func aCommandExplainsItself(line: String) throws {
        guard case .help(let text) = try parse(line) else {
            Issue.record("no help")
            return
        }
        #expect(text.contains("Usage: prog exec [OPTIONS] ID COMMAND\n"))
        #expect(text.contains("  --env, -e NAME=VALUE  Add to the environment\n"))
        #expect(!text.contains("criu"))
    }

    @Test(arguments: ["--version", "-v", "-version", "--root /r --version"])
    func theVersionIsAskedFor(line: String) throws {
        guard case .version = try parse(line) else {
            Issue.record("no version")
            return
        }
    }
}
