/// What an attempt asks of a pool while it runs.
package struct ResourceRequest: Sendable, Hashable, Codable {
    package var cpus: Amount
    /// Bytes.
    package var memory: Int64
    package var gpus: Int64
    /// Bytes; nil: not asked for, not limited.
    package var disk: Int64?
    /// Bytes a second.
    package var network: Int64?
    /// Processes and threads at a time; nil: the usual limit. Not shared with anybody, so no pool counts it.
    package var processes: Int64?
    /// Licences and the like, by name.
    package var custom: [String: Int64]
    /// The executor whose pool is asked; nil: the local one.
    package var pool: String?

    /// What holds where nothing is said: enough for any honest program, and no fork bomb.
    package static let usualProcesses: Int64 = 512

    package init(
        cpus: Amount = Amount(1), memory: Int64 = 512 << 20, gpus: Int64 = 0, disk: Int64? = nil,
        network: Int64? = nil, processes: Int64? = nil, custom: [String: Int64] = [:],
        pool: String? = nil
    ) {
        self.cpus = cpus
        self.memory = memory
        self.gpus = gpus
        self.disk = disk
        self.network = network
        self.processes = processes
        self.custom = custom
        self.pool = pool
    }

    /// Where what is asked for runs.
    package var executor: String { pool ?? Self.local }

    /// The executor that every machine has.
    package static let local = "local"
}

/// A named way to run a stage.
package struct Profile: Sendable, Hashable {
    package var name: String
    package var request: ResourceRequest
    /// Per hour; nil: the operator's price, else free.
    package var price: Amount?
    package var isInterruptible: Bool

    package init(
        name: String, request: ResourceRequest, price: Amount? = nil, isInterruptible: Bool = false
    ) {
        self.name = name
        self.request = request
        self.price = price
        self.isInterruptible = isInterruptible
    }
}

/// An entry of a stage's `profiles`, with its base profile resolved.
package struct StageProfile: Sendable, Equatable {
    package var name: String
    package var profile: Profile
    /// Merged over the stage's `with` when this profile is chosen; part of the cache key.
    package var with: [String: JSONValue]
    /// nil: nothing is declared.
    package var estimate: Duration?
    /// Bytes that an attempt sends away, as the pipeline declares it: nothing measures them.
    package var egress: Int64?
    /// Bytes of artifacts that an attempt is expected to leave in the store.
    package var storage: Int64?
    package var penalty: Amount
    package var isDegraded: Bool

    package init(
        name: String, profile: Profile, with: [String: JSONValue] = [:], estimate: Duration? = nil,
        egress: Int64? = nil, storage: Int64? = nil, penalty: Amount = .zero, isDegraded: Bool = false
    ) {
        self.name = name
        self.profile = profile
        self.with = with
        self.estimate = estimate
        self.egress = egress
        self.storage = storage
        self.penalty = penalty
        self.isDegraded = isDegraded
    }
}
