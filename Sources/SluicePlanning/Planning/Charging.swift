import SluiceModel

/// Which of the operator's accounts a run is charged on.
package enum Charging {
    /// Every account that matches, and those that the pipeline names: a pipeline can only tighten what holds for it.
    package static func accounts(
        of pipeline: Pipeline, revision: Revision, repository: String, _ configuration: OperatorConfiguration
    ) -> [Account] {
        let named = Set(pipeline.budget.accounts.map(\.value))
        return configuration.accounts.filter { rule in
            named.contains(rule.account.name)
                || rule.matches(
                    branch: revision.reference?.branch, pipeline: pipeline.name, repository: repository)
        }.map(\.account)
    }
}

extension [AccountStanding] {
    /// By the names of accounts and of their limits (`team`, `team.cost`): what is left of a limit as a share of it,
    /// between 0 and 1, and of an account the smallest share among its limits.
    var sharesLeft: [String: Double] {
        var shares: [String: Double] = [:]
        for standing in self {
            for line in standing.lines {
                let share = line.limit.amount > .zero ? line.left.doubleValue / line.limit.amount.doubleValue : 0
                let name = standing.account.name
                shares["\(name).\(line.limit.resource.rawValue)"] = Swift.max(0, share)
                shares[name] = Swift.min(shares[name] ?? 1, Swift.max(0, share))
            }
        }
        return shares
    }
}

extension PlanningContext {
    func standings(of pipeline: Pipeline) throws(PlanningError) -> [AccountStanding] {
        let accounts = Charging.accounts(of: pipeline, revision: revision, repository: repository, configuration)
        guard !accounts.isEmpty else { return [] }
        do throws(StoreError) {
            return try standings?(accounts) ?? accounts.map { .untouched($0, at: now) }
        } catch {
            throw .records(error)
        }
    }
}
