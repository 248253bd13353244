import SluiceModel
import SluiceStore

extension OperatorConfiguration {
    /// What nodes of the operator's executors see of a state, by executor.
    func sharedFolders(of state: StateFolder) throws(StoreError) -> [String: SharedFolder] {
        var folders: [String: SharedFolder] = [:]
        for executor in executors {
            folders[executor.name] = try SharedFolder(root: executor.sharedRoot, state: state)
        }
        return folders
    }
}

extension RepositoryContext {
    /// Removes what runs that have ended left on folders that nodes share.
    func sweepSharedFolders(of services: StateServices) {
        let folders = (try? configuration.sharedFolders(of: services.folder)) ?? [:]
        for folder in Set(folders.values) {
            folder.sweep { run in (try? services.store.head(of: run))?.state == .ended }
        }
    }
}
