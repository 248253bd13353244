import SluiceModel

extension ExportFindings {
    /// In a CI system a whole run is one job, so little is lost.
    mutating func addForJob() {
        addJobStart()
        addExecutors()
        addHooks(isServerOurs: false)
        if pipeline.stages.contains(where: { $0.request.gpus > 0 }) {
            warn(
                "export.gpu", "stages ask for GPUs: the job's machine must have them",
                hint: "name such a machine in the job")
        }
        if !pipeline.plan.pipeline.budget.accounts.isEmpty {
            warn(
                "export.accounts", "accounts hold only over the runs whose state the job's cache brings back",
                hint: "caches may be dropped, and jobs at the same time do not see each other")
        }
        for secret in pipeline.secretNames { addSecret(secret) }
        for stage in pipeline.stages { addFiles(of: stage) }
    }

    private mutating func addJobStart() {
        if pipeline.plan.pipeline.triggers.push?.isEver != true {
            warn(
                "export.no-trigger", "without `triggers.push` nothing says which pushes run the pipeline",
                hint: "the job starts by hand, and `sluice ci` only plans what is no push")
        }
        if pipeline.plan.pipeline.priority != 0 {
            warn(
                "export.priority", "`priority` is not kept: \(target) starts jobs as they come",
                hint: "only the queue of Sluice's own worker knows it")
        }
        let concurrency = pipeline.plan.pipeline.concurrency
        if concurrency.group != .none, concurrency.onNew == .cancel {
            warn(
                "export.concurrency", "\(target) ends the job of the older run within seconds, a deploy included",
                hint: "`on_new: queue` lets it go to its end")
        }
    }
}

extension ExportedPipeline {
    /// Overrides by the variables in which a job hands them to its shell.
    var overrideVariables: [(variable: String, text: String)] {
        overrides.sorted { $0.key < $1.key }.enumerated().map { index, override in
            ("SLUICE_SET_\(index + 1)", JSONArgument.override(override.key, override.value))
        }
    }

    /// ` --set="$SLUICE_SET_1"` …, for a line of shell.
    var overrideWords: String { overrideVariables.map { " --set=\"$\($0.variable)\"" }.joined() }
}
