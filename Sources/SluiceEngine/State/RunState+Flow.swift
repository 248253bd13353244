import SluiceModel
import SluicePlanning

extension RunState {
    /// Folds one happening in and says what follows. Equal states and happenings give equal effects.
    mutating func apply(_ happening: Happening, at now: Timestamp) -> [Effect] {
        effects = []
        switch happening {
        case .begin: begin()
        case .environmentProvided(let stage, let result): environmentProvided(stage, result, at: now)
        case .lookedUp(let stage, let entry): lookedUp(stage, entry)
        case .attemptEnded(let stage, let report): attemptEnded(stage, report, at: now)
        case .cancel(let reason, let killNow): cancel(reason, killNow: killNow)
        case .tick: break
        }
        advance(at: now)
        return effects
    }

    private mutating func begin() {
        effects.append(.record([.planned(RunEvent.Planned(plan))]))
        guard plan.decision.isAdmitted else {
            halt = .refused(plan.decision.explanation.first ?? "refused by the gate")
            return finish(.refused)
        }
        for index in nodes.indices where nodes[index].unmet == 0 && nodes[index].end == nil { frontier.append(index) }
    }

    /// Does everything that can be done now: looks at stages whose needs have ended, wakes backoffs, starts attempts.
    private mutating func advance(at now: Timestamp) {
        guard outcome == nil else { return }
        wakeBackoffs(at: now)
        while !frontier.isEmpty { enter(frontier.removeFirst()) }
        dispatch(at: now)
        while !frontier.isEmpty { enter(frontier.removeFirst()) }
        if endedCount == nodes.count { finish(overallOutcome) }
    }

    /// First look at a stage all of whose needs have ended.
    private mutating func enter(_ index: Int) {
        guard case .waiting = nodes[index].phase else { return }
        let stage = plan.stages[index]
        if let blocker = blocker(of: stage) { return end(index, .skipped, reason: blocker) }
        if let halt, stage.definition.after == .success || halt.isFinal {
            return end(index, .skipped, reason: halt.reason)
        }
        if stage.cache.state == .hit, let entry = stage.cache.entry {
            return endCached(index, entry, reason: stage.cache.reason)
        }
        switch Conditions.evaluate(stage, in: plan, results: results) {
        case false: end(index, .skipped, reason: "its condition does not hold")
        default: prepare(index)
        }
    }

    /// Why a stage cannot run given how its needs ended; nil when it can.
    private func blocker(of stage: Plan.Stage) -> String? {
        guard stage.definition.after == .success else { return nil }
        let selectable = Set(stage.inputs.flatMap(\.source.selectableStages))
        let dataNeeds = Set(stage.inputs.flatMap(\.source.requiredStages))
        for need in stage.needs {
            guard let outcome = endOf(need)?.outcome, !outcome.isGood else { continue }
            if selectable.contains(need) {
                if selectable.contains(where: { endOf($0)?.outcome.isGood == true }) { continue }
                return "upstream: no instance of \(need.prefix { $0 != "[" }) ended well"
            }
            if outcome != .skipped { return "upstream: \(need) \(outcome.inWords)" }
            if dataNeeds.contains(need) { return "upstream: \(need) was skipped" }
        }
        return nil
    }

    private func endOf(_ name: String) -> RunEvent.StageEnd? {
        indexByName[name].flatMap { nodes[$0].end }
    }

    private mutating func prepare(_ index: Int) {
        nodes[index].phase = .preparing
        if let plugin = plan.stages[index].plugin, plugin.manifest.wantsPython {
            effects.append(.provideEnvironment(stage: index, plugin))
        } else {
            bind(index, profile: plan.stages[index].chosen ?? 0)
        }
    }

    private mutating func environmentProvided(
        _ index: Int, _ result: Result<ProvidedEnvironment, PluginError>, at now: Timestamp
    ) {
        guard case .preparing = nodes[index].phase else { return }
        let name = plan.stages[index].name
        switch result {
        case .failure(let error):
            let failure = AttemptError(
                errorClass: .config, code: "environment.\(error.code.rawValue)", message: error.message,
                hint: error.hint)
            effects.append(.record([.warning(stage: name, message: error.description)]))
            fail(index, reason: failure.message)
        case .success(let environment):
            nodes[index].environment = environment
            if environment.buildSeconds > 0 {
                let seconds = (environment.buildSeconds * 10).rounded() / 10
                effects.append(
                    .record([.warning(stage: name, message: "python environment built in \(seconds) s, not charged")]))
            }
            bind(index, profile: plan.stages[index].chosen ?? 0)
        }
    }

    /// Fixes everything that the stage reads for one profile, and asks whether that was made before.
    mutating func bind(_ index: Int, profile: Int) {
        let stage = plan.stages[index]
        do {
            let lock = nodes[index].environment?.lock
            guard
                let binding = try StageBinding.bind(
                    stage, profile: profile, in: plan, results: results, environmentLock: lock)
            else { return fail(index, reason: "what it reads is not known although everything before it has ended") }
            nodes[index].bound = Bound(profile: profile, binding: binding)
            nodes[index].phase = .preparing
            if isRunning(binding.key, besides: index) { return }
            effects.append(lookUp(index, binding.key))
        } catch {
            fail(index, reason: error.message)
        }
    }

    func lookUp(_ index: Int, _ key: Digest) -> Effect {
        let stage = plan.stages[index]
        let query = ResultLookup.Query(
            pipeline: plan.pipeline.name, stage: stage.name, repository: plan.repository,
            reference: plan.revision.reference?.name, isTrusted: plan.revision.isTrusted,
            policy: stage.cachePolicy, isDeploy: stage.isDeploy)
        return .lookUp(stage: index, key: key, query)
    }

    /// The second of two attempts with one key waits for the first, and is then found in the cache.
    private mutating func isRunning(_ key: Digest, besides index: Int) -> Bool {
        guard plan.stages[index].cachePolicy != .off else { return false }
        let other = nodes.indices.first { other in
            guard other != index, nodes[other].bound?.binding.key == key else { return false }
            switch nodes[other].phase {
            case .running, .ready, .preparing, .backingOff: return true
            case .waiting, .following, .ended: return false
            }
        }
        guard let other else { return false }
        nodes[index].phase = .following(other)
        return true
    }

    private mutating func lookedUp(_ index: Int, _ entry: CacheEntry?) {
        guard case .preparing = nodes[index].phase else { return }
        if let entry {
            return endCached(index, entry, reason: plan.stages[index].isDeploy ? "already deployed" : "same inputs")
        }
        nodes[index].phase = .ready
        enqueue(index)
    }

    /// Keeps `ready` in plan priority: planned start, then the plan's order.
    mutating func enqueue(_ index: Int) {
        func rank(_ index: Int) -> (Double, Int) { (plan.stages[index].start ?? .infinity, index) }
        let mine = rank(index)
        let place = ready.firstIndex { rank($0) > mine } ?? ready.endIndex
        ready.insert(index, at: place)
    }

    private mutating func wakeBackoffs(at now: Timestamp) {
        for index in nodes.indices {
            guard case .backingOff(let until) = nodes[index].phase, until <= now else { continue }
            nodes[index].phase = .ready
            enqueue(index)
        }
    }
}

extension RunState.Halt {
    /// Nothing more runs, not even `after: any`.
    var isFinal: Bool {
        switch self {
        case .failed: false
        case .refused, .cancelled, .lost: true
        }
    }
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
