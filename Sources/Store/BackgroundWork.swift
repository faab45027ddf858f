internal import Foundation

/// Runs blocking work on a thread of its own: the few threads of Swift's concurrency must not wait
/// for a disk.
func onOwnThread<Result: Sendable>(
    _ body: @escaping @Sendable () throws(StoreError) -> Result
) async throws(StoreError) -> Result {
    let outcome: Swift.Result<Result, StoreError> = await withCheckedContinuation { continuation in
        let thread = Thread {
            let outcome: Swift.Result<Result, StoreError>
            do throws(StoreError) {
                outcome = .success(try body())
            } catch {
                outcome = .failure(error)
            }
            continuation.resume(returning: outcome)
        }
        thread.stackSize = 1 << 20
        thread.start()
    }
    return try outcome.get()
}
