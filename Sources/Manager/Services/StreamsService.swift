internal import AsyncRPC
internal import RPC
internal import Store
internal import Wire

extension Services {
    private typealias Service = Apus.StreamsService

    func addStreams(_ table: inout AsyncServiceTable) {
        let registry = registry
        table.on(Service.attach) { request, _, writer in
            let container = try registry.find(request.id, "attach to container")
            try await answer("attach to container", request.id) {
                try await container.attach(exec: request.execID) { try await writer.send($0) }
            }
        }
        table.on(Service.writeStdin) { request, _ in
            let container = try registry.find(request.id, "write to container")
            return try await answer("write to container", request.id) {
                try await container.writeStdin(exec: request.execID, request.data)
                return Empty()
            }
        }
        table.on(Service.closeStdin) { request, _ in
            let container = try registry.find(request.id, "close the input of container")
            return try await answer("close the input of container", request.id) {
                try await container.closeStdin(exec: request.execID)
                return Empty()
            }
        }
        table.on(Service.resize) { request, _ in
            let container = try registry.find(request.id, "resize the terminal of container")
            return try await answer("resize the terminal of container", request.id) {
                try await container.resize(
                    exec: request.execID, columns: request.columns, rows: request.rows)
                return Empty()
            }
        }
        addLogs(&table)
    }

    private func addLogs(_ table: inout AsyncServiceTable) {
        let registry = registry
        let watch = watch
        table.on(Service.logs) { request, _, writer in
            let container = try registry.find(request.id, "read the log of container")
            let plan = await LogPlan(container.record.spec)
            guard !plan.isNone else {
                throw Failure(
                    .failedPrecondition, "read the log of container", request.id,
                    "the log driver none does not support reading",
                    hint: "apusctl attach shows what it writes from then on")
            }
            guard plan.isInFiles else {
                throw Failure(
                    .failedPrecondition, "read the log of container", request.id,
                    "it is kept by \(plan.driver)",
                    hint: "journalctl CONTAINER_ID_FULL=\(container.id)")
            }
            let stream = LogStream(
                files: container.files,
                range: LogReader.Range(
                    tail: request.tail < 0 ? nil : request.tail,
                    since: request.since.map { Moment($0) },
                    until: request.until.map { Moment($0) }),
                watch: watch)
            try await answer("read the log of container", request.id) {
                let send = { (entry: LogEntry) async throws in
                    try await writer.send(
                        Apus.LogLine(
                            time: .init(entry.time), stream: entry.isError ? .stderr : .stdout,
                            data: entry.data))
                }
                guard request.follow else { return try await stream.read(send) }
                try await stream.follow(until: await container.run, send)
            }
        }
    }
}
