/// What one commit's plan does otherwise than another's, stage by stage, before anything runs.
package struct PlanComparison: Sendable, Equatable {
    /// The commit that is compared with.
    package var base: Revision
    /// nil where that commit has no such pipeline, or an invalid one.
    package var before: Plan?
    package var after: Plan
    /// Why there is nothing to compare with.
    package var obstacle: String?
    /// In the order of the new plan, then those that are gone.
    package var stages: [StageChange]

    package init(base: Revision, before: Plan?, after: Plan, obstacle: String? = nil, stages: [StageChange]) {
        self.base = base
        self.before = before
        self.after = after
        self.obstacle = obstacle
        self.stages = stages
    }

    package struct StageChange: Sendable, Equatable {
        package enum Kind: String, Sendable { case added, removed, changed, same }

        package var name: String
        package var kind: Kind
        /// What differs: parts of the cache key, profile, estimate; empty where nothing does.
        package var reasons: [String]
        package var before, after: Share?

        package init(name: String, kind: Kind, reasons: [String] = [], before: Share?, after: Share?) {
            self.name = name
            self.kind = kind
            self.reasons = reasons
            self.before = before
            self.after = after
        }
    }

    /// What a stage takes in one of the plans.
    package struct Share: Sendable, Equatable {
        /// Whether it is executed: neither cached nor skipped.
        package var runs: Bool
        /// Of the preferred one where none was chosen.
        package var profile: String?
        /// Seconds; 0 where it does not run.
        package var duration: Double
        /// By budget resource; empty where it does not run.
        package var use: [BudgetResource: Amount]

        package init(runs: Bool, profile: String?, duration: Double, use: [BudgetResource: Amount]) {
            self.runs = runs
            self.profile = profile
            self.duration = duration
            self.use = use
        }
    }
}
