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
