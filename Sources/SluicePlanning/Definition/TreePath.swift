/// The form of paths within a commit.
enum TreePath {
    /// Without `./` in front; nil for what leaves the tree or names nothing in it.
    static func normalized(_ path: String) -> String? {
        var path = path[...]
        while path.hasPrefix("./") { path = path.dropFirst(2) }
        if path.hasSuffix("/") { path = path.dropLast() }
        let steps = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !path.isEmpty, !steps.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else { return nil }
        return String(path)
    }
}
