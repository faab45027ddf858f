/// What `state` answers and hooks read on standard input (runtime.md, State).
package struct ContainerState: Sendable, Equatable {
    package enum Status: String, Sendable, CaseIterable {
        case creating, created, running, paused, stopped
    }

    package var ociVersion: String
    package var id: String
    package var status: Status
    /// 0 once the process has ended.
    package var pid: Int32
    package var bundle: String
    package var annotations: [String: String]

    package init(
        id: String, status: Status, pid: Int32, bundle: String,
        annotations: [String: String] = [:], ociVersion: String = Spec.version
    ) {
        self.ociVersion = ociVersion
        self.id = id
        self.status = status
        self.pid = pid
        self.bundle = bundle
        self.annotations = annotations
    }
}
