import SluiceModel

extension CacheProbe {
    /// A deploy is never restored, but done only once: not for the key that was deployed last on this reference, and
    /// not for a commit that the deployed one already holds.
    func deployState(_ stage: Plan.Stage, _ binding: Binding?) throws(PlanningError) -> CacheState {
        guard let reference = context.revision.reference?.name else {
            return CacheState(state: .off, reason: "a deploy without a reference is always done")
        }
        guard let last = try lastDeploy(stage, reference) else {
            return CacheState(state: .off, reason: "nothing is deployed yet", key: binding?.key)
        }
        if last.key == binding?.key { return hit(stage, last, reason: "already deployed") }
        let commit = context.revision.oid
        if !context.revision.isWorktree, last.commit != commit, context.isAncestor(commit, last.commit) {
            return hit(stage, last, reason: "the deployed commit \(last.commit.short) is newer")
        }
        let need = stage.needs.first { known[$0] == nil }
        let reason = need.map { "needs \($0), which runs" } ?? "run \(last.run) deployed something else"
        return CacheState(state: .off, reason: reason, upstream: need, key: binding?.key)
    }

    private func lastDeploy(_ stage: Plan.Stage, _ reference: String) throws(PlanningError) -> DeployRecord? {
        do throws(StoreError) {
            return try context.cache.lastDeploy(
                pipeline: pipeline, stage: stage.name, repository: context.repository, reference: reference)
        } catch {
            throw .records(error)
        }
    }

    private func hit(_ stage: Plan.Stage, _ last: DeployRecord, reason: String) -> CacheState {
        let entry = CacheEntry(
            key: last.key, run: last.run, stage: stage.name, created: context.now, trusted: context.revision.isTrusted,
            parts: [], metrics: last.metrics, outputValues: last.outputValues, artifacts: last.artifacts,
            isDegraded: false)
        return CacheState(state: .hit, reason: reason, entry: entry, key: last.key)
    }
}
