/// How long the manager waits for a shim before it takes it for hung. Generous: they guard against
/// waiting for ever, and the runtime may run hooks.
enum Deadlines {
    static let shimStart = Duration.seconds(30)
    static let shimDelete = Duration.seconds(30)
    static let connect = Duration.seconds(5)
    static let create = Duration.seconds(120)
    static let start = Duration.seconds(120)
    static let state = Duration.seconds(5)
    static let signal = Duration.seconds(30)
    static let delete = Duration.seconds(60)
    static let shutdown = Duration.seconds(5)
    /// How long the task's start waits for those who want its first byte.
    static let attach = Duration.seconds(5)
    /// How long those who are attached wait for the shim that takes another's place.
    static let replacement = Duration.seconds(30)
    /// How long a start of the manager waits for its slowest container before it serves the others.
    static let adoption = Duration.seconds(3)
}
