// What the types cannot say: rules between values (runtime-spec 1.3; runc's additional refusals that
// callers rely on). Every refusal names the path of the value at fault.

/// Refuses with the path, unless the condition holds.
func require(
    _ condition: Bool, _ path: @autoclosure () -> [DocumentError.Step],
    _ problem: @autoclosure () -> String
) throws(DocumentError) {
    guard condition else { throw DocumentError(path: path(), problem()) }
}

extension DocumentError.Step: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    package init(stringLiteral value: String) { self = .key(value) }
    package init(integerLiteral value: Int) { self = .index(value) }
}

/// Runs a check of a part, whose errors then name the part.
func validate(
    _ steps: DocumentError.Step..., check: () throws(DocumentError) -> Void
) throws(DocumentError) {
    do throws(DocumentError) {
        try check()
    } catch {
        throw DocumentError(document: error.document, path: steps + error.path, error.problem)
    }
}

/// Runs a check of every element of a list.
func validateEach<Element>(
    _ list: [Element], in key: String, check: (Element) throws(DocumentError) -> Void
) throws(DocumentError) {
    for (index, element) in list.enumerated() {
        do throws(DocumentError) {
            try check(element)
        } catch {
            throw error.inside(.index(index)).inside(.key(key))
        }
    }
}

/// The index of the first element whose key an earlier one has. For keys of a closed set: the search
/// ends at the latest when every key was seen.
func firstRepetition<Element, Key: Equatable>(
    in list: [Element], by key: (Element) -> Key
) -> Int? {
    list.indices.first { index in
        list[..<index].contains { key($0) == key(list[index]) }
    }
}
