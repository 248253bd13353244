import BudgetOptimizer
import SluiceModel

/// What all pools have to give, counted down while attempts run.
struct PoolCapacities: SharedCapacity, Equatable {
    private var local: PoolCapacity
    private var others: [String: PoolCapacity]

    init(_ plan: Plan) {
        local = PoolCapacity(plan.pool)
        others = plan.pools.mapValues(PoolCapacity.init)
    }

    /// A pool that is not there holds nothing.
    func holds(_ request: ResourceRequest) -> Bool {
        request.pool.map { others[$0]?.holds(request) ?? false } ?? local.holds(request)
    }

    mutating func take(_ request: ResourceRequest) {
        if let pool = request.pool { others[pool]?.take(request) } else { local.take(request) }
    }

    mutating func giveBack(_ request: ResourceRequest) {
        if let pool = request.pool { others[pool]?.giveBack(request) } else { local.giveBack(request) }
    }
}

/// What one pool has to give, counted down while attempts run.
struct PoolCapacity: Equatable {
    private var cpus: Amount
    private var memory: Int64
    private var gpus: Int64
    private var custom: [String: Int64]
    private var disk: Int64?
    private var network: Int64?

    init(_ pool: ResourceRequest) {
        cpus = pool.cpus
        memory = pool.memory
        gpus = pool.gpus
        custom = pool.custom
        disk = pool.disk
        network = pool.network
    }

    /// What the pool does not state (disk, network) is not limited.
    func holds(_ request: ResourceRequest) -> Bool {
        request.cpus <= cpus && request.memory <= memory && request.gpus <= gpus
            && request.custom.allSatisfy { $0.value <= custom[$0.key, default: 0] }
            && Self.fits(request.disk, in: disk) && Self.fits(request.network, in: network)
    }

    mutating func take(_ request: ResourceRequest) { change(by: request, sign: -1) }
    mutating func giveBack(_ request: ResourceRequest) { change(by: request, sign: 1) }

    private mutating func change(by request: ResourceRequest, sign: Int64) {
        cpus += Amount(billionths: request.cpus.billionths * Int128(sign))
        memory += sign * request.memory
        gpus += sign * request.gpus
        for (name, count) in request.custom { custom[name, default: 0] += sign * count }
        disk = disk.map { $0 + sign * (request.disk ?? 0) }
        network = network.map { $0 + sign * (request.network ?? 0) }
    }

    private static func fits(_ asked: Int64?, in left: Int64?) -> Bool {
        guard let asked, let left else { return true }
        return asked <= left
    }
}
