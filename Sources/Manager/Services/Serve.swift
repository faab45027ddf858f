internal import AsyncRPC
internal import RPC
internal import Wire

/// The services of one socket.
struct Services: Sendable {
    let context: DaemonContext
    let registry: ContainerRegistry
    let watch: FileWatch
    let components: ComponentVersions

    func table() -> AsyncServiceTable {
        var table = AsyncServiceTable()
        addVersion(&table)
        addImages(&table)
        addContent(&table)
        addContainers(&table)
        addProcesses(&table)
        addStreams(&table)
        addEvents(&table)
        return table
    }
}

/// Does what a caller asked for; whatever goes wrong becomes a failure that names the stage.
func answer<Response: Sendable>(
    _ stage: String, _ subject: String, _ body: () async throws -> Response
) async throws -> Response {
    do {
        return try await body()
    } catch let error as CancellationError {
        throw error
    } catch let error as RPCError {
        throw error
    } catch {
        throw Failure(error, stage, subject)
    }
}
