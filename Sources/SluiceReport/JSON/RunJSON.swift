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
        let replans: [Replan]
        let warnings: [String]
        let diagnostics: [DiagnosticJSON]

        init(_ record: RunRecord) {
            reason = record.reason
            waitingFor = record.waitingFor
            decision = OrNull(record.decision.map(DecisionJSON.init))
            stages = record.stages.map(RunStageJSON.init)
            usage = record.usage
            replans = record.replans.map { Replan(time: $0.time, reason: $0.reason, order: $0.order) }
            warnings = record.warnings
            diagnostics = record.diagnostics.map(DiagnosticJSON.init)
        }

        struct Replan: Encodable {
            let time: Timestamp
            let reason: String
            let order: [String]
        }

        private enum CodingKeys: String, CodingKey {
            case schema, reason, decision, stages, usage, replans, warnings, diagnostics
            case waitingFor = "waiting_for"
        }
    }
}
