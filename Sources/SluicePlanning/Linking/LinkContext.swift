import SluiceModel

/// Everything that linking looks at, and what it finds.
final class LinkContext {
    let findings: Findings
    let tree: any TreeReader
    let finder: any PluginFinder
    let configuration: OperatorConfiguration
    let isTrusted: Bool
    /// The definition's own tree, for the places of values.
    let root: YAMLNode
    /// Of other files: manifests, params.
    var diagnostics: [Diagnostic] = []
    /// By name, as they are after linking.
    private(set) var stages: [String: Pipeline.Stage] = [:]
    /// Paths that may still be compared with patterns: a definition cannot make a hook busy for long.
    private var comparisons = 5_000_000
    /// Missing paths for which a nearest one may still be looked for.
    private var searches = 20
    private var allEntries: [TreeEntry]?
    private var pointers: [ObjectID: Bool] = [:]

    init(
        source: SourceText, tree: any TreeReader, plugins: any PluginFinder, configuration: OperatorConfiguration,
        isTrusted: Bool
    ) {
        findings = Findings(source, domain: "pipeline")
        self.tree = tree
        finder = plugins
        self.configuration = configuration
        self.isTrusted = isTrusted
        let nothing = YAMLNode(content: .mapping([]), location: SourceLocation(file: source.path))
        root = YAMLReader.read(Findings(source, domain: "pipeline")) ?? nothing
    }

    /// Every file, link and submodule of the revision.
    func entries() throws(GitError) -> [TreeEntry] {
        if let allEntries { return allEntries }
        let entries = try tree.entries(under: "")
        allEntries = entries
        return entries
    }

    /// The entries that a pattern holds; nil where all patterns together hold too much work.
    func entries(matching glob: Glob) throws(GitError) -> [TreeEntry]? {
        let all = try entries()
        guard comparisons >= all.count else { return nil }
        comparisons -= all.count
        return all.filter { glob.matches($0.path) }
    }

    func maySearch() -> Bool {
        searches -= 1
        return searches >= 0
    }

    /// Whether a file is a Git LFS pointer. These have less than 1024 bytes; larger blobs are not read.
    func isPointer(_ entry: TreeEntry) throws(GitError) -> Bool {
        if let known = pointers[entry.oid] { return known }
        var isPointer = false
        do throws(GitError) {
            let bytes = try tree.contents(of: entry, limit: 1023)
            isPointer = bytes.starts(with: Array("version https://git-lfs.github.com/spec/".utf8))
        } catch {
            guard error.code == .tooLarge else { throw error }
        }
        pointers[entry.oid] = isPointer
        return isPointer
    }

    func link(_ pipeline: Pipeline, overrides: [String: JSONValue]) throws(GitError) -> (
        linked: LinkedPipeline?, diagnostics: [Diagnostic]
    ) {
        var linked = LinkedPipeline(pipeline: pipeline)
        let params = try ParamsLoader(context: self).load(pipeline.params, overrides: overrides)
        linked.params = params ?? .emptyObject
        linked.plugins = try PluginResolver(context: self).resolve(pipeline.stages)
        EffectiveStages.apply(to: &linked)
        ExecutorLinker(context: self).apply(to: &linked)
        stages = StageOrder.byName(linked.pipeline)
        for stage in linked.pipeline.stages where !findings.isFull {
            StageLinker(stage: stage, linked: linked, context: self).check()
            try StageInputLinker(stage: stage, linked: linked, context: self).check()
            StageNameLinker(stage: stage, linked: linked, knowsParams: params != nil, context: self).check()
        }
        Reachability.check(linked.pipeline, findings)
        let accounts = configuration.accounts.map(\.account.name)
        for name in pipeline.budget.accounts where !accounts.contains(name.value) {
            findings.add(LinkFindings.unknownAccount(name.value, known: accounts), at: name.location)
        }
        let all = (diagnostics + findings.diagnostics).inFileOrder
        linked.warnings = all.filter { $0.severity != .error }
        return (all.hasErrors ? nil : linked, all)
    }
}
