/// What a run will do, decided before anything runs: immutable, made from git objects and records alone.
package struct Plan: Sendable, Equatable {
    package var pipeline: Pipeline
    package var revision: Revision
    /// Names the repository in records and cache look-ups.
    package var repository: String
    package var trigger: Trigger
    /// The values of `params.*`, overrides included.
    package var params: JSONValue
    package var changed: ChangedPaths
    /// Matrix stages expanded, each after everything that it needs.
    package var stages: [Stage]
    package var decision: GateDecision
    package var diagnostics: [Diagnostic]
    /// Whether a chosen profile is marked `degraded`.
    package var isDegraded: Bool
    /// What the local pool has.
    package var pool: ResourceRequest
    /// What the pools of other executors have, by name.
    package var pools: [String: ResourceRequest]
    /// The accounts that it is charged on, as they stood when it was decided.
    package var accounts: [AccountStanding]
    /// The stages before the gate chose among their profiles, where accounts that move may make it choose again.
    package var undecided: [Stage]
    /// What `budget.left` says in this run's conditions: shares of its accounts when it was planned. They stay, so that
    /// what a condition was found to be does not change while the run waits or runs.
    package var budgetLeft: [String: Double]

    package init(
        pipeline: Pipeline, revision: Revision, repository: String, trigger: Trigger, params: JSONValue,
        changed: ChangedPaths, stages: [Stage], decision: GateDecision, diagnostics: [Diagnostic],
        isDegraded: Bool, pool: ResourceRequest, pools: [String: ResourceRequest] = [:],
        accounts: [AccountStanding] = [], undecided: [Stage] = [], budgetLeft: [String: Double] = [:]
    ) {
        self.pipeline = pipeline
        self.revision = revision
        self.repository = repository
        self.trigger = trigger
        self.params = params
        self.changed = changed
        self.stages = stages
        self.decision = decision
        self.diagnostics = diagnostics
        self.isDegraded = isDegraded
        self.pool = pool
        self.pools = pools
        self.accounts = accounts
        self.undecided = undecided
        self.budgetLeft = budgetLeft
    }

    /// All that the pool of a request has; nil: there is no such pool.
    package func capacity(for request: ResourceRequest) -> ResourceRequest? {
        request.pool.map { pools[$0] } ?? pool
    }

    package func stage(named name: String) -> Stage? { stages.first { $0.name == name } }
}

/// Why a run exists.
package enum Trigger: String, Sendable, Codable, CaseIterable {
    case push
    case prePush = "pre-push"
    case preReceive = "pre-receive"
    case manual, ci
}
