import SluiceModel

/// Looks paths up in the revision and says what is wrong with those that are no regular files.
struct TreeFiles {
    let context: LinkContext

    /// The entry at a path, or nil with a diagnostic: missing, a link, in a submodule.
    func entry(_ path: String, what: String, at location: SourceLocation, hint: String? = nil) throws(GitError)
        -> TreeEntry?
    {
        if let entry = try context.tree.entry(at: path) {
            switch entry.kind {
            case .file, .executable, .folder: return entry
            case .link: context.findings.add(LinkFindings.link(path, what), at: location)
            case .submodule: context.findings.add(LinkFindings.submodule(path, what), at: location)
            }
            return nil
        }
        context.findings.add(try missing(path, what, hint: hint), at: location)
        return nil
    }

    /// As `entry`, for a file.
    func regularFile(_ path: String, what: String, at location: SourceLocation) throws(GitError) -> TreeEntry? {
        guard let entry = try entry(path, what: what, at: location) else { return nil }
        guard entry.kind == .folder else { return entry }
        context.findings.add(LinkFindings.folder(path, what), at: location)
        return nil
    }

    /// Nothing is there because a link or submodule stands before it, or because of a slip of the pen.
    private func missing(_ path: String, _ what: String, hint: String?) throws(GitError) -> Finding {
        var prefix = ""
        for step in path.split(separator: "/").dropLast() {
            prefix += prefix.isEmpty ? String(step) : "/" + step
            switch try context.tree.entry(at: prefix)?.kind {
            case .link?: return LinkFindings.behindLink(path, link: prefix)
            case .submodule?: return LinkFindings.submodule(prefix, what)
            default: continue
            }
        }
        let near = try nearest(to: path)
        return LinkFindings.notFound(path, what, hint: hint ?? near)
    }

    private func nearest(to path: String) throws(GitError) -> String? {
        guard context.maySearch() else { return nil }
        let paths = try context.entries().prefix(5000).map(\.path)
        if let near = NearestName.nearest(to: path, of: paths) { return "did you mean `\(near)`?" }
        let name = path.split(separator: "/").last
        let moved = paths.first { $0.split(separator: "/").last == name }
        return moved.map { "there is a `\($0)`" }
    }
}
