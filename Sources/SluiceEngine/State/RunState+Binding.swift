import SluiceModel
import SluicePlanning

extension RunState {
    /// Fixes everything that the stage reads for one profile, and asks whether that was made before.
    mutating func bind(_ index: Int, profile: Int) {
        let stage = plan.stages[index]
        letGo(of: index)
        do {
            guard
                let binding = try StageBinding.bind(
                    stage, profile: profile, in: plan, results: results,
                    environmentLock: environment(of: stage)?.lock)
            else { return fail(index, reason: "what it reads is not known although everything before it has ended") }
            nodes[index].bound = Bound(profile: profile, binding: binding)
            nodes[index].phase = .preparing
            if let held = nodes[index].takenUp { return goOn(index, held, binding, profile: profile) }
            if leads(index, binding.key) { lookUp(index, binding.key) }
        } catch {
            fail(index, reason: error.message)
        }
    }

    /// nil where the stage wants none.
    func environment(of stage: Plan.Stage) -> ProvidedEnvironment? {
        guard let plugin = stage.plugin, plugin.manifest.wantsPython,
            case .answered(.success(let environment)) = environments[plugin.folder.digest]
        else { return nil }
        return environment
    }

    mutating func lookedUp(_ index: Int, _ entry: CacheEntry?) {
        pendingLookUps -= 1
        guard case .preparing = nodes[index].phase, let bound = nodes[index].bound else { return }
        if let entry {
            return endCached(index, entry, reason: plan.stages[index].isDeploy ? "already deployed" : "same inputs")
        }
        guard leads(index, bound.binding.key) else { return }
        guard plan.stages[index].profiles.contains(where: { pool.holds($0.request) }) else {
            return refuseForCapacity(index)
        }
        nodes[index].phase = .ready
        ready.insert(index)
    }

    /// The second of two stages with one key waits for the first, and is then found in the cache. False: it waits.
    private mutating func leads(_ index: Int, _ key: Digest) -> Bool {
        guard plan.stages[index].cachePolicy != .off else { return true }
        if let leader = leaders[key], leader != index {
            nodes[index].phase = .following
            nodes[leader].followers.insert(index)
            return false
        }
        leaders[key] = index
        return true
    }

    /// A stage is no longer at work on its key: the first of those that waited for it looks whether the result is
    /// there now and leads, the others wait for that one.
    mutating func letGo(of index: Int) {
        guard let key = nodes[index].bound?.binding.key, leaders[key] == index else { return }
        leaders[key] = nil
        var followers = nodes[index].followers
        nodes[index].followers = SortedList()
        while let first = followers.popFirst() {
            guard case .following = nodes[first].phase else { continue }
            leaders[key] = first
            nodes[first].followers = followers
            nodes[first].phase = .preparing
            return lookUp(first, key)
        }
    }

    private mutating func lookUp(_ index: Int, _ key: Digest) {
        let stage = plan.stages[index]
        let query = ResultLookup.Query(
            pipeline: plan.pipeline.name, stage: stage.name, repository: plan.repository,
            reference: plan.revision.reference?.name, isTrusted: plan.revision.isTrusted,
            policy: stage.cachePolicy, isDeploy: stage.isDeploy)
        pendingLookUps += 1
        effects.add(.lookUp(stage: index, key: key, query))
    }
}
