/// Runs the changes of one container one after the other, in the order in which they were asked
/// for. Each says when it is done; the loop goes on meanwhile.
final class OperationLane {
    typealias Operation = (_ done: @escaping () -> Void) -> Void

    private var waiting: [Operation] = []
    private(set) var isBusy = false

    func enqueue(_ operation: @escaping Operation) {
        waiting.append(operation)
        runNext()
    }

    private func runNext() {
        guard !isBusy, !waiting.isEmpty else { return }
        isBusy = true
        let operation = waiting.removeFirst()
        var isDone = false
        operation {
            guard !isDone else { return }
            isDone = true
            self.isBusy = false
            self.runNext()
        }
    }
}
