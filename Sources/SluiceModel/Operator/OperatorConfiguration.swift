/// What the machine's owner says; never read from a pushed commit.
package struct OperatorConfiguration: Sendable, Equatable {
    /// The local pool; nil: what the machine has.
    package var local: ResourceRequest?
    /// Price per hour of the local executor for profiles without one.
    package var localPrice: Amount?
    /// How the local executor holds attempts to their grants; nil: nothing is said, as well as this machine can.
    package var enforcement: EnforcementChoice?
    /// Executors beside the local one, in the order of their names.
    package var executors: [ExecutorTerms]
    /// Whether every profile runs here, whatever executor it names: another engine has put the stage where it is to
    /// run. Nothing that a person writes.
    package var placesAllHere = false
    /// How attempts are walled in; nil: nothing is said.
    package var sandbox: SandboxChoice?
    /// Whether programs of stages without a sandbox may gain privileges; nil: nothing is said, so they may not.
    package var mayGainPrivileges: Bool?
    /// By name.
    package var secrets: [String: SecretRule]
    /// Whether Python environments may be built from source packages, whose build runs their code.
    package var allowsSourcePackages: Bool?
    /// nil: the default rules by kind of repository.
    package var trust: Trust?
    /// What references that are not trusted may do here; nil: nothing is said, so nothing of them runs.
    package var untrusted: Untrusted?
    /// Folders of plugins, best first.
    package var plugins: [String]
    /// Folders whose files stages may name as `{ file: … }`.
    package var allowedInputs: [String]
    /// `PATH` for stages.
    package var searchPath: String?
    /// nil: nothing is said.
    package var maxRunsPerPush: Int?
    /// What `pre-receive` insists on, whatever a pipeline says; nil: nothing.
    package var preReceive: PreReceive?
    /// In the order of their names.
    package var accounts: [AccountRule]

    package init(
        local: ResourceRequest? = nil, localPrice: Amount? = nil, enforcement: EnforcementChoice? = nil,
        executors: [ExecutorTerms] = [], sandbox: SandboxChoice? = nil, mayGainPrivileges: Bool? = nil,
        secrets: [String: SecretRule] = [:],
        allowsSourcePackages: Bool? = nil, trust: Trust? = nil, untrusted: Untrusted? = nil, plugins: [String] = [],
        allowedInputs: [String] = [], searchPath: String? = nil, maxRunsPerPush: Int? = nil,
        preReceive: PreReceive? = nil, accounts: [AccountRule] = []
    ) {
        self.local = local
        self.localPrice = localPrice
        self.enforcement = enforcement
        self.executors = executors
        self.sandbox = sandbox
        self.mayGainPrivileges = mayGainPrivileges
        self.secrets = secrets
        self.allowsSourcePackages = allowsSourcePackages
        self.trust = trust
        self.untrusted = untrusted
        self.plugins = plugins
        self.allowedInputs = allowedInputs
        self.searchPath = searchPath
        self.maxRunsPerPush = maxRunsPerPush
        self.preReceive = preReceive
        self.accounts = accounts
    }

    /// Runs that one push may queue.
    package var mostRunsPerPush: Int { maxRunsPerPush ?? 20 }

    /// Branches whose pushes are rejected unless their pipelines are valid and fit.
    package struct PreReceive: Sendable, Equatable {
        package var enforce: [Glob]
        /// Names of pipelines that must be there on these branches.
        package var pipelines: [String]

        package init(enforce: [Glob], pipelines: [String] = []) {
            self.enforce = enforce
            self.pipelines = pipelines
        }

        package func enforces(_ reference: Reference) -> Bool {
            guard let branch = reference.branch else { return false }
            return enforce.contains { $0.matches(branch) }
        }
    }

    /// Per hour of an executor; nil: nothing is said, or there is no such executor.
    package func price(of executor: String) -> Amount? {
        executor == ResourceRequest.local ? localPrice : executors.first { $0.name == executor }?.price
    }

    package struct Trust: Sendable, Equatable {
        package var branches: [Glob]
        package var tags: [Glob]

        package init(branches: [Glob], tags: [Glob]) {
            self.branches = branches
            self.tags = tags
        }

        package func includes(_ reference: Reference) -> Bool {
            if let branch = reference.branch { return branches.contains { $0.matches(branch) } }
            if let tag = reference.tag { return tags.contains { $0.matches(tag) } }
            return false
        }
    }

    package struct Untrusted: Sendable, Equatable {
        /// Whether they run, behind a strict wall, or are planned and gated only.
        package var runs: Bool
        /// Whether a plugin behind that wall reaches the network when its manifest asks for it.
        package var hasNetwork: Bool

        package init(runs: Bool = false, hasNetwork: Bool = false) {
            self.runs = runs
            self.hasNetwork = hasNetwork
        }
    }

    /// What holds for a revision. Where code runs that the operator does not trust, it is offered this machine alone,
    /// none of its files, and no installer that runs code of packages. Where it is only planned, the plan is that of the
    /// others.
    package func seen(by revision: Revision) -> OperatorConfiguration {
        guard !revision.isTrusted, untrusted?.runs == true else { return self }
        var narrowed = self
        narrowed.executors = []
        narrowed.allowedInputs = []
        narrowed.allowsSourcePackages = false
        return narrowed
    }
}
