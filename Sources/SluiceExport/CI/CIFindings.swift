import SluiceModel

extension ExportFindings {
    /// In a CI system a whole run is one job, so little is lost.
    mutating func addForJob() {
        addExecutors()
        if pipeline.plan.pipeline.triggers.push == nil {
            warn(
                "export.no-trigger", "without `triggers.push` nothing says which pushes run the pipeline",
                hint: "the job starts by hand, and `sluice ci` only plans what is no push")
        }
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
        for secret in Set(pipeline.stages.flatMap(\.secrets)).sorted() {
            note(
                "export.secret", "the secret `\(secret)` comes as \(SecretVariable.name(secret))",
                hint:
                    "the configuration there says `secrets: { \(secret): { env: \(SecretVariable.name(secret)), … } }`")
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

    /// ` --set "$SLUICE_SET_1"` …, for a line of shell.
    var overrideWords: String { overrideVariables.map { " --set \"$\($0.variable)\"" }.joined() }

    var secretNames: [String] { Set(stages.flatMap(\.secrets)).sorted() }
}
