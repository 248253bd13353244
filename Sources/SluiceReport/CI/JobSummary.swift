import SluiceModel

/// What became of a run, in Markdown: for GitHub's job summary, and for `--summary FILE`. No text of the commit or of a
/// plugin is markup.
package enum JobSummary {
    /// Stages, checks and failures that are shown of each; GitHub takes 1 MiB a step.
    private static let most = 100

    /// `note`: a sentence about the job, such as what the commit was compared with.
    package static func lines(_ record: RunRecord, note: String? = nil, diagnostics: [Diagnostic] = []) -> [String] {
        let found = diagnostics.isEmpty ? record.diagnostics : diagnostics
        return [heading(record), "", facts(record)] + (note.map { ["", MarkdownText.escaped($0)] } ?? [])
            + verdict(record) + list(found) + stages(record) + checks(record) + failures(record)
    }

    private static func heading(_ record: RunRecord) -> String {
        let outcome = OutcomeText.text(record.head, style: .plain).rendered(.plain)
        let degraded = record.head.isDegraded ? ", degraded" : ""
        return "### \(MarkdownText.escaped("\(outcome): \(record.head.pipeline)\(degraded)"))"
    }

    private static func facts(_ record: RunRecord) -> String {
        var parts = ["run \(record.head.id)", RevisionText.line(record.head.revision).rendered(.plain)]
        if let wall = record.wall { parts.append(HumanUnits.duration(wall)) }
        if let cost = record.usage["cost"] { parts.append("cost \(HumanUnits.cost(cost))") }
        return MarkdownText.escaped(parts.joined(separator: " · "))
    }

    /// Why it was not simply admitted.
    private static func verdict(_ record: RunRecord) -> [String] {
        guard let decision = record.decision, decision.verdict != .admit else { return [] }
        let headline = MarkdownText.escaped(DecisionText.headline(decision, style: .plain).rendered(.plain))
        return ["", "**\(headline)**", ""] + decision.explanation.prefix(4).map { "- " + MarkdownText.escaped($0) }
    }

    private static func list(_ diagnostics: [Diagnostic]) -> [String] {
        guard !diagnostics.isEmpty else { return [] }
        let lines = diagnostics.prefix(most).map { diagnostic in
            let hint = diagnostic.hint.map { ", hint: \($0)" } ?? ""
            return "- "
                + MarkdownText.escaped(
                    "\(diagnostic.location): \(diagnostic.severity.rawValue): \(diagnostic.message)\(hint)")
        }
        return ["", "#### Diagnostics", ""] + lines + more(diagnostics.count)
    }

    private static func stages(_ record: RunRecord) -> [String] {
        guard !record.stages.isEmpty else { return [] }
        let head = [
            MarkdownText.row(["stage", "outcome", "time", "cost", "cache", "metrics"]),
            "| --- | --- | --: | --: | --- | --- |",
        ]
        return [""] + head + record.stages.prefix(most).map(row) + more(record.stages.count)
    }

    private static func row(_ stage: RunRecord.Stage) -> String {
        let outcome = stage.end.map { OutcomeText.text($0.outcome, style: .plain).rendered(.plain) } ?? "not started"
        let hasRun = !stage.attempts.isEmpty
        let metrics = stage.mainMetrics.prefix(4).map { "\($0.name) \(HumanUnits.metric($0.value))" }
        return MarkdownText.row([
            stage.name, outcome, hasRun ? HumanUnits.duration(stage.wall) : "",
            hasRun ? HumanUnits.cost(stage.cost) : "", stage.cache.state.rawValue, metrics.joined(separator: ", "),
        ])
    }

    private static func checks(_ record: RunRecord) -> [String] {
        let all = record.stages.flatMap { stage in stage.checks.map { (stage.name, $0) } }
        guard !all.isEmpty else { return [] }
        let head = [MarkdownText.row(["check", "value", "wanted", "verdict"]), "| --- | --: | --- | --- |"]
        let rows = all.prefix(most).map { stage, check in
            MarkdownText.row([
                "\(stage): \(check.metric)", check.value.map { HumanUnits.metric($0) } ?? "", check.limit,
                check.verdict.rawValue + (check.verdict != .pass && !check.isFatal ? ", warning" : ""),
            ])
        }
        return [""] + head + rows + more(all.count)
    }

    /// Of every stage that did not end well: why, and the end of its stderr.
    private static func failures(_ record: RunRecord) -> [String] {
        let failed = record.stages.filter { stage in
            stage.end.map { !$0.outcome.isGood && $0.outcome != .skipped } ?? false
        }
        return failed.prefix(most).flatMap { stage -> [String] in
            let error = stage.error
            let why = stage.end?.reason ?? error?.message ?? ""
            let tail = error?.stderr.suffix(20) ?? []
            return ["", "**\(MarkdownText.escaped(stage.name))** \(MarkdownText.escaped(why))"]
                + (tail.isEmpty ? [] : [""] + MarkdownText.block(Array(tail)))
        }
    }

    private static func more(_ count: Int) -> [String] { count > most ? ["", "… and \(count - most) more"] : [] }
}
