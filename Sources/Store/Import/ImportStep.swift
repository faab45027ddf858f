internal import Synchronization

/// How far an import has come.
package struct ImportStep: Equatable, Sendable {
    package enum Phase: String, Sendable {
        /// Reads the archive into the store.
        case read
        /// Checks manifests and configs.
        case verify
        /// Unpacks layers.
        case unpack
        case done
    }

    package var phase: Phase
    /// The file or the digest at hand; may be empty.
    package var subject: String
    package var doneBytes: Int64
    /// 0 where it is not known.
    package var totalBytes: Int64
}

/// Tells the caller how far an import is, not more often than every few MiB, and stops it when the
/// caller has gone.
final class ImportProgress: Sendable {
    private let report: @Sendable (ImportStep) -> Void
    private let last = Mutex<ImportStep?>(nil)
    private let isCanceled = Atomic<Bool>(false)

    init(_ report: @escaping @Sendable (ImportStep) -> Void) { self.report = report }

    func report(
        _ phase: ImportStep.Phase, _ subject: String, _ done: Int64 = 0, of total: Int64 = 0
    ) throws(StoreError) {
        let step = ImportStep(phase: phase, subject: subject, doneBytes: done, totalBytes: total)
        let isNews = last.withLock { last in
            if let last, last.phase == phase, last.subject == subject,
                done - last.doneBytes < 4 << 20
            {
                return false
            }
            last = step
            return true
        }
        if isNews { report(step) }
        guard isCanceled.load(ordering: .relaxed) else { return }
        throw StoreError(
            .canceled, stage: "import image", subject: "", cause: "the caller has canceled it")
    }

    func cancel() { isCanceled.store(true, ordering: .relaxed) }
}
