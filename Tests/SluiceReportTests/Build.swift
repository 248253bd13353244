import SluiceModel
import Testing

/// Small model values for the tests: a churn pipeline with four stages at a fixed moment.
enum Build {
    static let noon = Timestamp(milliseconds: 1_769_860_800_000)

    static func after(_ seconds: Double) -> Timestamp { noon.advanced(bySeconds: seconds) }

    static func oid(_ digit: Character) throws -> ObjectID {
        try #require(ObjectID(hex: "3f2a91c0de" + String(repeating: digit, count: 30)))
    }

    static func digest(_ digit: Character) throws -> Digest {
        try #require(Digest(hex: String(repeating: digit, count: 64)))
    }

    static func amount(_ text: String) throws -> Amount { try #require(Amount(decimal: text)) }

    static func revision(
        _ reference: Reference? = Reference("refs/heads/main"), trusted: Bool = true, worktree: Bool = false
    ) throws -> Revision {
        Revision(
            oid: try oid("7"), tree: try oid("8"), committed: noon, reference: reference, isTrusted: trusted,
            isWorktree: worktree)
    }

    static func head(
        _ id: Int64 = 42, state: RunPhase = .queued, outcome: RunOutcome? = nil, queued: Double = 0,
        started: Double? = nil, ended: Double? = nil, pipeline: String = "churn", reference: String = "refs/heads/main"
    ) throws -> RunHead {
        RunHead(
            id: RunID(id), pipeline: pipeline, path: "pipelines/\(pipeline).yaml",
            repository: Repository(gitDirectory: "/srv/git/churn.git", isBare: true),
            revision: try revision(Reference(reference)), trigger: .push, state: state, outcome: outcome,
            queued: after(queued), started: started.map(after), ended: ended.map(after))
    }

    static func limit(
        _ resource: String, _ allowed: String, used: String = "0", reserved: String = "0", asked: String,
        left: String, scope: String = "run"
    ) throws -> GateDecision.Limit {
        GateDecision.Limit(
            scope: scope, resource: resource, limit: try amount(allowed), used: try amount(used),
            reserved: try amount(reserved), asked: try amount(asked), left: try amount(left))
    }

    static func admitted(_ limits: [GateDecision.Limit] = []) throws -> GateDecision {
        GateDecision(
            verdict: .admit, limits: limits, method: "exact",
            objective: .init(penalty: .zero, cost: try amount("0.42"), makespan: 790), bound: nil, gap: 0,
            explanation: ["reserves cost 0.42 of 10 and 0.22 of 4 cpu_hours"])
    }

    static func refused() throws -> GateDecision {
        GateDecision(
            verdict: .refuse, reason: .budget,
            limits: [
                try limit("cost", "0.3", asked: "0.42", left: "0.3"),
                try limit("wall", "900", asked: "790", left: "900"),
            ],
            conflict: ["cost"],
            fixes: [
                .init(limit: "cost", from: try amount("0.3"), to: try amount("0.42")),
                .init(limit: "wall", from: Amount(900), to: nil),
            ],
            method: "exact",
            explanation: [
                "cost: at least 0.42 needed, 0.30 left: 0.12 short (train 0.40, evaluate 0.02)",
                "nothing was started",
            ])
    }

    static func diagnostic(
        _ severity: Diagnostic.Severity = .error, line: Int = 12, column: Int = 11,
        excerpt: String = "    uses: train-sklaern", message: String = "no plugin is named `train-sklaern`",
        hint: String? = "the nearest name is `train-sklearn`", file: String = "pipelines/churn.yaml"
    ) -> Diagnostic {
        Diagnostic(
            severity: severity, id: "pipeline.unknown-plugin", message: message,
            location: SourceLocation(file: file, line: line, column: column), excerpt: excerpt, hint: hint)
    }
}
