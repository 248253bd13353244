import SluiceModel

/// What a run's plan would be decided like under other limits.
package struct WhatIfAnswer: Sendable {
    package struct Change: Sendable, Equatable {
        /// As the person said it.
        package var limit: String
        /// The resource whose unit the values have.
        package var resource: String
        /// nil: it did not limit.
        package var from: Amount?
        package var to: Amount

        package init(limit: String, resource: String, from: Amount?, to: Amount) {
            self.limit = limit
            self.resource = resource
            self.from = from
            self.to = to
        }
    }

    package var run: RunHead
    package var changes: [Change]
    /// The plan under the limits that there are, and under the others.
    package var before, after: Plan

    package init(run: RunHead, changes: [Change], before: Plan, after: Plan) {
        self.run = run
        self.changes = changes
        self.before = before
        self.after = after
    }
}

/// `sluice explain --what-if` for a person, in at most six lines.
package enum WhatIfText {
    package static func lines(_ answer: WhatIfAnswer, width: Int, style: Style) -> [String] {
        let changes = answer.changes.map { change in
            let from = change.from.map { HumanUnits.exact($0, of: change.resource) } ?? "no limit"
            return "\(change.limit) \(from) → \(HumanUnits.exact(change.to, of: change.resource))"
        }
        let question = "run \(answer.run.id) of \(answer.run.pipeline) with " + changes.joined(separator: ", ") + ": "
        let headline = StyledText(question, .strong) + DecisionText.headline(answer.after.decision, style: style)
        let isWorse = answer.after.decision.verdict != .admit
        let why = isWorse ? DecisionText.explanation(answer.after.decision).map { "  " + $0 } : []
        let now =
            "  " + StyledText("as it is: ", .quiet) + DecisionText.headline(answer.before.decision, style: style)
            + StyledText(outcome(answer.before), .quiet)
        return ([headline + StyledText(outcome(answer.after))] + why + [now]).fitted(style, width: width)
    }

    /// `, est. 13 min, cost 0.42`
    private static func outcome(_ plan: Plan) -> String {
        plan.decision.isAdmitted ? ", " + PlanSummary(plan).amounts : ""
    }
}

/// `what_if` of `sluice explain --json`.
struct WhatIfJSON: Encodable {
    private let changes: [Change]
    /// As things are, and under the other limits.
    private let before, after: Outcome

    init(_ answer: WhatIfAnswer) {
        changes = answer.changes.map(Change.init)
        before = Outcome(answer.before)
        after = Outcome(answer.after)
    }

    private struct Change: Encodable {
        let limit: String
        let from: OrNull<Amount>
        let to: Amount

        init(_ change: WhatIfAnswer.Change) {
            limit = change.limit
            from = OrNull(change.from)
            to = change.to
        }
    }

    private struct Outcome: Encodable {
        let decision: DecisionJSON
        let degraded: Bool
        /// Chosen profile by stage.
        let choice: [String: String]

        init(_ plan: Plan) {
            decision = DecisionJSON(plan.decision)
            degraded = plan.isDegraded
            let chosen = plan.stages.compactMap { stage in stage.chosenProfile.map { (stage.name, $0.profile.name) } }
            choice = Dictionary(chosen, uniquingKeysWith: { first, _ in first })
        }
    }
}
