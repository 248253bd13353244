import SluiceModel
import SluiceReport

/// What a pusher reads of `pre-receive`: what rejects the push first, in a few lines.
struct PushVerdictText {
    let verdicts: [ReferenceVerdict]

    /// Pipelines that are shown.
    private static let most = 10
    /// Diagnostics of one definition that are shown.
    private static let mostDiagnostics = 5
    private let style = Output.style(forTerminal: false)

    init(verdicts: [ReferenceVerdict]) {
        self.verdicts = verdicts.filter(\.isRejected) + verdicts.filter { !$0.isRejected }
    }

    func lines() -> [String] {
        var told = verdicts.prefix(Self.most).flatMap { lines(of: $0) }
        if verdicts.count > Self.most { told += note("… and \(verdicts.count - Self.most) more") }
        let rejected = verdicts.filter(\.isRejected)
        guard let first = rejected.first else { return told }
        return told + note("push rejected: \(insistence(on: first))")
    }

    private func lines(of verdict: ReferenceVerdict) -> [String] {
        let place = verdict.reference.short
        switch verdict.finding {
        case .planned(let plan) where plan.decision.verdict == .admit:
            return note("checked: \(verdict.pipeline) fits on \(place)")
        case .planned(let plan): return HookText.judged(plan, style: style) + goesOn(verdict, plan)
        case .invalid(let diagnostics):
            let shown = diagnostics.filter { $0.severity == .error }.prefix(Self.mostDiagnostics)
            let summary = "\(verdict.pipeline) on \(place): \(DiagnosticText.summary(diagnostics))"
            guard verdict.isRejected else { return note("\(summary); the push goes on") }
            return note(summary) + DiagnosticText.lines(Array(shown), style: style)
        case .missing: return note("\(verdict.pipeline) has to be on \(place), and is not there")
        case .unknown(let why):
            let name = verdict.pipeline.isEmpty ? place : "\(verdict.pipeline) on \(place)"
            return note("no verdict on \(name): \(why)\(verdict.isRejected ? "" : "; the push goes on")")
        }
    }

    private func goesOn(_ verdict: ReferenceVerdict, _ plan: Plan) -> [String] {
        let isRefused = plan.decision.verdict == .refuse && !verdict.isRejected
        return isRefused ? note("the push goes on: nobody enforces this on \(verdict.reference.short)") : []
    }

    private func insistence(on verdict: ReferenceVerdict) -> String {
        switch verdict.enforcement {
        case .byOperator: "\(verdict.reference.short) is enforced here"
        case .byPipeline, nil: "\(verdict.pipeline) enforces it on \(verdict.reference.short)"
        }
    }

    private func note(_ text: String) -> [String] { HookText.note(text, style: style) }
}
