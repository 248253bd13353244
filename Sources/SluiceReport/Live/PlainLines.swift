import SluiceModel

/// A run's news as plain lines, for logs and CI systems: `sluice: …` of the run, `[train] …` of a stage.
///
/// Progress is said once per tenth, so the value remembers what was said; everything else depends on the event alone.
package struct PlainLines: Sendable {
    private let style: Style
    /// The last tenth that was said, by stage.
    private var tenths: [String: Int] = [:]
    /// What the gate gave as its first reason.
    private var verdict: String?

    package init(style: Style) { self.style = style }

    package mutating func lines(for event: RunEvent) -> [String] {
        let run = "run \(event.run)"
        switch event.kind {
        case .planned(let planned):
            verdict = planned.decision.explanation.first
            return ofRun(["\(run) planned: \(summary(planned))"] + planned.decision.explanation)
        case .rejected(let diagnostics, let decision):
            verdict = decision.explanation.first
            let found = DiagnosticText.lines(diagnostics, style: style).map { "sluice: " + $0 }
            return ofRun(["\(run) rejected"] + decision.explanation) + found
        case .waiting(let reason, _): return ofRun(["\(run) waits for \(reason)"])
        case .attemptStarted(let stage, let started):
            tenths[stage] = nil
            return of(stage, ["attempt \(started.number) started, profile \(started.profile), \(started.executor)"])
        case .attemptQueued(let stage, _, let reason): return of(stage, ["waits in its queue: \(reason)"])
        case .attemptBegan(let stage, let number): return of(stage, ["attempt \(number) runs now"])
        case .attemptEnded(let stage, let ended): return of(stage, attempt(ended))
        case .retryScheduled(let stage, let number, let delay, let reason):
            return of(stage, ["attempt \(number) follows in \(HumanUnits.duration(delay)): \(reason)"])
        case .futile(let stage, let reason): return of(stage, ["stopped early: \(reason)"])
        case .replanned(let reason, let order): return ofRun([ReplanText.line(reason, order)])
        case .checkJudged(let stage, let check): return of(stage, [CheckText.sentence(check)])
        case .stageEnded(let stage, let end): return of(stage, [text(end)])
        case .warning(nil, let message): return ofRun(["warning: \(message)"])
        case .warning(.some(let stage), let message): return of(stage, ["warning: \(message)"])
        case .runEnded(let outcome, let reason):
            let news = reason == verdict ? nil : reason
            return ofRun(["\(run) \(outcome.rawValue)" + (news.map { ": \($0)" } ?? "")])
        }
    }

    package mutating func lines(for event: AttemptEvent, of stage: String) -> [String] {
        switch event {
        case .log(_, let text): return SafeText.lines(text).map { prefix(stage) + $0 }
        case .checkpoint(let id): return of(stage, ["checkpoint \(id)"])
        case .progress(let done, let total?, let unit, let message):
            return progress(done: done, total: total, unit: unit, message: message, of: stage)
        case .progress, .metric, .heartbeat, .waiting, .began: return []
        }
    }

    private mutating func progress(
        done: Double, total: Double, unit: String?, message: String?, of stage: String
    ) -> [String] {
        guard total > 0, total.isFinite, done.isFinite else { return [] }
        let share = min(1, max(0, done / total))
        let tenth = Int(share * 10)
        guard tenth > tenths[stage] ?? 0 else { return [] }
        tenths[stage] = tenth
        let words = "\(HumanUnits.metric(done))/\(HumanUnits.metric(total))" + (unit.map { " \($0)" } ?? "")
        return of(stage, [HumanUnits.percent(share) + ", " + words + (message.map { ", \($0)" } ?? "")])
    }

    private func summary(_ planned: RunEvent.Planned) -> String {
        let cached = planned.stages.count { $0.cache.state == .hit }
        let parts = [HumanUnits.count(planned.stages.count, "stage"), "\(cached) cached"]
        let verdict = DecisionText.headline(planned.decision, style: .plain).rendered(.plain).dropFirst(2)
        return parts.joined(separator: ", ") + ", " + verdict
    }

    private func attempt(_ ended: RunEvent.Ended) -> [String] {
        let result = ended.result
        var line = "attempt \(ended.number) \(OutcomeText.word(result.outcome))"
        line += " after \(HumanUnits.duration(result.usage.wall))"
        if let cost = ended.used["cost"], cost != .zero { line += ", cost \(HumanUnits.cost(cost))" }
        let error = result.error.map { "\($0.errorClass.rawValue), \($0.code): \($0.message)" } ?? result.reason
        let hint = result.error?.hint.map { "hint: \($0)" }
        return [line + (error.map { ": \($0)" } ?? "")] + [hint].compactMap(\.self)
            + result.warnings.map { "warning: \($0)" }
    }

    private func text(_ end: RunEvent.StageEnd) -> String {
        let reason = (end.reason ?? (end.outcome == .cached ? end.cache?.reason : nil)).map { ": \($0)" } ?? ""
        let metrics = end.metrics.sorted { $0.key < $1.key }.map { "\($0.key) \(HumanUnits.metric($0.value))" }
        return OutcomeText.word(end.outcome) + reason
            + (metrics.isEmpty ? "" : " (" + metrics.joined(separator: ", ") + ")")
    }

    private func ofRun(_ lines: [String]) -> [String] { lines.map { "sluice: " + SafeText.line($0) } }

    private func of(_ stage: String, _ lines: [String]) -> [String] {
        lines.map { prefix(stage) + SafeText.line($0) }
    }

    private func prefix(_ stage: String) -> String {
        (StyledText("[\(stage)]", .active) + " ").renderedWithBlanks(style)
    }
}
