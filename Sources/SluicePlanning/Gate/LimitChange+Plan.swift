import SluiceModel

extension LimitChange {
    /// The value that a plan's pipeline, pools or accounts have now; nil: that does not limit.
    package func current(in plan: Plan) -> Amount? {
        switch target {
        case .budget(let resource): plan.pipeline.budget.limits.filter { $0.resource == resource }.map(\.amount).min()
        case .capacity(nil, let resource): resource.capacity(of: plan.pool)
        case .capacity(let pool?, let resource): plan.pools[pool].flatMap(resource.capacity)
        case .parallel(let stage): plan.parallelLimits[stage].map { Amount(Int64($0)) }
        case .account(let name, let resource):
            plan.accounts.first { $0.account.name == name }?.account.limit(of: resource)
        }
    }

    /// Why it would change nothing of a plan, and what would; nil: it does.
    package func mismatch(with plan: Plan) -> Malformed? {
        switch target {
        case .budget, .capacity(nil, _): return nil
        case .capacity(let pool?, _):
            guard plan.pools[pool] == nil else { return nil }
            return unknown("no stage asks a pool `\(pool)`", plan.pools.keys.sorted().map { "\($0).cpus" })
        case .parallel(let stage):
            let limits = plan.parallelLimits
            guard limits[stage] == nil else { return nil }
            return unknown("`\(stage)` has no max_parallel", limits.keys.sorted().map { "max_parallel.\($0)" })
        case .account:
            guard current(in: plan) == nil else { return nil }
            let limits = plan.accounts.flatMap { account in
                account.account.limits.map { "\(account.account.name).\($0.resource.rawValue)" }
            }
            return unknown("the run is not charged on \(name)", limits)
        }
    }

    private func unknown(_ message: String, _ there: [String]) -> Malformed {
        Malformed(message: message, hint: there.isEmpty ? "there is none" : "there is \(there.joined(separator: ", "))")
    }

    func apply(to plan: inout Plan) {
        switch target {
        case .budget(let resource):
            plan.pipeline.budget.limits.removeAll { $0.resource == resource }
            plan.pipeline.budget.limits.append(BudgetLimit(resource: resource, amount: amount))
        case .capacity(nil, let resource): resource.set(amount, in: &plan.pool)
        case .capacity(let name?, let resource):
            guard var pool = plan.pools[name] else { return }
            resource.set(amount, in: &pool)
            plan.pools[name] = pool
        case .parallel(let stage):
            for index in plan.stages.indices where plan.stages[index].definition.name == stage {
                plan.stages[index].definition.matrix?.maxParallel = amount.wholeValue.map { Int($0) }
            }
        case .account(let name, let resource):
            guard let account = plan.accounts.firstIndex(where: { $0.account.name == name }) else { return }
            let limit = BudgetLimit(resource: resource, amount: amount)
            for index in plan.accounts[account].account.limits.indices
            where plan.accounts[account].account.limits[index].resource == resource {
                plan.accounts[account].account.limits[index] = limit
                plan.accounts[account].lines[index].limit = limit
            }
        }
    }
}

extension Plan {
    /// `max_parallel` by stage, where it is said.
    fileprivate var parallelLimits: [String: Int] {
        Dictionary(
            stages.compactMap { stage in stage.definition.matrix?.maxParallel.map { (stage.definition.name, $0) } }
        ) { first, _ in first }
    }
}

extension PoolResource {
    fileprivate func set(_ amount: Amount, in pool: inout ResourceRequest) {
        let whole = amount.wholeValue ?? 0
        switch self {
        case .cpus: pool.cpus = amount
        case .memory: pool.memory = whole
        case .gpus: pool.gpus = whole
        case .disk: pool.disk = whole
        case .network: pool.network = whole
        case .custom(let name): pool.custom[name] = whole
        }
    }
}
