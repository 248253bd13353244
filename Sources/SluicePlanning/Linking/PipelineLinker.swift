import SluiceModel

/// Gives every name of a pipeline its meaning in one revision.
package enum PipelineLinker {
    /// `source` is the file that `pipeline` was read from. `linked` is nil where there is an error. Git's own
    /// failures are thrown.
    package static func link(
        _ pipeline: Pipeline, source: SourceText, tree: any TreeReader, plugins: any PluginFinder,
        configuration: OperatorConfiguration, overrides: [String: JSONValue], isTrusted: Bool
    ) throws(GitError) -> (linked: LinkedPipeline?, diagnostics: [Diagnostic]) {
        let context = LinkContext(
            source: source, tree: tree, plugins: plugins, configuration: configuration, isTrusted: isTrusted)
        return try context.link(pipeline, overrides: overrides)
    }

    /// Reads and links in one go: what is wrong with the file and with its surroundings is found together.
    package static func lint(
        _ source: SourceText, tree: any TreeReader, plugins: any PluginFinder, configuration: OperatorConfiguration,
        overrides: [String: JSONValue], isTrusted: Bool
    ) throws(GitError) -> (linked: LinkedPipeline?, diagnostics: [Diagnostic]) {
        let (pipeline, diagnostics) = PipelineFile.read(source)
        guard let pipeline else { return (nil, diagnostics) }
        let (linked, more) = try link(
            pipeline, source: source, tree: tree, plugins: plugins, configuration: configuration,
            overrides: overrides, isTrusted: isTrusted)
        return (diagnostics.hasErrors ? nil : linked, (diagnostics + more).inFileOrder)
    }
}

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

/// What a stage is after its plugin is known.
enum EffectiveStages {
    static func apply(to linked: inout LinkedPipeline) {
        for index in linked.pipeline.stages.indices {
            guard let manifest = linked.plugins[linked.pipeline.stages[index].name]?.manifest else { continue }
            linked.pipeline.stages[index].outputs = outputs(of: linked.pipeline.stages[index], manifest)
            guard let resources = manifest.resources else { continue }
            for profile in linked.pipeline.stages[index].profiles.indices
            where linked.pipeline.stages[index].profiles[profile].profile.name == StageProfileReader.defaultName {
                linked.pipeline.stages[index].profiles[profile].profile.request = resources
            }
        }
    }

    /// The manifest's outputs, narrowed by the stage's, then those that the stage adds.
    private static func outputs(
        of stage: Pipeline.Stage, _ manifest: PluginManifest
    ) -> [Pipeline.Stage.Output] {
        let declared = manifest.outputs.map { output in
            stage.outputs.first { $0.name == output.name }
                ?? Pipeline.Stage.Output(name: output.name, type: output.type)
        }
        return declared + stage.outputs.filter { own in !declared.contains { $0.name == own.name } }
    }
}
