// What the closed sets are called in messages.

extension NamespaceKind: ClosedSet {
    package static let noun = "namespace"
}
extension Rlimit.Kind: ClosedSet {
    package static let noun = "resource limit"
}
extension Scheduler.Policy: ClosedSet {
    package static let noun = "scheduling policy"
}
extension Scheduler.Flag: ClosedSet {
    package static let noun = "scheduler flag"
}
extension IOPriority.Class: ClosedSet {
    package static let noun = "I/O priority class"
}
extension Device.Kind: ClosedSet {
    package static let noun = "device type"
}
extension RootfsPropagation: ClosedSet {
    package static let noun = "propagation"
}
extension Personality.Domain: ClosedSet {
    package static let noun = "personality domain"
}
extension MemoryPolicy.Mode: ClosedSet {
    package static let noun = "memory policy mode"
}
extension MemoryPolicy.Flag: ClosedSet {
    package static let noun = "memory policy flag"
}
extension Seccomp.Action: ClosedSet {
    package static let noun = "seccomp action"
}
extension Seccomp.Architecture: ClosedSet {
    package static let noun = "architecture"
}
extension Seccomp.Flag: ClosedSet {
    package static let noun = "seccomp flag"
}
extension Seccomp.Argument.Operator: ClosedSet {
    package static let noun = "seccomp operator"
}
extension Resources.DeviceRule.Kind: ClosedSet {
    package static let noun = "device type"
}
extension ContainerState.Status: ClosedSet {
    package static let noun = "status"
}
