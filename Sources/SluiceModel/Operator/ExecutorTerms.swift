/// An executor beside the local one, as the operator describes it.
package struct ExecutorTerms: Sendable, Equatable {
    package var name: String
    /// nil: what the engine says that it has.
    package var capacity: ResourceRequest?
    /// Per hour, for profiles without one.
    package var price: Amount?
    /// How attempts are walled in on its nodes; nil: as on this machine.
    package var sandbox: SandboxChoice?
    package var engine: Engine

    package enum Engine: Sendable, Equatable {
        case slurm(SlurmTerms)
        case kubernetes(KubernetesTerms)
    }

    package init(
        name: String, capacity: ResourceRequest? = nil, price: Amount? = nil, sandbox: SandboxChoice? = nil,
        engine: Engine
    ) {
        self.name = name
        self.capacity = capacity
        self.price = price
        self.sandbox = sandbox
        self.engine = engine
    }

    /// The folder that its nodes see under the same path; nil: they see none.
    package var sharedRoot: String? {
        switch engine {
        case .slurm(let terms): terms.sharedRoot
        case .kubernetes(let terms): terms.sharedRoot
        }
    }
}

/// Where and as whom Slurm runs attempts.
package struct SlurmTerms: Sendable, Equatable, Hashable {
    /// nil: Slurm's default.
    package var partition: String?
    package var account: String?
    package var qos: String?
    /// A folder that the nodes see under the same path.
    package var sharedRoot: String
    /// The file slurm.conf of the cluster; nil: Slurm's default place.
    package var configuration: String?
    /// Seconds after which a request that no node can serve now is given up.
    package var patience: Duration

    package init(
        partition: String? = nil, account: String? = nil, qos: String? = nil, sharedRoot: String,
        configuration: String? = nil, patience: Duration = .seconds(600)
    ) {
        self.partition = partition
        self.account = account
        self.qos = qos
        self.sharedRoot = sharedRoot
        self.configuration = configuration
        self.patience = patience
    }
}
