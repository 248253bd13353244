import SluiceModel

/// Whether a failed attempt is tried again.
package enum RetryDecision {
    package struct Retry: Sendable, Equatable {
        package var delay: Duration
        /// "transient: connection reset".
        package var reason: String
        /// How much more it is to get; nil: the same again.
        package var escalation: RetryPolicy.Escalation?
    }

    /// nil: it is not. `attemptNumber` counts from 1; `seed` makes the jitter repeatable.
    ///
    /// A crash is tried again once whatever the policy lists, unless its limit is 0; an error when its class is
    /// listed; at most `limit` times altogether. Never: failed verdicts, `timedOut`, cancelled and skipped attempts,
    /// limits other than memory, violations of the protocol, deploys.
    package static func next(
        after result: AttemptResult, attemptNumber: Int, policy: RetryPolicy, isDeploy: Bool, seed: UInt64
    ) -> Retry? {
        guard !isDeploy, attemptNumber <= policy.limit else { return nil }
        guard let reason = reason(result, attemptNumber: attemptNumber, classes: policy.classes) else { return nil }
        let delay = delay(attemptNumber, policy.backoff, seed: seed, wanted: result.retryAfter)
        let lacksResources = result.error?.errorClass == .resource && !result.isCrash
        return Retry(delay: delay, reason: reason, escalation: lacksResources ? policy.escalation : nil)
    }

    private static func reason(_ result: AttemptResult, attemptNumber: Int, classes: [ErrorClass]) -> String? {
        switch result.outcome {
        case .succeeded, .timedOut, .cancelled, .skipped, .cached: return nil
        case .lost: return attemptNumber == 1 ? "lost: nobody saw its end" : nil
        case .failed, .overLimit: break
        }
        guard let error = result.error else { return result.isCrash ? crash(result, attemptNumber) : nil }
        if result.isCrash, let reason = crash(result, attemptNumber) { return reason }
        if error.code.hasPrefix("protocol.") { return nil }
        if result.outcome == .overLimit, error.errorClass != .resource { return nil }
        guard classes.contains(error.errorClass) else { return nil }
        if let overrun = result.overrun { return "over its grant: \(overrun)" }
        return "\(error.errorClass.rawValue): \(error.message)"
    }

    private static func crash(_ result: AttemptResult, _ attemptNumber: Int) -> String? {
        guard attemptNumber == 1 else { return nil }
        return "crashed" + (result.signal ?? result.exit.map { "exit \($0)" }).map { " (\($0))" }.orEmpty
    }

    /// Exponential, with up to half of it taken off at random, so that stages that failed together do not come back
    /// together. What the plugin wishes is honoured up to the policy's maximum.
    private static func delay(
        _ attemptNumber: Int, _ backoff: RetryPolicy.Backoff, seed: UInt64, wanted: Duration?
    ) -> Duration {
        let most = max(0, backoff.max.inSeconds)
        var seconds = max(0, backoff.initial.inSeconds)
        for _ in 1..<max(2, min(attemptNumber, 64)) where attemptNumber > 1 { seconds *= max(1, backoff.factor) }
        seconds = min(seconds, most)
        if backoff.jitter { seconds *= 0.5 + 0.5 * fraction(seed, attemptNumber) }
        let wish = min(wanted?.inSeconds ?? 0, most)
        return .milliseconds(Int64((max(seconds, wish) * 1000).rounded()))
    }

    /// A number in [0, 1) from a seed (the finaliser of SplitMix64: Steele, Lea and Flood, 2014).
    private static func fraction(_ seed: UInt64, _ attemptNumber: Int) -> Double {
        var mixed = seed &+ UInt64(attemptNumber) &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((mixed ^ (mixed >> 31)) >> 11) / 9_007_199_254_740_992
    }
}

extension String? {
    fileprivate var orEmpty: String { self ?? "" }
}
