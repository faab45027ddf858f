/// A JSON document that is not what it should be: which document, where in it, and why.
///
/// `config.json: linux.namespaces[2].type: unknown namespace "foo"`
package struct DocumentError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Step: Equatable, Sendable {
        case key(String)
        case index(Int)
    }

    /// The document's name for people: `config.json`.
    package var document: String
    /// From the document's top; empty where the document as a whole is meant.
    package var path: [Step]
    package var problem: String

    package init(document: String = "", path: [Step] = [], _ problem: String) {
        self.document = document
        self.path = path
        self.problem = problem
    }

    package var description: String {
        [document, pathText, problem].filter { !$0.isEmpty }.joined(separator: ": ")
    }

    /// `process.capabilities.bounding[3]`
    package var pathText: String {
        var text = ""
        for step in path {
            switch step {
            case .key(let name): text += text.isEmpty ? name : ".\(name)"
            case .index(let index): text += "[\(index)]"
            }
        }
        return text
    }

    /// The same error, seen from the value that holds the one which failed.
    func inside(_ step: Step) -> DocumentError {
        DocumentError(document: document, path: [step] + path, problem)
    }
}
