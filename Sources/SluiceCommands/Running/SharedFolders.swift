import SluiceExecution
import SluiceModel
import SluiceStore

extension OperatorConfiguration {
    /// What nodes of the operator's executors see of a state, by executor.
    func sharedFolders(of state: StateFolder) throws(StoreError) -> [String: SharedFolder] {
        var folders: [String: SharedFolder] = [:]
        for executor in executors {
            folders[executor.name] = try SharedFolder.of(executor.sharedRoot, state: state)
        }
        return folders
    }
}

extension RepositoryContext {
    /// Removes what runs that have ended left on folders that nodes share, and in the clusters that a run has used.
    func sweepElsewhere(after run: RunID, of services: StateServices) {
        let isOver: (RunID) -> Bool = { (try? services.store.head(of: $0))?.state == .ended }
        let folders = (try? configuration.sharedFolders(of: services.folder)) ?? [:]
        for folder in Set(folders.values) { folder.sweep(isOver: isOver) }
        let clusters = configuration.executors.compactMap { executor in
            if case .kubernetes(let terms) = executor.engine { (executor.name, terms) } else { nil }
        }
        guard !clusters.isEmpty, let owner = try? services.folder.identity(),
            let record = try? services.store.record(of: run)
        else { return }
        let used = Set(record.stages.flatMap { $0.attempts.map(\.started.executor) })
        for (name, terms) in clusters where used.contains(name) {
            KubernetesLeftovers(
                terms, owner: owner, searchPath: ProcessEnvironment.searchPath, home: ProcessEnvironment["HOME"]
            ).remove(isOver: isOver)
        }
    }
}
