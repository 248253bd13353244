import SluiceModel

/// Reads a pipeline's `budget`.
struct BudgetReader {
    let findings: Findings
    private var values: ValueReader { ValueReader(findings: findings) }

    init(findings: Findings) { self.findings = findings }

    func budget(_ node: YAMLNode) -> BudgetPolicy {
        let map = MapReader(
            node, "`budget`", keys: ["limits", "accounts", "on_exceed", "objective", "estimate"], in: findings)
        var budget = BudgetPolicy(limits: map["limits"].map(limits) ?? [])
        budget.accounts = map.located("accounts") ?? []
        budget.onExceed = map.choice("on_exceed", BudgetPolicy.OnExceed.self) ?? .degrade
        budget.objective = objective(map) ?? budget.objective
        readEstimate(map["estimate"], into: &budget)
        return budget
    }

    func limits(_ node: YAMLNode) -> [BudgetLimit] {
        let keys = BudgetResource.allCases.map(\.rawValue)
        let map = MapReader(node, "`limits`", keys: keys, in: findings)
        return map.entries.compactMap { entry in
            guard let resource = BudgetResource(rawValue: entry.key), map[entry.key] != nil else { return nil }
            return amount(entry.value, of: resource).map { BudgetLimit(resource: resource, amount: $0) }
        }
    }

    private func amount(_ node: YAMLNode, of resource: BudgetResource) -> Amount? {
        let what = "`\(resource.rawValue)`"
        switch resource {
        case .cost, .cpuHours, .gpuHours, .memoryGiBHours: return values.amount(node, what)
        case .egress, .storage: return values.size(node, what).map { Amount($0) }
        case .wall:
            return values.duration(node, what).map {
                Amount(billionths: Int128($0.wholeMilliseconds) * Amount.unit / 1000)
            }
        }
    }

    private func objective(_ map: MapReader) -> [BudgetPolicy.Objective]? {
        guard let objective = map.choices("objective", BudgetPolicy.Objective.self) else { return nil }
        if objective.isEmpty || Set(objective).count < objective.count {
            findings.add(PipelineFindings.objective, at: map.keyLocation("objective"))
        }
        return objective
    }

    private func readEstimate(_ node: YAMLNode?, into budget: inout BudgetPolicy) {
        guard let node else { return }
        let map = MapReader(node, "`estimate`", keys: ["quantile", "min_samples"], in: findings)
        if let quantile = map.amount("quantile") {
            if quantile <= .zero || quantile >= Amount(1) {
                findings.add(PipelineFindings.quantile, at: map.keyLocation("quantile"))
            }
            budget.estimateQuantile = quantile.doubleValue
        }
        if let samples = map.integer("min_samples", in: 1...1_000_000) { budget.estimateMinSamples = Int(samples) }
    }
}
