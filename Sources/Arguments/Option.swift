/// An option of a command line: `--bundle DIR`, `-b DIR`, `--bundle=DIR`, `-bundle DIR`.
///
/// The grammar is the one that runc's callers know (Go's flag package): one dash or two, the value
/// behind `=` or as the next word, flags optionally with `=true` or `=false`.
package struct Option: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case flag
        /// With a word for the value in the help.
        case value(String)
        /// May come many times.
        case list(String)
    }

    /// Without dashes, the long one first.
    package let names: [String]
    package let kind: Kind
    package let help: String
    /// Accepted for callers that give it, but not worth a line of help.
    package let isHidden: Bool

    package static func flag(_ names: String..., help: String, hidden: Bool = false) -> Option {
        Option(names: names, kind: .flag, help: help, isHidden: hidden)
    }

    package static func value(
        _ names: String..., word: String, help: String, hidden: Bool = false
    ) -> Option {
        Option(names: names, kind: .value(word), help: help, isHidden: hidden)
    }

    package static func list(
        _ names: String..., word: String, help: String, hidden: Bool = false
    ) -> Option {
        Option(names: names, kind: .list(word), help: help, isHidden: hidden)
    }

    /// The name that stands for the option in errors and in what was parsed.
    package var name: String { names[0] }
}
