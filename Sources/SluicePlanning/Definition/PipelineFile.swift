import SluiceModel

/// Reads a pipeline definition, `sluice/v1`.
package enum PipelineFile {
    /// The pipeline is nil where there is an error.
    package static func parse(_ source: SourceText) -> (pipeline: Pipeline?, diagnostics: [Diagnostic]) {
        let (pipeline, diagnostics) = read(source)
        return (diagnostics.hasErrors ? nil : pipeline, diagnostics)
    }

    /// As much of the pipeline as could be read, errors or not, so that all that is wrong with it is found at once.
    static func read(_ source: SourceText) -> (pipeline: Pipeline?, diagnostics: [Diagnostic]) {
        let findings = Findings(source, domain: "pipeline")
        let pipeline = YAMLReader.read(findings).flatMap { PipelineReader(findings: findings).pipeline($0) }
        if let pipeline { StageOrder.check(pipeline, findings) }
        return (pipeline, findings.sorted)
    }
}
