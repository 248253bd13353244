import SluiceModel

/// Walks over a plan's stages in their order and finds out which of them need not run: skipped or there already.
struct CacheProbe {
    let context: PlanningContext
    let facts: PlanFacts
    let pipeline: String
    /// How stages end of which that is known before the run.
    var known: [String: RunEvent.StageEnd] = [:]
    private(set) var diagnostics: [Diagnostic] = []
    /// By plugin digest: the lock of its environment, nil where it is not built.
    private var locks: [String: String?] = [:]
    private var sources = SourceParts()

    init(context: PlanningContext, facts: PlanFacts, pipeline: String) {
        self.context = context
        self.facts = facts
        self.pipeline = pipeline
    }

    mutating func examine(_ stage: inout Plan.Stage) throws(PlanningError) {
        stage.condition = condition(of: stage)
        if stage.condition == .fails {
            stage.cache = CacheState(state: .off, reason: skipReason(stage))
            known[stage.name] = RunEvent.StageEnd(outcome: .skipped)
            return
        }
        stage.cache = try state(of: &stage)
        guard stage.cache.state == .hit, let entry = stage.cache.entry else { return }
        // Whether a cached stage may be used at all can depend on a condition that is not known yet.
        guard stage.condition == .holds else { return }
        take(entry, of: stage)
    }

    /// From here on the stage has ended as this earlier result.
    mutating func take(_ entry: CacheEntry, of stage: Plan.Stage) { known[stage.name] = entry.end }

    private func condition(of stage: Plan.Stage) -> Plan.Condition {
        if SkipRule.blocker(of: stage, results: known) != nil { return .fails }
        switch Conditions.evaluate(stage, facts: facts, results: known) {
        case true: return .holds
        case false: return .fails
        case nil: return .unknown
        }
    }

    private func skipReason(_ stage: Plan.Stage) -> String {
        guard let blocker = SkipRule.blocker(of: stage, results: known) else { return "its condition does not hold" }
        return "needs \(blocker), which is skipped"
    }

    private mutating func state(of stage: inout Plan.Stage) throws(PlanningError) -> CacheState {
        let binding: Binding?
        var others: [Int: Binding] = [:]
        let lock = try lock(of: stage)
        do throws(BindingError) {
            for index in stage.profiles.indices.dropFirst() where stage.hasOwnKey(index) {
                others[index] = try bind(stage, profile: index, lock: lock)
            }
            binding = try bind(stage, profile: 0, lock: lock)
        } catch {
            diagnostics.append(
                Diagnostic(
                    id: "pipeline.bad-params", message: error.message, location: error.location, hint: error.hint))
            return CacheState(state: .miss, reason: "its params are not valid")
        }
        if context.wantsKeyParts { stage.keyParts = binding?.parts ?? knownParts(of: stage, lock: lock) }
        if stage.isDeploy { return try deployState(stage, binding) }
        if stage.cachePolicy == .off { return CacheState(state: .off, reason: offReason(stage), key: binding?.key) }
        guard let binding else { return unknown(stage) }
        if stage.plugin?.manifest.wantsPython == true, lock == nil {
            return CacheState(state: .miss, reason: "python environment not built yet")
        }
        let state = try lookUp(stage, binding)
        if state.state == .miss { try lookUpOthers(&stage, others.filter { $0.value.key != binding.key }) }
        return state
    }

    /// Results of the other ways to run a stage, which are free where the gate chooses them.
    private func lookUpOthers(_ stage: inout Plan.Stage, _ bindings: [Int: Binding]) throws(PlanningError) {
        for (index, binding) in bindings {
            guard let entry = try entry(for: binding), staleness(entry, stage) == nil else { continue }
            stage.profiles[index].cached = CacheState(
                state: .hit, reason: "same inputs as in run \(entry.run)", entry: entry, key: binding.key)
        }
    }

    private func entry(for binding: Binding) throws(PlanningError) -> CacheEntry? {
        do throws(StoreError) {
            return try context.cache.entry(for: binding.key, trusted: context.revision.isTrusted)
        } catch {
            throw .records(error)
        }
    }

    /// `more` are results besides those that are known.
    mutating func bind(
        _ stage: Plan.Stage, profile: Int, lock: String?, with more: [String: RunEvent.StageEnd] = [:]
    ) throws(BindingError) -> Binding? {
        try StageBinding.bind(
            stage, profile: profile, facts: facts,
            results: more.isEmpty ? known : known.merging(more) { first, _ in first }, environmentLock: lock,
            sourceParts: sources.parts(of: stage.sources))
    }

    private func offReason(_ stage: Plan.Stage) -> String {
        if stage.definition.cache == nil { return "its plugin says effects: network" }
        let readsOutside = stage.inputs.contains { if case .external = $0.source { true } else { false } }
        return readsOutside ? "it reads a file outside of the commit" : "cache: false"
    }

    private func unknown(_ stage: Plan.Stage) -> CacheState {
        let need = stage.needs.first { known[$0] == nil }
        return CacheState(state: .miss, reason: "needs \(need ?? "a result"), which runs", upstream: need)
    }

    private mutating func lock(of stage: Plan.Stage) throws(PlanningError) -> String? {
        guard let plugin = stage.plugin, plugin.manifest.wantsPython else { return nil }
        if let known = locks[plugin.folder.digest] { return known }
        var lock: String?
        do throws(PluginError) {
            let requirements = try context.requirements(plugin)
            lock = try context.environments.identity(of: requirements, searchPath: context.searchPath).lock
        } catch {
            diagnostics.append(
                Diagnostic(
                    severity: .warning, id: "plugin.environment",
                    message: "plugin \(plugin.manifest.name): \(error.message)",
                    location: stage.definition.action.location, hint: error.hint))
        }
        locks[plugin.folder.digest] = .some(lock)
        return lock
    }

    private mutating func lookUp(_ stage: Plan.Stage, _ binding: Binding) throws(PlanningError) -> CacheState {
        if let entry = try entry(for: binding) {
            guard let why = staleness(entry, stage) else {
                return CacheState(
                    state: .hit, reason: "same inputs as in run \(entry.run)", entry: entry, key: binding.key)
            }
            return CacheState(state: .miss, reason: why, key: binding.key)
        }
        do throws(StoreError) {
            let earlier = try context.cache.latest(
                pipeline: pipeline, stage: stage.name, repository: context.repository)
            suggestSources(stage, binding, earlier)
            let reason = MissReason.explain(binding.parts, earlier: earlier, plugin: stage.plugin?.manifest.name)
            return CacheState(state: .miss, reason: reason, key: binding.key)
        } catch {
            throw .records(error)
        }
    }

    /// Why an entry with the right key is of no use; nil: it is.
    private func staleness(_ entry: CacheEntry, _ stage: Plan.Stage) -> String? {
        if case .maxAge(let age) = stage.cachePolicy, context.now.seconds(since: entry.created) > age.inSeconds {
            return "entry is older than \(DurationText.short(age))"
        }
        return entry.artifacts.allSatisfy(context.hasArtifact) ? nil : "its artifacts are gone"
    }

    private mutating func suggestSources(_ stage: Plan.Stage, _ binding: Binding, _ earlier: CacheEntry?) {
        guard stage.plugin == nil, stage.definition.sources == nil,
            let changed = MissReason.changedSources(binding.parts, earlier: earlier).first
        else { return }
        diagnostics.append(
            Diagnostic(
                severity: .note, id: "pipeline.wide-sources",
                message:
                    "\(stage.name) runs again because \(changed) changed: without `sources` it sees the whole commit",
                location: stage.definition.location, hint: "name what it reads: sources: [\"src/**\"]"))
    }
}

extension Plan.Stage {
    /// Whether a profile changes what the first one would make.
    fileprivate func hasOwnKey(_ index: Int) -> Bool {
        let (first, other) = (profiles[0].profile, profiles[index].profile)
        return first.with != other.with || first.isDegraded != other.isDegraded
    }
}
