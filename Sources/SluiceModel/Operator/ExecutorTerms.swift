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

    /// Whether such attempts of a run share an allocation, and so a place in the queue.
    package func shares(_ request: ResourceRequest) -> Bool {
        guard case .slurm(let terms) = engine else { return false }
        return terms.allocation?.fits(request) ?? false
    }

    /// The folder that its nodes see under the same path; nil: they see none.
    package var sharedRoot: String? {
        switch engine {
        case .slurm(let terms): terms.sharedRoot
        case .kubernetes(let terms): terms.sharedRoot
        }
    }

    /// Whether what a deploy leaves there outlives its attempt.
    package var keepsDeployments: Bool { sharedRoot != nil }
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
    /// What a run holds for its small attempts together; nil: every attempt has an allocation of its own.
    package var allocation: AllocationTerms?

    package init(
        partition: String? = nil, account: String? = nil, qos: String? = nil, sharedRoot: String,
        configuration: String? = nil, patience: Duration = .seconds(600), allocation: AllocationTerms? = nil
    ) {
        self.partition = partition
        self.account = account
        self.qos = qos
        self.sharedRoot = sharedRoot
        self.configuration = configuration
        self.patience = patience
        self.allocation = allocation
    }
}

/// One job in which attempts of a run start without a queue, each in a part of what it has.
package struct AllocationTerms: Sendable, Equatable, Hashable {
    package var cpus: Int64
    /// Bytes.
    package var memory: Int64
    package var gpus: Int64
    /// For which it is asked at most.
    package var time: Duration
    /// For which it is held while nothing runs in it.
    package var idle: Duration

    package init(cpus: Int64, memory: Int64, gpus: Int64 = 0, time: Duration, idle: Duration = .seconds(30)) {
        self.cpus = cpus
        self.memory = memory
        self.gpus = gpus
        self.time = time
        self.idle = idle
    }

    package var request: ResourceRequest { ResourceRequest(cpus: Amount(cpus), memory: memory, gpus: gpus) }

    /// Whether it has room for such an attempt while nothing else is in it.
    package func fits(_ request: ResourceRequest) -> Bool {
        request.cpus <= Amount(cpus) && request.memory <= memory && request.gpus <= gpus
    }
}
