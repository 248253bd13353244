import SluiceModel

/// `sluice explain --json`.
package struct ExplainJSON: Encodable {
    private let schema = "sluice.explain/v1"
    private let run: Int64
    private let pipeline, kind, state, answer: String
    private let stage, outcome: OrNull<String>
    /// As a person sees them.
    private let lines: [String]
    private let causes: [Cause]
    private let decision: OrNull<DecisionJSON>
    private let next: String?
    private let whatIf: WhatIfJSON?

    /// `decision` is that of the run, or of the stage that was asked for.
    package init(_ explanation: Explanation, decision: GateDecision?, whatIf: WhatIfAnswer? = nil) {
        run = explanation.head.id.number
        pipeline = explanation.head.pipeline
        kind = explanation.kind.rawValue
        state = explanation.head.state.rawValue
        outcome = OrNull(explanation.head.outcome?.rawValue)
        stage = OrNull(explanation.stage)
        answer = explanation.answer
        lines = ExplanationText.lines(explanation, width: .max, style: .plain)
        causes = explanation.causes.map(Cause.init)
        self.decision = OrNull(decision.map(DecisionJSON.init))
        next = explanation.next
        self.whatIf = whatIf.map(WhatIfJSON.init)
    }

    private struct Cause: Encodable {
        let kind: String
        let stages, text: [String]
        let decision: DecisionJSON?

        init(_ cause: Explanation.Cause) {
            kind = cause.kind.rawValue
            stages = cause.stages
            text = cause.lines
            decision = cause.decision.map(DecisionJSON.init)
        }
    }

    private enum CodingKeys: String, CodingKey {
        case schema, run, pipeline, stage, kind, state, outcome, answer, lines, causes, decision, next
        case whatIf = "what_if"
    }
}
