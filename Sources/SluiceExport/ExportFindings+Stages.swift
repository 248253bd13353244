import SluiceModel

extension ExportFindings {
    /// What no engine has that runs stage by stage.
    mutating func addForStages(state: String?) {
        if state == nil { addWithoutState() }
        if !pipeline.plan.pipeline.budget.limits.isEmpty {
            warn(
                "export.budget", "`budget.limits` count for a stage and what it needs, not for stages beside it",
                hint: "\(target) has no budget of a run; accounts of a shared state folder hold over all stages")
        }
        addStart()
        addOrder()
        addExecutors()
        for stage in pipeline.stages {
            addChoices(of: stage)
            addFailure(of: stage)
            addNeeds(of: stage)
        }
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

    /// What begins a run, and what other runs it has to do with.
    private mutating func addStart() {
        if pipeline.plan.pipeline.triggers.push?.isEver == true {
            note(
                "export.trigger", "nothing in \(target) starts it for a push, as `triggers.push` does",
                hint: "let what sees the push start it, with commit and reference")
        }
        addHooks(isServerOurs: true)
        let concurrency = pipeline.plan.pipeline.concurrency
        if concurrency.onNew == .cancel, concurrency.group != .none {
            warn(
                "export.concurrency", "`on_new: cancel` is not kept: a newer run waits for the older one",
                hint: "end the older one by hand")
        }
        if pipeline.readsChanges {
            note(
                "export.changed", "`changed()` compares with the commit that `base` names, else with the first parent",
                hint: "start it with `base`: what the push replaced")
        }
    }

    /// A pipeline whose stages are one chain has nothing that could go on.
    private mutating func addOrder() {
        let isChain = zip(pipeline.stages, pipeline.stages.dropFirst()).allSatisfy { $1.needs.contains($0.slug) }
        guard !isChain else { return }
        note(
            "export.keep-going", "after a failure, stages that do not need the failed one still start",
            hint: "as with `sluice run --keep-going`")
    }

    private mutating func addChoices(of stage: ExportedStage) {
        if stage.planned.definition.profiles.count > 1 {
            warn(
                "export.profiles", "`\(name(stage))` always runs with `\(stage.profile)`: nothing chooses there",
                of: stage, hint: "--profile chooses another one for all stages that have it")
        }
        if stage.retry.escalation != nil, stage.retries > 0 {
            warn(
                "export.escalation", "a further attempt at `\(name(stage))` asks for no more than the first", of: stage,
                hint: "\(target) asks for the same again")
        }
        if stage.planned.definition.stopWhenFutile {
            warn(
                "export.futile", "nothing stops `\(name(stage))` when what is left cannot fit any more", of: stage,
                hint: "\(target) has no budget of a run")
        }
    }

    private mutating func addFailure(of stage: ExportedStage) {
        if stage.planned.definition.matrix?.failFast == true {
            warn(
                "export.fail-fast", "instances of `\(name(stage))` go on when one has failed", of: stage,
                hint: "`fail_fast: false` says so in the pipeline")
        }
        if stage.runsAfterFailure {
            warn(
                "export.outcome", "a run is shown as succeeded when `\(name(stage))` ends well after a failed stage",
                of: stage, hint: "\(target) looks at the last stages alone; the failed one is shown as failed")
        }
    }

    private mutating func addNeeds(of stage: ExportedStage) {
        for secret in stage.secrets { addSecret(secret, of: stage) }
        if stage.request.network != nil || !stage.request.custom.isEmpty {
            warn(
                "export.request", "`network` and `custom` of `\(name(stage))` are counted by no pool", of: stage,
                hint: "\(target) does not know them")
        }
        addFiles(of: stage)
    }
}
