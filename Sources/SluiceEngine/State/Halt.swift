import SluiceModel

/// Why nothing new starts in a run.
package enum Halt: Sendable, Equatable {
    case failed(stage: String)
    case refused(String)
    case cancelled(CancelReason)
    case lost(String)

    var reason: String {
        switch self {
        case .failed(let stage): "\(stage) failed"
        case .refused(let why): why
        case .cancelled(let reason): reason.sentence
        case .lost(let why): why
        }
    }

    /// Nothing more runs, not even `after: any`.
    var isFinal: Bool {
        switch self {
        case .failed: false
        case .refused, .cancelled, .lost: true
        }
    }

    /// Whether it keeps a stage from being started.
    func stops(_ stage: Plan.Stage) -> Bool { isFinal || stage.definition.after == .success }

    /// Reads back why a stage was not started, from the words in its record: an interrupted run that was being
    /// cancelled or was refused does not go on as if nothing had been said.
    init?(endReason: String) {
        if endReason.hasPrefix(Self.refusal) || endReason.hasPrefix(Self.held) {
            self = .refused(endReason)
            return
        }
        let reasons: [CancelReason] = [.user, .superseded, .timeout, .budget, .upstream, .shutdown, .pruned]
        guard let reason = reasons.first(where: { Halt.cancelled($0).reason == endReason }) else { return nil }
        self = .cancelled(reason)
    }

    static let refusal = "refused: "
    /// Its accounts have no room now, and it was not to wait.
    package static let held = "held: "
}
