import SluiceExecution
import SluiceModel
import SluicePlanning
import SluiceStore

/// What the operator's executors have for a pipeline now: their pools, their queues, and which cannot be used.
struct ExecutorOutlook {
    let context: RepositoryContext
    let state: StateFolder

    /// Asks only those engines on which a stage of the pipeline may run.
    func add(to planning: inout PlanningContext, for linked: LinkedPipeline) {
        let asked = Set(linked.pipeline.stages.flatMap { $0.profiles.compactMap(\.profile.request.pool) })
        var queues: [String: SlurmPool] = [:]
        for terms in context.configuration.executors where asked.contains(terms.name) {
            if let obstacle = obstacle(terms) {
                planning.unreachable[terms.name] = obstacle
                continue
            }
            switch capacity(terms, &queues) {
            case .success(let capacity): planning.pools[terms.name] = terms.capacity ?? capacity
            case .failure(let failure): planning.unreachable[terms.name] = failure.message
            }
        }
        guard !queues.isEmpty else { return }
        let executors = Dictionary(uniqueKeysWithValues: context.configuration.executors.map { ($0.name, $0) })
        planning.sharesAllocation = { request in request.pool.flatMap { executors[$0]?.shares(request) } ?? false }
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

    /// Why its nodes would not find what an attempt needs.
    private func obstacle(_ terms: ExecutorTerms) -> String? {
        do throws(StoreError) {
            try SharedFolder.of(terms.sharedRoot, state: state).check()
            return nil
        } catch {
            return error.description
        }
    }
}
