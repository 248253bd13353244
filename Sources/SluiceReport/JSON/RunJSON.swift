import SluiceModel

/// `sluice runs show --json`, and `sluice run --json` at its end.
package struct RunJSON: Encodable {
    private let head: RunHeadJSON
    private let body: Body

    package init(_ record: RunRecord) {
        head = RunHeadJSON(record.head)
        body = Body(record)
    }

    /// Head and body share one object.
    package func encode(to encoder: any Encoder) throws {
        try head.encode(to: encoder)
        try body.encode(to: encoder)
    }

    private struct Body: Encodable {
        let schema = "sluice.run/v1"
        let reason, waitingFor: String?
        let decision: OrNull<DecisionJSON>
        let stages: [RunStageJSON]
        let usage: [String: Amount]
        let warnings: [String]
        let diagnostics: [DiagnosticJSON]

        init(_ record: RunRecord) {
            reason = record.reason
            waitingFor = record.waitingFor
            decision = OrNull(record.decision.map(DecisionJSON.init))
            stages = record.stages.map(RunStageJSON.init)
            usage = record.usage
            warnings = record.warnings
            diagnostics = record.diagnostics.map(DiagnosticJSON.init)
        }

        private enum CodingKeys: String, CodingKey {
            case schema, reason, decision, stages, usage, warnings, diagnostics
            case waitingFor = "waiting_for"
        }
    }
}
