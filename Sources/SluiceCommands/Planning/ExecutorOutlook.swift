import Glibc
import SluiceExecution
import SluiceModel
import SluicePlanning

/// What the operator's executors have for a pipeline now: their pools, their queues, and which cannot be used.
struct ExecutorOutlook {
    let context: RepositoryContext
    /// The state folder.
    let folder: String

    /// Asks only those engines on which a stage of the pipeline may run.
    func add(to planning: inout PlanningContext, for linked: LinkedPipeline) {
        let asked = Set(linked.pipeline.stages.flatMap { $0.profiles.compactMap(\.profile.request.pool) })
        var pools: [String: SlurmPool] = [:]
        for terms in context.configuration.executors where asked.contains(terms.name) {
            let pool = SlurmPool(terms.slurm, searchPath: ProcessEnvironment.searchPath)
            if let obstacle = obstacle(terms.slurm) {
                planning.unreachable[terms.name] = obstacle
                continue
            }
            switch pool.capacity() {
            case .success(let capacity):
                planning.pools[terms.name] = terms.capacity ?? capacity
                pools[terms.name] = pool
            case .failure(let failure): planning.unreachable[terms.name] = failure.message
            }
        }
        guard !pools.isEmpty else { return }
        planning.queueWait = { [pools] request in request.pool.flatMap { pools[$0]?.wait(for: request) } }
    }

    private func obstacle(_ terms: SlurmTerms) -> String? {
        guard let root = realpath(terms.sharedRoot, nil) else { return "`\(terms.sharedRoot)` is not there" }
        defer { free(root) }
        let shared = String(cString: root)
        guard folder == shared || folder.hasPrefix(shared == "/" ? "/" : shared + "/") else {
            return "the state folder \(folder) is not below `shared_root` \(shared), so nodes do not see it"
        }
        return nil
    }
}
