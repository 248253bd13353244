import SluiceModel

/// What a target cannot say, in words. Warnings are what gets lost; notes are what is done in another way.
struct ExportFindings {
    let pipeline: ExportedPipeline
    let target: String
    private(set) var all: [Diagnostic] = []
    private var told: Set<Diagnostic> = []

    init(_ pipeline: ExportedPipeline, target: String) {
        self.pipeline = pipeline
        self.target = target
        addOverrides()
    }

    mutating func warn(_ id: String, _ message: String, of stage: ExportedStage? = nil, hint: String) {
        add(.warning, id, message, stage, hint)
    }

    mutating func note(_ id: String, _ message: String, of stage: ExportedStage? = nil, hint: String) {
        add(.note, id, message, stage, hint)
    }

    /// Nothing is written then.
    mutating func refuse(_ id: String, _ message: String, hint: String) { add(.error, id, message, nil, hint) }

    /// The instances of a matrix are one place, and say one thing once.
    private mutating func add(
        _ severity: Diagnostic.Severity, _ id: String, _ message: String, _ stage: ExportedStage?, _ hint: String
    ) {
        let place = stage?.planned.definition.location ?? SourceLocation(file: pipeline.path)
        let diagnostic = Diagnostic(severity: severity, id: id, message: message, location: place, hint: hint)
        if told.insert(diagnostic).inserted { all.append(diagnostic) }
    }

    /// Values are escaped where a tag could begin; the name of a param has no other way to be written.
    private mutating func addOverrides() {
        for key in pipeline.overrides.keys.sorted() where JSONArgument.mayHoldTag(key) {
            refuse(
                "export.override", "`--set` of `\(key)` could be a tag of a template language in \(target)",
                hint: "give the param another name, or its value in the pipeline")
        }
    }

    mutating func addExecutors() {
        guard !pipeline.executors.isEmpty else { return }
        note(
            "export.executor", "\(target) places every stage, whatever `executor` says",
            hint: "profiles name " + pipeline.executors.map { "`\($0)`" }.joined(separator: ", "))
    }

    /// Hooks are git's: they stay where the repository is.
    mutating func addHooks(isServerOurs: Bool) {
        let triggers = pipeline.plan.pipeline.triggers
        if triggers.preReceive != nil, triggers.isPreReceiveEnforced, !isServerOurs {
            warn(
                "export.pre-receive", "no push is rejected by `triggers.pre_receive`: \(target) asks after it",
                hint: "protect the branch, and let merges wait for the job that plans")
        } else if triggers.prePush != nil || triggers.preReceive != nil {
            note(
                "export.hooks", "`triggers.pre_push` and `pre_receive` hold where `sluice hook install` was said",
                hint: "\(target) has no such hooks")
        }
    }

    mutating func addSecret(_ secret: String, of stage: ExportedStage? = nil) {
        let variable = SecretVariable.name(secret)
        note(
            "export.secret", "the secret `\(secret)` comes as \(variable)", of: stage,
            hint: "the configuration there says `secrets: { \(secret): { env: \(variable), … } }`")
        for other in pipeline.secretNames where other < secret && SecretVariable.name(other) == variable {
            warn(
                "export.secret-name", "the secrets `\(other)` and `\(secret)` would both come as \(variable)",
                hint: "call one of them otherwise")
        }
    }

    mutating func addFiles(of stage: ExportedStage) {
        for case .external(let path) in stage.planned.inputs.map(\.source) {
            note(
                "export.file", "`\(path)`, which `\(name(stage))` reads, must be there wherever it runs", of: stage,
                hint: "and the configuration there must allow it under `inputs.allow`")
        }
    }

    func name(_ stage: ExportedStage) -> String { stage.planned.definition.name }
}

/// A pipeline in another engine's words.
package struct ExportedText: Sendable {
    package var text: String
    package var diagnostics: [Diagnostic]
}
