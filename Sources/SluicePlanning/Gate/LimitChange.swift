import SluiceModel

/// Another value for one limit, as a person says it: `gpu_hours=14`, `deadline=2h`, `gpus=4`, `memory=64GiB`.
package struct LimitChange: Sendable, Equatable {
    enum Target: Sendable, Equatable {
        case budget(BudgetResource)
        case capacity(PoolResource)
        /// A limit of one of the operator's accounts.
        case account(String, BudgetResource)
    }

    /// As it was said.
    package let name: String
    package let amount: Amount
    let target: Target

    /// Why a text names no change, and what would.
    package struct Malformed: Error, Sendable, Equatable {
        package var message: String
        package var hint: String
    }

    package init(_ text: String) throws(Malformed) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[1].isEmpty else {
            throw Malformed(message: "`\(text)` is no limit with a value", hint: "as in gpu_hours=14 or deadline=2h")
        }
        name = parts[0]
        guard let target = Self.target(parts[0]) else {
            throw Malformed(
                message: "there is no limit `\(parts[0])`",
                hint: NearestName.hint(for: parts[0], of: Self.names, kind: "limits") ?? "")
        }
        guard let amount = Self.amount(parts[1], of: target) else {
            throw Malformed(
                message: "`\(parts[1])` is no value for \(parts[0])", hint: "for example \(Self.example(of: target))")
        }
        self.target = target
        self.amount = amount
    }

    private static let names =
        BudgetResource.allCases.map(\.rawValue) + ["deadline", "cpus", "memory", "gpus", "disk", "network"]

    private static func target(_ name: String) -> Target? {
        let name = name.hasPrefix("capacity:") ? String(name.dropFirst(9)) : name
        if name == "deadline" { return .budget(.wall) }
        if let resource = BudgetResource(rawValue: name) { return .budget(resource) }
        switch name {
        case "cpus": return .capacity(.cpus)
        case "memory": return .capacity(.memory)
        case "gpus": return .capacity(.gpus)
        case "disk": return .capacity(.disk)
        case "network": return .capacity(.network)
        default: return name.hasPrefix("custom.") ? .capacity(.custom(String(name.dropFirst(7)))) : account(name)
        }
    }

    /// `team.gpu_hours`
    private static func account(_ name: String) -> Target? {
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex,
            let resource = BudgetResource(rawValue: String(name[name.index(after: dot)...]))
        else { return nil }
        return .account(String(name[..<dot]), resource)
    }

    private static func amount(_ text: String, of target: Target) -> Amount? {
        let amount: Amount?
        switch target {
        case .budget(.wall), .account(_, .wall):
            amount = Units.duration(text).map { Amount(billionths: Int128($0.wholeMilliseconds) * 1_000_000) }
        case .capacity(.memory), .capacity(.disk), .budget(.egress), .budget(.storage), .account(_, .egress),
            .account(_, .storage):
            amount = Units.size(text).map { Amount($0) }
        case .capacity(.network):
            amount = Units.size(text.hasSuffix("/s") ? String(text.dropLast(2)) : text).map { Amount($0) }
        case .budget, .account, .capacity(.cpus): amount = Amount(decimal: text)
        case .capacity(.gpus), .capacity(.custom): amount = Int64(text).map { Amount($0) }
        }
        return amount.flatMap { $0 < .zero ? nil : $0 }
    }

    private static func example(of target: Target) -> String {
        switch target {
        case .budget(.wall), .account(_, .wall): "2h30m"
        case .capacity(.memory), .capacity(.disk), .budget(.egress), .budget(.storage), .account(_, .egress),
            .account(_, .storage):
            "64GiB"
        case .capacity(.network): "100MB/s"
        default: "4"
        }
    }

    /// The value that the plan's pipeline or pool has now; nil: it does not limit.
    package func current(in plan: Plan) -> Amount? {
        switch target {
        case .budget(let resource): plan.pipeline.budget.limits.filter { $0.resource == resource }.map(\.amount).min()
        case .capacity(let resource): resource.capacity(of: plan.pool)
        case .account(let name, let resource):
            plan.accounts.first { $0.account.name == name }?.account.limit(of: resource)
        }
    }

    /// Whether there is something that it could change: an account that the plan is charged on.
    package func isKnown(in plan: Plan) -> Bool {
        if case .account = target { current(in: plan) != nil } else { true }
    }

    func apply(to plan: inout Plan) {
        switch target {
        case .budget(let resource):
            plan.pipeline.budget.limits.removeAll { $0.resource == resource }
            plan.pipeline.budget.limits.append(BudgetLimit(resource: resource, amount: amount))
        case .capacity(let resource): resource.set(amount, in: &plan.pool)
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

    /// The resource whose unit the value has.
    package var resource: String {
        switch target {
        case .budget(let resource), .account(_, let resource): resource.rawValue
        case .capacity(let resource): resource.name
        }
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
