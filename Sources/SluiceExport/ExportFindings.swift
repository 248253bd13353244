import SluiceModel

/// What a target cannot say, in words. Warnings are what gets lost; notes are what is done in another way.
struct ExportFindings {
    let pipeline: ExportedPipeline
    let target: String
    private(set) var all: [Diagnostic] = []

    init(_ pipeline: ExportedPipeline, target: String) {
        self.pipeline = pipeline
        self.target = target
    }

    mutating func warn(_ id: String, _ message: String, of stage: ExportedStage? = nil, hint: String) {
        add(.warning, id, message, stage, hint)
    }

    mutating func note(_ id: String, _ message: String, of stage: ExportedStage? = nil, hint: String) {
        add(.note, id, message, stage, hint)
    }

    /// The instances of a matrix are one place, and say one thing once.
    private mutating func add(
        _ severity: Diagnostic.Severity, _ id: String, _ message: String, _ stage: ExportedStage?, _ hint: String
    ) {
        let place = stage?.planned.definition.location ?? SourceLocation(file: pipeline.path)
        let diagnostic = Diagnostic(severity: severity, id: id, message: message, location: place, hint: hint)
        if !all.contains(diagnostic) { all.append(diagnostic) }
    }

    /// What no engine that runs stage by stage has.
    mutating func addCommon(state: String?) {
        if state == nil { addWithoutState() }
        let budget = pipeline.plan.pipeline.budget
        if !budget.limits.isEmpty {
            warn(
                "export.budget", "`budget.limits` count for a stage and what it needs, not for stages beside it",
                hint: "\(target) has no budget of a run; accounts of a shared state folder hold over all stages")
        }
        addExecutors()
        for stage in pipeline.stages { addCommon(stage) }
    }

    mutating func addExecutors() {
        guard !pipeline.executors.isEmpty else { return }
        note(
            "export.executor", "\(target) places every stage, whatever `executor` says",
            hint: "profiles name " + pipeline.executors.map { "`\($0)`" }.joined(separator: ", "))
    }

    private mutating func addWithoutState() {
        warn(
            "export.no-state", "without a shared state folder nothing is cached, recorded or charged to accounts",
            hint: "--state names the folder under which every stage sees it")
        for stage in pipeline.stages where stage.isDeploy {
            warn(
                "export.deploy-folder", "the folder of `\(name(stage))` lasts as long as the exchange", of: stage,
                hint: "--state gives it one that stays")
        }
    }

    private mutating func addCommon(_ stage: ExportedStage) {
        let definition = stage.planned.definition
        if definition.profiles.count > 1 {
            warn(
                "export.profiles", "`\(name(stage))` always runs with `\(stage.profile)`: nothing chooses there",
                of: stage, hint: "--profile chooses another one for all stages that have it")
        }
        if stage.retry.escalation != nil, stage.retries > 0 {
            warn(
                "export.escalation", "a further attempt at `\(name(stage))` asks for no more than the first", of: stage,
                hint: "\(target) asks for the same again")
        }
        if definition.matrix?.failFast == true {
            warn(
                "export.fail-fast", "instances of `\(name(stage))` that run go on when one has failed", of: stage,
                hint: "`fail_fast: false` says so in the pipeline")
        }
        if definition.stopWhenFutile {
            warn(
                "export.futile", "nothing stops `\(name(stage))` when what is left cannot fit any more", of: stage,
                hint: "\(target) has no budget of a run")
        }
        for secret in stage.secrets {
            note(
                "export.secret", "the secret `\(secret)` comes as \(SecretVariable.name(secret))", of: stage,
                hint:
                    "the configuration there says `secrets: { \(secret): { env: \(SecretVariable.name(secret)), … } }`")
        }
        if definition.after == .any {
            warn(
                "export.outcome", "a run is shown as succeeded when `\(name(stage))` ends well after a failed stage",
                of: stage, hint: "\(target) looks at the last stages alone; the failed one is shown as failed")
        }
        addLost(stage)
    }

    private mutating func addLost(_ stage: ExportedStage) {
        if stage.request.network != nil || !stage.request.custom.isEmpty {
            warn(
                "export.request", "`network` and `custom` of `\(name(stage))` are counted by no pool", of: stage,
                hint: "\(target) does not know them")
        }
    }

    func name(_ stage: ExportedStage) -> String { stage.planned.definition.name }
}

/// A pipeline in another engine's words.
package struct ExportedText: Sendable {
    package var text: String
    package var diagnostics: [Diagnostic]
}
