/// What is on disk about a container (`state.json` in its state directory).
package struct StateRecord: Sendable, Equatable {
    package var ociVersion: String
    package var bundle: String
    /// Absolute.
    package var rootfs: String
    /// Wall clock, at `create`.
    package var createdSeconds: Int64
    package var createdNanoseconds: Int64
    /// Who ran `create`.
    package var owner: UInt32
    package var annotations: [String: String]
    /// 0 while there is none.
    package var initPid: Int32
}
