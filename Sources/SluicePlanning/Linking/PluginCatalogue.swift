import SluiceModel

/// Everything that `uses` could name in a revision, and on this machine.
package struct PluginCatalogue {
    private let tree: any TreeReader
    private let finder: any PluginFinder
    private let isTrusted: Bool

    /// Without a tree only what is installed is known.
    package init(tree: (any TreeReader)?, finder: any PluginFinder, isTrusted: Bool) {
        self.tree = tree ?? NoTree()
        self.finder = finder
        self.isTrusted = isTrusted
    }

    /// Every name, sorted.
    package func names() throws(GitError) -> [String] {
        Set(try PluginResolver(context: context()).treeNames() + finder.names()).sorted()
    }

    /// `name` is what a stage says: a name, or `./path`.
    package func listing(of name: String) throws(GitError) -> PluginListing {
        let context = context()
        let resolver = PluginResolver(context: context)
        let place = SourceLocation(file: context.findings.source.path)
        let folders = try resolver.folders(name, at: place)
        let diagnostics = context.findings.sorted
        let candidates = folders.enumerated().map { position, folder in
            let shadowed = position == 0 ? Array(folders.dropFirst()) : []
            return candidate(folder, hiding: shadowed)
        }
        return PluginListing(name: name, candidates: candidates, diagnostics: diagnostics)
    }

    private func candidate(_ folder: PluginFolder, hiding shadowed: [PluginFolder]) -> PluginListing.Candidate {
        let source = SourceText(path: folder.path + "/plugin.yaml", bytes: folder.manifest)
        let (manifest, diagnostics) = ManifestFile.parse(source)
        guard let manifest else { return .init(folder: folder, manifest: nil, diagnostics: diagnostics) }
        let context = LinkContext(
            source: source, tree: tree, plugins: finder, configuration: OperatorConfiguration(), isTrusted: isTrusted)
        PluginResolver(context: context).check(
            manifest, folder, shadowed, at: SourceLocation(file: source.path))
        // Whether its secrets are granted is a question of the stage that uses it.
        let found = context.findings.sorted.filter { $0.id != "secret.not_granted" }
        return .init(folder: folder, manifest: manifest, diagnostics: diagnostics + found)
    }

    private func context() -> LinkContext {
        LinkContext(
            source: SourceText(path: "plugins", bytes: []), tree: tree, plugins: finder,
            configuration: OperatorConfiguration(), isTrusted: isTrusted)
    }
}

/// A revision without files.
private struct NoTree: TreeReader {
    func entry(at path: String) -> TreeEntry? { nil }
    func entries(under folder: String) -> [TreeEntry] { [] }
    func contents(of entry: TreeEntry, limit: Int) -> [UInt8] { [] }
    func size(of entry: TreeEntry) -> Int64 { 0 }
    func snapshot(_ entries: [TreeEntry], into folder: String) {}
}
