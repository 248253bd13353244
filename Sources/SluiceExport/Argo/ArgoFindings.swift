import SluiceModel

extension ExportFindings {
    /// What only Argo cannot say. `bytes`: of the Workflow.
    mutating func addForArgo(_ options: ArgoOptions, bytes: Int) {
        if let reference = pipeline.reference, reference.contains("{{") {
            refuse(
                "export.reference", "`\(reference)` would be a tag of Argo", hint: "export from another branch or tag")
        }
        if options.executorAccount == nil {
            note(
                "export.account", "stages see the token of the account that the workflow runs as",
                hint: "--executor-account names one for Argo's own container, and stages get none")
        }
        if bytes > Self.largestObject {
            warn(
                "export.too-large",
                "the Workflow has \(ByteCount.text(Int64(bytes))): most clusters store none so large",
                hint: "smaller matrices make a smaller one")
        }
        if pipeline.stages.contains(where: { $0.retries > 0 && $0.retry.backoff.jitter }) {
            note(
                "export.jitter", "pauses between attempts are not varied at random",
                hint: "`backoff.jitter: false` says so in the pipeline")
        }
        for stage in pipeline.stages {
            addCondition(of: stage)
            addBackoff(of: stage)
        }
    }

    /// Bytes; etcd takes 1.5 MiB with what Argo writes into the object about the run.
    private static let largestObject = 1 << 20

    private mutating func addCondition(of stage: ExportedStage) {
        guard let condition = stage.planned.definition.condition?.value,
            !ArgoCondition.isTold(stage.planned, in: pipeline.plan)
        else { return }
        note(
            "export.condition", "`if: \(condition)` of `\(name(stage))` is decided by `sluice attempt`", of: stage,
            hint: "a stage that is skipped so is shown as succeeded")
    }

    private mutating func addBackoff(of stage: ExportedStage) {
        guard stage.retries > 0, stage.retry.backoff.factor.rounded() != stage.retry.backoff.factor else { return }
        warn(
            "export.backoff", "the factor of `\(name(stage))` is rounded: Argo takes whole ones", of: stage,
            hint: "write a whole number")
    }
}
