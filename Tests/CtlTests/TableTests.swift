import Testing
import Wire

@testable import Ctl

struct TableTests {
    @Test func columnsAreAsWideAsTheirLongestCellAndThreeBlanks() {
        var table = Table("CONTAINER ID", "NAME", "CPU %", "PIDS")
        table.add("21f0906341d3", "st", "0.00%", "1")
        #expect(
            table.text == """
                CONTAINER ID   NAME      CPU %     PIDS
                21f0906341d3   st        0.00%     1

                """)
    }

    @Test func whatAnImageSaysCannotDriveTheTerminal() {
        #expect(Table.printable("a\u{1b}[2Jb\nc\u{7f}é") == "a\\x1b[2Jb\\nc\\x7fé")
    }

    private let now = Timestamp(seconds: 1000)

    private func container(
        _ status: Apus.ContainerStatus, exit: UInt32 = 0
    ) -> Apus.Container {
        Apus.Container(
            id: String(repeating: "ab", count: 32), name: "web",
            spec: Apus.ContainerSpec(image: "docker.io/library/busybox:latest"), status: status,
            createdAt: Timestamp(seconds: 900), startedAt: Timestamp(seconds: 940),
            finishedAt: Timestamp(seconds: 997), exitStatus: exit,
            command: ["docker-entrypoint.sh", "redis-server"])
    }

    @Test func containersAreListedInDockersColumns() {
        let text = ContainerTable(isWhole: false, now: now).table([container(.running)]).text
        #expect(
            text == """
                CONTAINER ID   IMAGE            COMMAND                  CREATED              STATUS              NAMES
                abababababab   busybox:latest   "docker-entrypoint.s…"   About a minute ago   Up About a minute   web

                """)
    }

    @Test func statusesAreSaidAsDockerSaysThem() {
        let layout = ContainerTable(isWhole: false, now: now)
        #expect(layout.status(container(.paused)) == "Up About a minute (Paused)")
        #expect(layout.status(container(.stopped, exit: 7)) == "Exited (7) 3 seconds ago")
        #expect(layout.status(container(.created)) == "Created")
        #expect(layout.status(container(.dead)) == "Dead")
    }

    @Test(arguments: [
        ("docker.io/library/alpine:latest", "alpine", "latest"),
        ("docker.io/me/app:1", "me/app", "1"),
        ("localhost:5000/app:2", "localhost:5000/app", "2"),
        ("localhost:5000/app", "localhost:5000/app", "<none>"),
        ("a@sha256:00", "a", "<none>"), ("", "<none>", "<none>"),
    ])
    func imageNamesAreTakenApart(_ name: String, _ repository: String, _ tag: String) {
        let parts = ImageName.parts(name)
        #expect(parts.repository == repository && parts.tag == tag)
    }

    @Test func historyHasItsNewestStepFirstAndLayersWhereTheyBelong() {
        let image = Apus.Image(
            layers: [Apus.Layer(diffID: "sha256:1111111111112222", sizeBytes: 1_990_000)],
            history: [
                Apus.HistoryEntry(createdAt: Timestamp(seconds: 990), createdBy: "ADD x"),
                Apus.HistoryEntry(
                    createdAt: Timestamp(seconds: 995), createdBy: "CMD sh", comment: "c",
                    emptyLayer: true),
            ])
        let rows = HistoryTable(isWhole: false, now: now).table(image).rows
        #expect(rows[0] == ["<none>", "5 seconds ago", "CMD sh", "0B", "c"])
        #expect(rows[1] == ["111111111111", "10 seconds ago", "ADD x", "1.99MB", ""])
    }

    @Test func snapshotsStandOnEachOther() {
        let snapshots = [("c", "b"), ("a", ""), ("b", "a"), ("x", "gone")]
            .map { Apus.Snapshot(key: $0.0, parent: $0.1) }
        #expect(SnapshotTree.lines(snapshots) == ["a", "  b", "    c", "x"])
    }

    @Test func theTimelineBeginsAtItsFirstPhaseAndNestsByLength() {
        let phases = [
            RuntimeAPI.Phase(program: "apusd", name: "in", startNS: 2_000_000, endNS: 3_500_000),
            RuntimeAPI.Phase(program: "apusctl", name: "out", startNS: 1_000_000, endNS: 5_000_000),
        ]
        #expect(
            Timeline.table(phases).rows == [
                ["apusctl", "out", "0.000", "4.000"], ["apusd", "in", "1.000", "1.500"],
            ])
    }

    @Test func aCPUShareNeedsTwoMeasures() {
        let before = Apus.ContainerStats(time: Timestamp(seconds: 1), cpuUsageNS: 0)
        let now = Apus.ContainerStats(time: Timestamp(seconds: 2), cpuUsageNS: 500_000_000)
        #expect(CPUShare.percent(now, since: before) == 50)
        #expect(CPUShare.percent(now, since: nil) == 0)
    }
}
