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
    private var allEntries: [TreeEntry]?

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

    func link(_ pipeline: Pipeline, overrides: [String: JSONValue]) throws(GitError) -> (
        linked: LinkedPipeline?, diagnostics: [Diagnostic]
    ) {
        var linked = LinkedPipeline(pipeline: pipeline)
        let params = try ParamsLoader(context: self).load(pipeline.params, overrides: overrides)
        linked.params = params ?? .emptyObject
        linked.plugins = try PluginResolver(context: self).resolve(pipeline.stages)
        EffectiveStages.apply(to: &linked)
        for stage in linked.pipeline.stages {
            StageLinker(stage: stage, linked: linked, context: self).check()
            try StageInputLinker(stage: stage, linked: linked, context: self).check()
            StageNameLinker(stage: stage, linked: linked, knowsParams: params != nil, context: self).check()
        }
        Reachability.check(linked.pipeline, findings)
        let all = (diagnostics + findings.diagnostics).inFileOrder
        linked.warnings = all.filter { $0.severity != .error }
        return (all.hasErrors ? nil : linked, all)
    }
}
