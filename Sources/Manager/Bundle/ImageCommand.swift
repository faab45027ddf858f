internal import Store
internal import Wire

/// What a container runs: the image's Entrypoint and Cmd under what the caller asks for
/// (image-spec config.md; the same rules as docker's).
struct ImageCommand: Equatable {
    /// entrypoint followed by arguments; empty where neither image nor caller names a program.
    var words: [String]

    init(image: ImageConfig, spec: Apus.ContainerSpec) {
        if spec.overrideEntrypoint {
            // The image's Cmd belongs to the image's Entrypoint, and goes with it.
            words = spec.entrypoint + spec.args
        } else {
            words = image.entrypoint + (spec.args.isEmpty ? image.cmd : spec.args)
        }
    }
}
