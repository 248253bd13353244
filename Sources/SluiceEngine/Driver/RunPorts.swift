import SluiceModel

/// Everything outside of the engine that a run needs, as ports.
package struct RunPorts: Sendable {
    package var tree: any TreeReader
    package var journal: any RunJournal
    /// Accounts and pools that others share; nil where nothing is shared.
    package var ledger: (any Ledger)?
    package var cache: any CacheIndex
    package var artifacts: any ArtifactStore
    package var workspaces: any Workspaces
    package var plugins: any PluginFinder
    package var environments: any EnvironmentProvider
    package var executors: Executors
    package var clock: any Clock
    /// The bytes that pin a plugin's Python environment; nil where it pins nothing.
    package var requirements: @Sendable (ResolvedPlugin) throws(PluginError) -> [UInt8]?
    /// `PATH` for stages.
    package var searchPath: String
    /// Values of the operator's secrets by their names.
    package var secrets: @Sendable ([String]) throws(PluginError) -> [Secret]

    package init(
        tree: any TreeReader, journal: any RunJournal, ledger: (any Ledger)? = nil, cache: any CacheIndex,
        artifacts: any ArtifactStore,
        workspaces: any Workspaces, plugins: any PluginFinder, environments: any EnvironmentProvider,
        executors: Executors, clock: any Clock,
        requirements: @escaping @Sendable (ResolvedPlugin) throws(PluginError) -> [UInt8]?, searchPath: String,
        secrets: @escaping @Sendable ([String]) throws(PluginError) -> [Secret] = { _ in [] }
    ) {
        self.tree = tree
        self.journal = journal
        self.ledger = ledger
        self.cache = cache
        self.artifacts = artifacts
        self.workspaces = workspaces
        self.plugins = plugins
        self.environments = environments
        self.executors = executors
        self.clock = clock
        self.requirements = requirements
        self.searchPath = searchPath
        self.secrets = secrets
    }
}

/// Sees a run happen. Called from the run's thread and from those of its attempts.
package protocol RunObserver: Sendable {
    /// After it is durable.
    func recorded(_ event: RunEvent)
    func attempt(_ stage: String, number: Int, said event: AttemptEvent)
}
