import SluiceModel

/// Why and how far an attempt is being stopped: `cancel` line, SIGTERM after 70 % of the grace, SIGKILL at its end.
struct AttemptStop: Equatable {
    enum Cause: Equatable {
        case asked(CancelReason)
        /// The stage's own time limit.
        case timeout
        case stalled
        /// A rule of the contract was broken so that going on is pointless.
        case violation
        /// More was used than granted.
        case overrun(Overrun)
    }

    var cause: Cause
    var terminateAt: Int64
    var killAt: Int64
    var hasTerminated = false

    /// A program of the tier `command` hears no `cancel` line, so its SIGTERM comes at once.
    init(_ cause: Cause, at now: Int64, grace: Int64, hearsCancel: Bool) {
        self.cause = cause
        terminateAt = hearsCancel ? now + grace * 7 / 10 : now
        killAt = now + grace
    }

    /// The word of the `cancel` line.
    var reason: CancelReason {
        switch cause {
        case .asked(let reason): reason
        case .timeout, .stalled: .timeout
        case .violation: .shutdown
        case .overrun: .budget
        }
    }

    var outcome: Outcome {
        switch cause {
        case .asked(let reason): reason.outcome
        case .timeout, .stalled: .timedOut
        case .violation: .failed
        case .overrun: .overLimit
        }
    }
}
