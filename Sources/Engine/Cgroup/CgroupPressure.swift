/// How long processes waited for a resource (accounting/psi.rst of the kernel).
package struct Pressure: Equatable, Sendable {
    /// Of a share of the processes, or of all of them.
    package struct Share: Equatable, Sendable {
        /// Percent of the last 10, 60 and 300 seconds.
        package var average10 = 0.0
        package var average60 = 0.0
        package var average300 = 0.0
        package var totalMicroseconds: UInt64 = 0
    }

    package var some = Share()
    package var full = Share()

    /// From `some avg10=0.00 avg60=0.00 avg300=0.00 total=0` and the same for `full`, which not
    /// every resource has.
    package init(_ text: String) {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            var share = Share()
            for word in words.dropFirst() {
                let pair = word.split(separator: "=")
                guard pair.count == 2 else { continue }
                switch pair[0] {
                case "avg10": share.average10 = Double(pair[1]) ?? 0
                case "avg60": share.average60 = Double(pair[1]) ?? 0
                case "avg300": share.average300 = Double(pair[1]) ?? 0
                case "total": share.totalMicroseconds = UInt64(pair[1]) ?? 0
                default: continue
                }
            }
            if words.first == "full" { full = share } else { some = share }
        }
    }
}

extension Cgroup {
    /// v2 only; nil where the kernel does not count it.
    func pressure(of resource: String) -> Pressure? {
        guard let directory = v2,
            let text = KernelFile.readIfPresent(
                directory.file("\(resource).pressure"))
        else { return nil }
        return Pressure(text)
    }
}
