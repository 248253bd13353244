import SluiceModel

/// Outcomes and states as a sign and a word.
enum OutcomeText {
    static func text(_ outcome: Outcome, style: Style) -> StyledText {
        StyledText("\(symbol(outcome, style: style)) \(word(outcome))", paint(outcome))
    }

    static func text(_ outcome: RunOutcome, style: Style) -> StyledText {
        switch outcome {
        case .succeeded: StyledText("\(style.symbols.success) succeeded", .good)
        case .failed, .refused, .lost: StyledText("\(style.symbols.failure) \(outcome.rawValue)", .bad)
        case .cancelled: StyledText("\(style.symbols.warning) cancelled", .warning)
        }
    }

    /// The outcome of a run that has one, else its state.
    static func text(_ head: RunHead, style: Style) -> StyledText {
        if let outcome = head.outcome { return text(outcome, style: style) }
        if head.state == .running { return StyledText("\(style.symbols.running) running", .active) }
        return StyledText("\(style.symbols.waiting) \(head.state.rawValue)")
    }

    static func symbol(_ outcome: Outcome, style: Style) -> String {
        switch outcome {
        case .succeeded: style.symbols.success
        case .cached: style.symbols.cached
        case .skipped: style.symbols.skipped
        case .cancelled: style.symbols.warning
        case .failed, .timedOut, .overLimit, .lost: style.symbols.failure
        }
    }

    static func paint(_ outcome: Outcome) -> Style.Paint {
        switch outcome {
        case .succeeded, .cached: .good
        case .skipped: .quiet
        case .cancelled: .warning
        case .failed, .timedOut, .overLimit, .lost: .bad
        }
    }

    static func word(_ outcome: Outcome) -> String {
        switch outcome {
        case .timedOut: "timed out"
        case .overLimit: "over limit"
        default: outcome.rawValue
        }
    }
}
