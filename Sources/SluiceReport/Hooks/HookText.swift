import SluiceModel

/// The few lines that a person sees who pushes.
package enum HookText {
    /// `sluice: run 42 queued, est. 12 min, cost 0.40`, then the verdict of the plan.
    package static func queued(_ run: RunID, plan: Plan, style: Style) -> [String] {
        [line("run \(run) queued, \(PlanSummary(plan).amounts)", style: style)] + verdict(plan, style: style)
    }

    /// A run that was queued without a plan on screen.
    package static func queued(_ run: RunID, pipeline: String, reference: Reference, style: Style) -> [String] {
        [line("run \(run) queued, \(pipeline) on \(reference.short)", style: style)]
    }

    /// A push that asks for more runs than one push may.
    package static func tooMany(_ wanted: Int, limit: Int, style: Style) -> [String] {
        [line("nothing queued: this push asks for \(wanted) runs, max_runs_per_push is \(limit)", style: style)]
    }

    /// A definition with errors: queued nowhere, shown whole.
    package static func invalid(_ diagnostics: [Diagnostic], reference: Reference, style: Style) -> [String] {
        [line("\(DiagnosticText.summary(diagnostics)) on \(reference.short), nothing runs", style: style)]
            + DiagnosticText.lines(diagnostics, style: style)
    }

    /// What `pre-push` says of one pipeline.
    package static func prePush(_ plan: Plan, style: Style) -> [String] {
        [line("\(plan.pipeline.name): \(PlanSummary(plan).text)", style: style)] + verdict(plan, style: style)
    }

    /// What `pre-receive` says of one pipeline.
    package static func judged(_ plan: Plan, style: Style) -> [String] { verdict(plan, style: style) }

    /// The last line of a `pre-push` that says no.
    package static func pushStopped(style: Style) -> [String] {
        [line("push stopped; `git push --no-verify` goes on without this check", style: style)]
    }

    /// One line of any other news.
    package static func note(_ text: String, style: Style) -> [String] { [line(text, style: style)] }

    private static func verdict(_ plan: Plan, style: Style) -> [String] {
        let name = StyledText(
            "\(plan.pipeline.name)"
                + (plan.revision.reference.map { " on \($0.short)" } ?? ""))
        let headline = DecisionText.headline(plan.decision, style: style) + ": " + name
        let explanation = DecisionText.explanation(plan.decision).map { "  " + $0 }
        return ([headline] + explanation).map { ("sluice: " + $0).rendered(style) }
    }

    private static func line(_ text: String, style: Style) -> String {
        ("sluice: " + StyledText(text)).rendered(style)
    }
}
