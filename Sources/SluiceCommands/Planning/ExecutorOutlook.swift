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
        var queues: [String: SlurmPool] = [:]
        for terms in context.configuration.executors where asked.contains(terms.name) {
            if let obstacle = obstacle(terms.sharedRoot) {
                planning.unreachable[terms.name] = obstacle
                continue
            }
            switch capacity(terms, &queues) {
            case .success(let capacity): planning.pools[terms.name] = terms.capacity ?? capacity
            case .failure(let failure): planning.unreachable[terms.name] = failure.message
            }
        }
        guard !queues.isEmpty else { return }
        planning.queueWait = { [queues] request in request.pool.flatMap { queues[$0]?.wait(for: request) } }
    }

    /// Slurm also says how long a request would wait; a Kubernetes scheduler does not.
    private func capacity(
        _ terms: ExecutorTerms, _ queues: inout [String: SlurmPool]
    ) -> Result<ResourceRequest, EngineUnreachable> {
        switch terms.engine {
        case .slurm(let slurm):
            let pool = SlurmPool(slurm, searchPath: ProcessEnvironment.searchPath)
            let capacity = pool.capacity()
            if case .success = capacity { queues[terms.name] = pool }
            return capacity
        case .kubernetes(let kubernetes):
            if let capacity = terms.capacity { return .success(capacity) }
            return KubernetesPool(
                kubernetes, searchPath: ProcessEnvironment.searchPath, home: ProcessEnvironment["HOME"]
            ).capacity()
        }
    }

    private func obstacle(_ sharedRoot: String) -> String? {
        guard let root = realpath(sharedRoot, nil) else { return "`\(sharedRoot)` is not there" }
        defer { free(root) }
        let shared = String(cString: root)
        guard folder == shared || folder.hasPrefix(shared == "/" ? "/" : shared + "/") else {
            return "the state folder \(folder) is not below `shared_root` \(shared), so nodes do not see it"
        }
        return nil
    }
}
