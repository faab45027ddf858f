internal import FoundationEssentials
internal import Store

extension ContainerRegistry {
    /// At the manager's start: all containers of the database, each compared with what there is of
    /// it, all at the same time. Returns when that is done, or has taken too long: those that are
    /// not through stay closed to operations until they are, and hold up nobody else.
    func load() async {
        let records: [ContainerRecord]
        var execs: [String: [ExecRecord]]
        do {
            records = try context.ledger.containers()
            execs = Dictionary(grouping: try context.ledger.execs(), by: \.containerID)
        } catch {
            context.log.error("the containers cannot be read: \(error)")
            return
        }
        removeStrays(known: Set(records.map(\.id)))
        var adoptions: [Task<Void, Never>] = []
        for record in records {
            let container = makeContainer(record)
            add(container, name: record.name)
            let known = execs[record.id] ?? []
            await container.turnstile.enter()
            adoptions.append(
                Task {
                    await container.adopt(execs: known)
                    container.turnstile.leave()
                })
        }
        await wait(for: adoptions)
        if !records.isEmpty { context.log.info("\(records.count) containers are known") }
    }

    private func wait(for adoptions: [Task<Void, Never>]) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for adoption in adoptions { await adoption.value }
            }
            group.addTask { try? await Task.sleep(for: Deadlines.adoption) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Directories, snapshots and shims of containers that no row knows: a power cut may take back
    /// the last rows, never what they name.
    private func removeStrays(known: Set<String>) {
        let paths = context.paths
        for id in names(in: paths.bundles) where !known.contains(id) {
            let bundle = paths.bundle(of: id)
            context.log.warning("bundle \(id) belongs to no container; it is removed")
            let context = context
            Task {
                if bundle.shimAddress != nil {
                    _ = try? await context.shim.delete(id, bundle: bundle.directory)
                }
                do { try bundle.remove() } catch { context.log.warning("\(error)") }
            }
        }
        for id in names(in: paths.containers) where !known.contains(id) {
            do { try removeTree("\(paths.containers)/\(id)") } catch {
                context.log.warning("\(error)")
            }
        }
        let snapshots = (try? context.store.listSnapshots()) ?? []
        for snapshot in snapshots where snapshot.kind == .active && !known.contains(snapshot.key) {
            do { try context.store.removeSnapshot(key: snapshot.key) } catch {
                context.log.warning("\(error)")
            }
        }
    }

    private func names(in directory: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    }
}
