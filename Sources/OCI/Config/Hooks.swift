/// Programs that the runtime executes at points of the life of a container (config.md, POSIX hooks).
package struct Hooks: Sendable, Equatable {
    package enum Point: String, Sendable, CaseIterable {
        case prestart, createRuntime, createContainer, startContainer, poststart, poststop
    }

    package var prestart: [Hook]
    package var createRuntime: [Hook]
    package var createContainer: [Hook]
    package var startContainer: [Hook]
    package var poststart: [Hook]
    package var poststop: [Hook]

    package init(
        prestart: [Hook] = [], createRuntime: [Hook] = [], createContainer: [Hook] = [],
        startContainer: [Hook] = [], poststart: [Hook] = [], poststop: [Hook] = []
    ) {
        self.prestart = prestart
        self.createRuntime = createRuntime
        self.createContainer = createContainer
        self.startContainer = startContainer
        self.poststart = poststart
        self.poststop = poststop
    }

    package subscript(point: Point) -> [Hook] {
        switch point {
        case .prestart: prestart
        case .createRuntime: createRuntime
        case .createContainer: createContainer
        case .startContainer: startContainer
        case .poststart: poststart
        case .poststop: poststop
        }
    }
}

package struct Hook: Sendable, Equatable {
    /// Absolute, in the runtime's mount namespace (`startContainer`: in the container's).
    package var path: String
    /// With argv[0]; where empty the path is argv[0].
    package var args: [String]
    /// nil where the file leaves `env` out, which is not the same as an empty list.
    package var env: [String]?
    /// The hook is killed and has failed after so many seconds; nil waits for ever.
    package var timeoutSeconds: Int?

    package init(
        path: String, args: [String] = [], env: [String]? = nil, timeoutSeconds: Int? = nil
    ) {
        self.path = path
        self.args = args
        self.env = env
        self.timeoutSeconds = timeoutSeconds
    }
}
