import SluiceModel

/// A pipeline whose names all mean something in one revision: plugins found, params read, ends joined.
package struct LinkedPipeline: Sendable, Equatable {
    /// The stages' outputs are the effective ones: the manifest's with what the stage adds or narrows.
    package var pipeline: Pipeline
    /// By the name of the stage; stages with `run` have none.
    package var plugins: [String: ResolvedPlugin]
    /// The values of `params.*`, overrides applied.
    package var params: JSONValue
    package var warnings: [Diagnostic]

    package init(
        pipeline: Pipeline, plugins: [String: ResolvedPlugin] = [:], params: JSONValue = .emptyObject,
        warnings: [Diagnostic] = []
    ) {
        self.pipeline = pipeline
        self.plugins = plugins
        self.params = params
        self.warnings = warnings
    }
}
