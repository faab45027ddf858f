internal import ApusClient
internal import ArgumentParser

/// The program, as its help shows it.
struct Apusctl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apusctl",
        abstract: "Drives the container manager apusd.",
        discussion: """
            Exits with the code of the container's program; with 125 when something here failed, \
            126 when the program cannot be executed, 127 when it does not exist.

            Every command takes --address <socket> and --format table|json; they may also stand \
            before it. $APUS_ADDRESS is the address where none is given.
            """,
        version: "apusctl \(Apus.version)",
        groupedSubcommands: [
            CommandGroup(
                name: "Containers",
                subcommands: [
                    Run.self, Create.self, Start.self, Exec.self, Attach.self, Logs.self,
                    List.self, Stop.self, Kill.self, Pause.self, Unpause.self, Wait.self,
                    Remove.self, Inspect.self, Top.self, Stats.self, Update.self,
                ]),
            CommandGroup(
                name: "Images",
                subcommands: [
                    Images.self, Import.self, Tag.self, RemoveImage.self, History.self,
                ]),
            CommandGroup(
                name: "The manager",
                subcommands: [
                    Content.self, Snapshots.self, Events.self, Version.self,
                ]),
        ])
}
