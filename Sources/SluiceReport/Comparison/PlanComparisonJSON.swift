import SluiceModel

/// `sluice plan --against --json`: the new plan, and under `against` what it is compared with.
package struct PlanComparisonJSON: Encodable {
    private let plan: PlanJSON
    private let against: Against

    package init(_ comparison: PlanComparison) {
        plan = PlanJSON(comparison.after)
        against = Against(comparison)
    }

    private enum Keys: String, CodingKey { case against }

    package func encode(to encoder: any Encoder) throws {
        try plan.encode(to: encoder)
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(against, forKey: .against)
    }

    private struct Against: Encodable {
        let revision: RevisionJSON
        let obstacle: String?
        let decision: OrNull<DecisionJSON>
        let stages: [Stage]
        let totals: [Row]

        init(_ comparison: PlanComparison) {
            revision = RevisionJSON(comparison.base)
            obstacle = comparison.obstacle
            decision = OrNull(comparison.before.map { DecisionJSON($0.decision) })
            stages = comparison.stages.map(Stage.init)
            totals = comparison.rows.map(Row.init)
        }
    }

    private struct Stage: Encodable {
        let name, change: String
        let reasons: [String]
        let before, after: OrNull<Share>

        init(_ stage: PlanComparison.StageChange) {
            name = stage.name
            change = stage.kind.rawValue
            reasons = stage.reasons
            before = OrNull(stage.before.map(Share.init))
            after = OrNull(stage.after.map(Share.init))
        }
    }

    private struct Share: Encodable {
        let runs: Bool
        let profile: OrNull<String>
        let duration: Double
        let use: [String: Amount]

        init(_ share: PlanComparison.Share) {
            runs = share.runs
            profile = OrNull(share.profile)
            duration = share.duration
            use = Dictionary(share.use.map { ($0.key.rawValue, $0.value) }, uniquingKeysWith: { first, _ in first })
        }

        private enum CodingKeys: String, CodingKey {
            case runs, profile, use
            case duration = "duration_s"
        }
    }

    /// `time` in seconds, budgets in their units.
    private struct Row: Encodable {
        let name: String
        let before, after, limit: OrNull<Amount>

        init(_ row: PlanComparison.Row) {
            name = row.name
            before = OrNull(row.before)
            after = OrNull(row.after)
            limit = OrNull(row.limit)
        }
    }
}
