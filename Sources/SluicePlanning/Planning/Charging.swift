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
