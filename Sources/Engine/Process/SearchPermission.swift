internal import Linux

/// Why a path that exists cannot be reached: some directory on the way may not be searched.
package enum SearchPermission {
    /// Names the first such directory, and who was not let through; empty where there is none.
    package static func obstacle(on path: String) -> String {
        var prefix = path.hasPrefix("/") ? "" : "."
        for component in path.pathNames.dropLast() {
            prefix += "/" + component
            guard ProcessControl.cannotExecute(prefix) != nil else { continue }
            return "user \(Identity.effectiveUser) may not search \(prefix), which lacks x for them"
        }
        return ""
    }
}
