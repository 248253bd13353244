import SluiceModel
import SluicePlanning

extension RunState {
    /// Folds one happening in and says what follows. Equal states and happenings give equal effects.
    mutating func apply(_ happening: Happening, at now: Timestamp) -> [Effect] {
        guard outcome == nil else { return [] }
        accounts.isFresh = false
        accounts.sawPool = false
        accounts.asksPool = false
        switch happening {
        case .begin: begin(at: now)
        case .admitted: admitted()
        case .looked(let standings, let others): looked(standings, others, at: now)
        case .notStarted(let stage, let standings, let others): notStarted(stage, standings, others, at: now)
        case .environmentMissing(let stage):
            let name = plan.stages[stage].name
            effects.record([.waiting(reason: "the python environment of \(name) to be built")])
        case .environmentProvided(let stage, let result): environmentProvided(stage, result)
        case .lookedUp(let stage, let entry): lookedUp(stage, entry)
        case .attemptEnded(let stage, let report): attemptEnded(stage, report, at: now)
        case .attemptWaits(let stage, let number, let reason): attemptWaits(stage, number, for: reason)
        case .attemptBegan(let stage, let number): attemptBegan(stage, number, at: now)
        case .cancel(let reason, let killNow):
            cancel(reason, killNow: killNow)
            if !accounts.isAdmitted, plan.hasAccounts { finish(overallOutcome) }
        case .tick: break
        }
        if accounts.isAdmitted || !plan.hasAccounts { advance(at: now) } else { lookAgain(at: now) }
        let holds = plan.hasAccounts && accounts.isAdmitted && outcome == nil
        return holds ? effects.take(rest: rest(at: now)) : effects.take()
    }

    private mutating func begin(at now: Timestamp) {
        guard !plan.hasAccounts || halt?.isFinal == true else { return ask(at: now) }
        effects.record([.planned(RunEvent.Planned(plan))])
        accounts.isAdmitted = true
        for index in lostDeploys { end(index, .lost, reason: halt?.reason) }
        guard plan.decision.isAdmitted || halt?.isFinal == true else {
            halt = .refused(plan.decision.explanation.first ?? "refused by the gate")
            return finish(.refused)
        }
        goOn()
    }

    /// Whatever does not have to wait for anything is looked at.
    mutating func goOn() {
        for index in ended.sorted() { stopSiblings(ofFailed: index) }
        for index in nodes.indices where nodes[index].unmet == 0 && nodes[index].end == nil { frontier.append(index) }
    }

    /// Does everything that can be done now: wakes backoffs, looks at stages whose needs have ended, starts attempts.
    mutating func advance(at now: Timestamp) {
        guard outcome == nil else { return }
        wakeBackoffs(at: now)
        repeat {
            enterFrontier()
            stopWaiting()
            if pendingLookUps == 0 {
                keepSchedule(at: now)
                dispatch(at: now)
            }
        } while !frontier.isEmpty
        checkSchedule(at: now)
        stopFutile(at: now)
        if ended.count == nodes.count { finish(overallOutcome) }
    }

    private mutating func enterFrontier() {
        var next = 0
        // It grows while stages end at first sight.
        while next < frontier.count {
            enter(frontier[next])
            next += 1
        }
        frontier = []
    }

    /// First look at a stage all of whose needs have ended.
    private mutating func enter(_ index: Int) {
        guard case .waiting = nodes[index].phase else { return }
        if !readsWhatWasPlanned(plan.stages[index]) { plan.stages[index].forgetResult() }
        let stage = plan.stages[index]
        if let blocker = blocker(of: stage) { return end(index, .skipped, reason: blocker) }
        if let halt, halt.stops(stage) { return end(index, .skipped, reason: halt.reason) }
        if stage.cache.state == .hit, let entry = stage.cache.entry {
            return endCached(index, entry, reason: stage.cache.reason)
        }
        switch Conditions.evaluate(stage, in: plan, results: results) {
        case false: return end(index, .skipped, reason: "its condition does not hold")
        case nil: return end(index, .skipped, reason: "its condition reads what nobody made")
        case true: break
        }
        // What the plan found for a deploy stands: no older commit goes over a newer one.
        if stage.isDeploy, let entry = stage.cache.entry {
            return endCached(index, entry, reason: "already deployed, or a newer commit")
        }
        prepare(index)
    }

    /// Whether what a plan found behind worse ways of other stages still follows: one that is taken up from an earlier
    /// driver of the run may have gone another way.
    private func readsWhatWasPlanned(_ stage: Plan.Stage) -> Bool {
        guard stage.cache.entry != nil, let behind = stage.cacheBehind else { return true }
        return behind.ways.keys.allSatisfy { name in
            guard let index = indexByName[name], let planned = plan.stages[index].cache.entry else { return false }
            return nodes[index].end?.artifacts == planned.artifacts && nodes[index].end?.metrics == planned.metrics
                && nodes[index].end?.outputValues == planned.outputValues
        }
    }

    /// Why a stage cannot run given how its needs ended; nil when it can.
    private func blocker(of stage: Plan.Stage) -> String? {
        let dataNeeds = Set(stage.inputs.flatMap(\.source.requiredStages))
        let selectable = Set(stage.inputs.flatMap(\.source.selectableStages))
        for need in stage.needs {
            guard let index = indexByName[need], let outcome = nodes[index].end?.outcome, !outcome.isGood else {
                continue
            }
            if selectable.contains(need), outcome == .skipped || plan.stages[index].toleratesFailedSiblings {
                if selectable.contains(where: { endOf($0)?.outcome.isGood == true }) { continue }
                return "upstream: no instance of \(plan.stages[index].definition.name) ended well"
            }
            let needsData = dataNeeds.contains(need) || selectable.contains(need)
            // `after: any` runs however its needs ended, but not without its data.
            guard needsData || stage.definition.after == .success else { continue }
            if outcome != .skipped || needsData { return "upstream: \(need) \(outcome.inWords)" }
        }
        return nil
    }

    private func endOf(_ name: String) -> RunEvent.StageEnd? {
        indexByName[name].flatMap { nodes[$0].end }
    }

    private mutating func prepare(_ index: Int) {
        nodes[index].phase = .preparing
        // A stage for which the plan chose nothing (its result was there) takes the first way that the pool allows.
        let profiles = plan.stages[index].profiles
        let chosen = plan.stages[index].chosen ?? profiles.firstIndex { pool.holds($0.request) } ?? 0
        plan.stages[index].chosen = chosen
        guard let plugin = plan.stages[index].plugin, plugin.manifest.wantsPython else {
            return bind(index, profile: chosen)
        }
        switch environments[plugin.folder.digest] {
        case .asked(let others): environments[plugin.folder.digest] = .asked(by: others + [index])
        case .answered(let result): useEnvironment(index, result)
        case nil:
            environments[plugin.folder.digest] = .asked(by: [index])
            effects.add(.provideEnvironment(stage: index, plugin))
        }
    }

    /// The answer is for every stage with that plugin, even when the one that asked has ended meanwhile.
    private mutating func environmentProvided(_ index: Int, _ result: Result<ProvidedEnvironment, PluginError>) {
        guard let plugin = plan.stages[index].plugin, case .asked(let askers) = environments[plugin.folder.digest]
        else { return }
        environments[plugin.folder.digest] = .answered(result)
        if case .success(let environment) = result, environment.buildSeconds > 0 {
            let seconds = (environment.buildSeconds * 10).rounded() / 10
            effects.record([
                .warning(
                    stage: plan.stages[index].name,
                    message: "python environment built in \(seconds) s, not charged")
            ])
        }
        for asker in askers { useEnvironment(asker, result) }
    }

    private mutating func useEnvironment(_ index: Int, _ result: Result<ProvidedEnvironment, PluginError>) {
        guard case .preparing = nodes[index].phase else { return }
        switch result {
        case .failure(let error):
            effects.record([.warning(stage: plan.stages[index].name, message: error.description)])
            fail(index, reason: error.message)
        case .success: bind(index, profile: plan.stages[index].chosen ?? 0)
        }
    }

    /// What is ready or waits to be tried again does not start any more when the run is halted.
    mutating func stopWaiting() {
        guard let halt else { return }
        for index in ready.takeAll() {
            guard case .ready = nodes[index].phase else { continue }
            guard halt.stops(plan.stages[index]) else {
                ready.insert(index)
                continue
            }
            end(index, .skipped, reason: halt.reason)
        }
        for wake in backoffs.takeAll() {
            guard case .backingOff(let result) = nodes[wake.stage].phase else { continue }
            guard halt.stops(plan.stages[wake.stage]) else {
                backoffs.insert(wake)
                continue
            }
            end(wake.stage, result.outcome, reason: result.error?.message ?? result.reason)
        }
    }

    private mutating func wakeBackoffs(at now: Timestamp) {
        while let wake = backoffs.first, wake.time <= now {
            _ = backoffs.popFirst()
            guard case .backingOff = nodes[wake.stage].phase else { continue }
            nodes[wake.stage].phase = .ready
            ready.insert(wake.stage)
        }
    }
}

extension Plan.Stage {
    /// It is looked up again, when what it reads is known.
    fileprivate mutating func forgetResult() {
        cache = CacheState(state: isDeploy ? .off : .miss)
        for way in profiles.indices { profiles[way].cached = nil }
    }

    /// Whether an instance of a matrix that failed leaves the others as good as they are.
    var toleratesFailedSiblings: Bool { definition.matrix?.failFast == false }
}

extension Plan.Input.Source {
    /// Instances of which any good one will do.
    var selectableStages: [String] {
        guard case .selected(let stages, _, _, _) = self else { return [] }
        return stages
    }

    /// Stages whose data is read.
    var requiredStages: [String] {
        switch self {
        case .outputs(let references): references.map(\.stage)
        case .selected, .tree, .external: []
        }
    }
}

extension Outcome {
    var inWords: String {
        switch self {
        case .succeeded: "succeeded"
        case .failed: "failed"
        case .timedOut: "timed out"
        case .cancelled: "was cancelled"
        case .overLimit: "went over its limit"
        case .lost: "was lost"
        case .skipped: "was skipped"
        case .cached: "was cached"
        }
    }
}
