import SluiceModel

/// What stages share while they run: the pools' capacities that any of them asks for, and each matrix's
/// `max_parallel`.
struct CapacityTable {
    let lines: [GateTask.CapacityLine]
    /// By stage: indices of the stages that it needs.
    let needs: [[Int]]
    private let resources: [(pool: String?, resource: PoolResource)]
    private let matrices: [String: Int]

    init(_ plan: Plan) {
        let indices = Dictionary(plan.stages.enumerated().map { ($1.name, $0) }) { first, _ in first }
        needs = plan.stages.map { stage in stage.needs.compactMap { indices[$0] } }
        let mandatory = plan.stages.filter(\.isMandatory)
        let requests = Dictionary(grouping: mandatory.flatMap { $0.profiles.map(\.request) }, by: \.pool)
        var lines: [GateTask.CapacityLine] = []
        var resources: [(pool: String?, resource: PoolResource)] = []
        for (pool, capacity) in Self.pools(of: plan, asked: requests) {
            let requests = requests[pool] ?? []
            let names = Set(requests.flatMap(\.custom.keys)).union(capacity.custom.keys).sorted()
            for resource in PoolResource.fixed + names.map(PoolResource.custom) {
                guard let amount = resource.capacity(of: capacity) else { continue }
                let amounts = requests.map(resource.amount)
                let largest = amounts.reduce(Int128(0)) { $0 + $1.billionths }
                resources.append((pool, resource))
                lines.append(
                    .init(
                        resource: resource.name, pool: pool, amount: amount,
                        scale: GateScale(amounts, largest: largest)))
            }
        }
        self.resources = resources
        var matrices: [String: Int] = [:]
        for stage in mandatory {
            let name = stage.definition.name
            guard let most = stage.definition.matrix?.maxParallel, matrices[name] == nil else { continue }
            matrices[name] = lines.count
            let one = Amount(1)
            lines.append(
                .init(
                    resource: "max_parallel.\(name)", amount: Amount(Int64(most)),
                    scale: GateScale([one], largest: one.billionths)))
        }
        self.matrices = matrices
        self.lines = lines
    }

    /// The local pool, then those of other executors that a stage may ask, by name.
    private static func pools(
        of plan: Plan, asked: [String?: [ResourceRequest]]
    ) -> [(pool: String?, capacity: ResourceRequest)] {
        let others = plan.pools.sorted { $0.key < $1.key }.filter { asked[$0.key] != nil }
        return [(nil, plan.pool)] + others.map { ($0.key, $0.value) }
    }

    /// What a stage holds while it runs, by line.
    func demand(of request: ResourceRequest, by stage: Plan.Stage) -> [Int64] {
        var demand = [Int64](repeating: 0, count: lines.count)
        for (index, (pool, resource)) in resources.enumerated() where pool == request.pool {
            demand[index] = lines[index].scale.roundingUp(resource.amount(in: request))
        }
        if let index = matrices[stage.definition.name] { demand[index] = 1 }
        return demand
    }
}

/// One thing that a pool has.
enum PoolResource: Sendable, Equatable {
    case cpus, memory, gpus, disk, network
    case custom(String)

    var name: String {
        switch self {
        case .cpus: "cpus"
        case .memory: "memory"
        case .gpus: "gpus"
        case .disk: "disk"
        case .network: "network"
        case .custom(let name): "custom.\(name)"
        }
    }

    /// By its name.
    init?(_ name: String) {
        if name.hasPrefix("custom.") {
            self = .custom(String(name.dropFirst(7)))
        } else if let fixed = Self.fixed.first(where: { $0.name == name }) {
            self = fixed
        } else {
            return nil
        }
    }

    /// nil: the pool does not say, so it does not limit. What it does not have by name it has none of.
    func capacity(of pool: ResourceRequest) -> Amount? {
        switch self {
        case .cpus: pool.cpus
        case .memory: Amount(pool.memory)
        case .gpus: Amount(pool.gpus)
        case .disk: pool.disk.map(Amount.init)
        case .network: pool.network.map(Amount.init)
        case .custom(let name): Amount(pool.custom[name] ?? 0)
        }
    }

    func amount(in request: ResourceRequest) -> Amount {
        switch self {
        case .cpus: request.cpus
        case .memory: Amount(request.memory)
        case .gpus: Amount(request.gpus)
        case .disk: Amount(request.disk ?? 0)
        case .network: Amount(request.network ?? 0)
        case .custom(let name): Amount(request.custom[name] ?? 0)
        }
    }
}
