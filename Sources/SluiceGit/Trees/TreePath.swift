import SluiceModel

/// The rules for paths of a commit. Whoever pushes makes up names as he likes, so each component is checked before it
/// is used on disk.
enum TreePath {
    /// Whether a name may be created below a folder: not empty, `.`, `..` or `.git`, without `/`.
    static func isSafe(component: some Collection<UInt8>) -> Bool {
        guard !component.isEmpty, !component.contains(UInt8(ascii: "/")), !component.contains(0) else { return false }
        let isDots = component.count <= 2 && component.allSatisfy { $0 == UInt8(ascii: ".") }
        return !isDots && !isGitFolder(component)
    }

    /// The components of a relative path; nil where one of them is unsafe. Empty for the root.
    static func components(of path: String) -> [Substring.UTF8View]? {
        guard !path.isEmpty else { return [] }
        guard path.utf8.count <= TreeLimits.path else { return nil }
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count <= TreeLimits.depth, parts.allSatisfy({ isSafe(component: $0) }) else { return nil }
        return parts.map { Substring($0).utf8 }
    }

    static func refusal(of path: String) -> GitError {
        GitError(.invalid, "the path `\(path)` cannot be used: it is too long, too deep, or leaves its folder")
    }

    /// A path for people where its bytes are not UTF-8: bytes above ASCII and `%` percent-escaped.
    static func text(_ bytes: [UInt8]) -> String { Reference(bytes: bytes).name }

    private static func isGitFolder(_ component: some Collection<UInt8>) -> Bool {
        guard component.count == 4, component.first == UInt8(ascii: ".") else { return false }
        return component.dropFirst().elementsEqual("git".utf8) { $0 | 0x20 == $1 }
    }
}
