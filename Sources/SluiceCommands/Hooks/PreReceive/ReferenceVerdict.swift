import SluiceModel

/// What `pre-receive` makes of one pipeline on one reference.
struct ReferenceVerdict: Sendable {
    enum Finding: Sendable {
        case planned(Plan)
        case invalid([Diagnostic])
        /// The operator wants it there, and it is not.
        case missing
        /// Nobody can say: a limit, or an error on our side.
        case unknown(String)
    }

    var reference: Reference
    var pipeline: String
    var finding: Finding
    /// Who insists on it; nil: nobody, so the push goes on whatever was found.
    var enforcement: Enforcement?

    enum Enforcement: Sendable { case byOperator, byPipeline }

    /// Whether the push is rejected for it. What waits for an account fits, later.
    var isRejected: Bool {
        guard enforcement != nil else { return false }
        return switch finding {
        case .planned(let plan): plan.decision.verdict == .refuse
        case .invalid, .missing, .unknown: true
        }
    }
}
