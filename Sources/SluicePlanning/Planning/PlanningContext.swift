import SluiceModel

/// Everything that a plan is made of besides the pipeline: values, and ports that only read.
package struct PlanningContext: Sendable {
    package typealias Standings = @Sendable (_ accounts: [Account]) throws(StoreError) -> [AccountStanding]
    /// What the latest succeeded attempts at a kind of work took; at most so many, newest first.
    package typealias QueueWait = @Sendable (ResourceRequest) -> Duration?
    package typealias History = @Sendable (_ kind: WorkKind, _ limit: Int) -> [WorkSample]

    package var tree: any TreeReader
    package var cache: any CacheIndex
    package var environments: any EnvironmentProvider
    package var configuration: OperatorConfiguration
    /// What the local machine has.
    package var pool: ResourceRequest
    /// What the pools of other executors have.
    package var pools: [String: ResourceRequest] = [:]
    /// Executors that cannot be used now, and why: profiles on them do not count.
    package var unreachable: [String: String] = [:]
    /// How long an executor would let a request wait now; nil: nobody knows.
    package var queueWait: QueueWait = { _ in nil }
    /// Which requests of a run share an allocation on their executor: only the first of them waits in its queue.
    package var sharesAllocation: @Sendable (ResourceRequest) -> Bool = { _ in false }
    package var trigger: Trigger
    package var revision: Revision
    /// The repository's identity in records.
    package var repository: String
    package var changed: ChangedPaths
    /// Overrides are applied already, by the linker.
    package var options: RunOptions
    package var now: Timestamp
    /// `PATH` for stages, in which interpreters are found.
    package var searchPath: String
    /// The bytes that pin a plugin's Python environment; nil where it pins nothing.
    package var requirements: @Sendable (ResolvedPlugin) throws(PluginError) -> [UInt8]?
    package var history: History
    /// What plugins answered to `estimate`; a plan itself asks nobody.
    package var answers: PluginEstimates = [:]
    /// What others have used and hold of accounts.
    package var standings: Standings?
    /// Other limits than the pipeline's and the pool's, to ask what they would decide.
    package var changes: [LimitChange] = []
    /// Whether the plan keeps the parts of its stages' cache keys, to be compared with another plan's.
    package var wantsKeyParts = false
    /// Whether all bytes of an artifact are still there.
    package var hasArtifact: @Sendable (Artifact) -> Bool
    /// Whether the first commit is an ancestor of the second.
    package var isAncestor: @Sendable (ObjectID, ObjectID) -> Bool

    package init(
        tree: any TreeReader, cache: any CacheIndex, environments: any EnvironmentProvider,
        configuration: OperatorConfiguration, pool: ResourceRequest, trigger: Trigger, revision: Revision,
        repository: String, changed: ChangedPaths, options: RunOptions, now: Timestamp, searchPath: String,
        requirements: @escaping @Sendable (ResolvedPlugin) throws(PluginError) -> [UInt8]?,
        history: @escaping History = { _, _ in [] }, standings: Standings? = nil,
        hasArtifact: @escaping @Sendable (Artifact) -> Bool,
        isAncestor: @escaping @Sendable (ObjectID, ObjectID) -> Bool
    ) {
        self.tree = tree
        self.cache = cache
        self.environments = environments
        self.configuration = configuration
        self.pool = pool
        self.trigger = trigger
        self.revision = revision
        self.repository = repository
        self.changed = changed
        self.options = options
        self.now = now
        self.searchPath = searchPath
        self.requirements = requirements
        self.history = history
        self.standings = standings
        self.hasArtifact = hasArtifact
        self.isAncestor = isAncestor
    }
}

/// Why there is no plan.
package enum PlanningError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What only shows when names and paths are filled in: a person can mend it.
    case invalid([Diagnostic])
    case tree(GitError)
    case records(StoreError)

    package var description: String {
        switch self {
        case .invalid(let diagnostics): diagnostics.map { "\($0.location): \($0.message)" }.joined(separator: "\n")
        case .tree(let error): error.description
        case .records(let error): error.description
        }
    }
}
