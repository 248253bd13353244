import SluiceModel

/// Reads a revision's tree at most once for each question of a plan.
struct TreeIndex {
    private let tree: any TreeReader
    private var all: [TreeEntry]?
    private var found: [String: TreeEntry?] = [:]
    private var folders: [String: [TreeEntry]] = [:]
    private var matched: [[Glob]: [TreeEntry]] = [:]

    init(_ tree: any TreeReader) { self.tree = tree }

    mutating func entry(at path: String) throws(PlanningError) -> TreeEntry? {
        if let known = found[path] { return known }
        let entry = try Self.reading { () throws(GitError) in try tree.entry(at: path) }
        found[path] = .some(entry)
        return entry
    }

    /// Everything below a folder, in the order of paths.
    mutating func entries(under folder: String) throws(PlanningError) -> [TreeEntry] {
        if folder.isEmpty { return try everything() }
        if let known = folders[folder] { return known }
        let entries = try Self.reading { () throws(GitError) in try tree.entries(under: folder) }
        folders[folder] = entries
        return entries
    }

    /// Regular files that one of the patterns holds.
    mutating func files(matching globs: [Glob]) throws(PlanningError) -> [TreeEntry] {
        if globs.isEmpty { return [] }
        if let known = matched[globs] { return known }
        let entries = try everything().filter { entry in
            entry.isRegular && globs.contains { $0.matches(entry.path) }
        }
        matched[globs] = entries
        return entries
    }

    private mutating func everything() throws(PlanningError) -> [TreeEntry] {
        if let all { return all }
        let entries = try Self.reading { () throws(GitError) in try tree.entries(under: "") }
        all = entries
        return entries
    }

    private static func reading<Value>(_ read: () throws(GitError) -> Value) throws(PlanningError) -> Value {
        do throws(GitError) { return try read() } catch { throw .tree(error) }
    }
}
