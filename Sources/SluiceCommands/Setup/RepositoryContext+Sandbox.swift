import SluiceExecution
import SluiceModel
import SluiceStore

extension RepositoryContext {
    /// What the operator says of sandboxes, and what no stage is to see in one.
    func sandbox(state: StateFolder) -> SandboxSettings {
        SandboxSettings(
            configuration, state: state, gitDirectory: git.commonDirectory, workTree: git.workTree,
            searchPath: searchPath)
    }

    /// nil where stages run without a sandbox, which is what keeps them out of trees that others see too.
    func keptTrees(in state: StateFolder, isTrusted: Bool) -> KeptTrees? {
        let isWalled = (configuration.sandbox ?? .off) != .off || !isTrusted
        guard isWalled, SandboxSettings.obstacle(searchPath: searchPath) == nil else { return nil }
        return KeptTrees(in: state)
    }

    /// Throws where nothing may run without a strict sandbox and there is none.
    func requireSandbox() throws {
        guard configuration.sandbox == .strict,
            let obstacle = SandboxSettings.obstacle(searchPath: searchPath)
        else { return }
        throw CommandFailure(
            .unavailable, "a strict sandbox is wanted and cannot be had: \(obstacle.message)", hint: obstacle.hint)
    }
}

extension SandboxSettings {
    /// `gitDirectory` and `workTree` are nil where there is none.
    init(
        _ configuration: OperatorConfiguration, state: StateFolder, gitDirectory: String?, workTree: String?,
        searchPath: String
    ) {
        let shared = ((try? configuration.sharedFolders(of: state)) ?? [:]).values.map(\.path)
        // Others' repositories may lie where programs do.
        let others = (try? state.registeredRepositories()) ?? []
        let repositories = Set([gitDirectory, workTree].compactMap(\.self)).union(others)
        self.init(
            configuration.sandbox ?? .off,
            hidden: [state.path] + Set(shared).sorted() + OperatorSettings.files(gitDirectory: gitDirectory)
                + configuration.secrets.values.compactMap(\.file).sorted(),
            hiddenWhenStrict: repositories.sorted(), searchPath: searchPath)
        mayGainPrivileges = configuration.mayGainPrivileges ?? false
        untrusted = UntrustedTerms(
            hasNetwork: configuration.untrusted?.hasNetwork ?? false,
            disk: configuration.local?.disk ?? UntrustedTerms.usualDisk)
    }
}

extension SecretRule {
    fileprivate var file: String? {
        guard case .file(let path) = source else { return nil }
        return path
    }
}
