/// Names a timer until it has fired or was cancelled.
package struct Timer: Hashable, Sendable {
    fileprivate let number: UInt64
}

/// What shall happen when: a binary heap by time, and by age where times are equal.
package struct TimerQueue<Body> {
    private var heap: [(time: MonotonicTime, timer: Timer)] = []
    private var bodies: [Timer: Body] = [:]
    private var newest: UInt64 = 0

    package init() {}

    package var isEmpty: Bool { bodies.isEmpty }

    /// When the first timer fires.
    package var first: MonotonicTime? { heap.first?.time }

    package mutating func add(_ time: MonotonicTime, _ body: Body) -> Timer {
        newest += 1
        let timer = Timer(number: newest)
        bodies[timer] = body
        heap.append((time, timer))
        siftUp(heap.count - 1)
        return timer
    }

    /// Answers the body, so that it goes when its owner lets it; nil where it has fired.
    @discardableResult
    package mutating func cancel(_ timer: Timer) -> Body? {
        let body = bodies.removeValue(forKey: timer)
        discardCancelled()
        return body
    }

    /// The next body whose time has come.
    package mutating func popDue(_ now: MonotonicTime) -> Body? {
        guard let top = heap.first, top.time <= now else { return nil }
        removeTop()
        let body = bodies.removeValue(forKey: top.timer)
        discardCancelled()
        return body
    }

    /// Keeps the top of the heap a living timer, and the heap no larger than twice what lives.
    private mutating func discardCancelled() {
        while let top = heap.first, bodies[top.timer] == nil { removeTop() }
        guard heap.count > 64 && heap.count > bodies.count * 2 else { return }
        heap = heap.filter { bodies[$0.timer] != nil }.sorted { precedes($0, $1) }
    }

    private mutating func removeTop() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        siftDown(0)
    }

    private func precedes(
        _ left: (time: MonotonicTime, timer: Timer), _ right: (time: MonotonicTime, timer: Timer)
    ) -> Bool {
        left.time != right.time ? left.time < right.time : left.timer.number < right.timer.number
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard precedes(heap[child], heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if precedes(heap[child], heap[smallest]) { smallest = child }
            }
            guard smallest != parent else { return }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
