import SluiceModel

/// Judges a metric against a check's thresholds.
package enum CheckJudge {
    /// A threshold may be reached exactly: 0.95 passes `min: 0.95`. A value that is no number is inconclusive.
    package static func judge(_ check: Check, metrics: [String: Double]) -> CheckResult {
        let value = metrics[check.metric]
        let verdict = verdict(check, value)
        var severity = check.severity
        if verdict == .missing, check.onMissing != .fail { severity = check.onMissing == .warn ? .warning : .note }
        return CheckResult(
            metric: check.metric, value: value.flatMap { $0.isNaN ? nil : $0 }, limit: limit(of: check),
            verdict: verdict, severity: severity, isFatal: verdict != .pass && severity == .error)
    }

    private static func verdict(_ check: Check, _ value: Double?) -> CheckResult.Verdict {
        guard let value else { return .missing }
        guard !value.isNaN else { return .inconclusive }
        if let min = check.min, value < nearest(min) { return .fail }
        if let max = check.max, value > nearest(max) { return .fail }
        return .pass
    }

    /// The nearest double of a decimal. Rounding is monotone, so comparing with it orders a metric's shortest decimal
    /// exactly as the decimals would.
    private static func nearest(_ amount: Amount) -> Double { Double(amount.description) ?? amount.doubleValue }

    private static func limit(of check: Check) -> String {
        [check.min.map { ">= \($0)" }, check.max.map { "<= \($0)" }].compactMap(\.self).joined(separator: " and ")
    }
}
