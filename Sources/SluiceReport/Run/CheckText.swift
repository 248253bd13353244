import SluiceModel

/// A judged check in words.
enum CheckText {
    /// `check failed: auc is 0.91, wanted >= 0.95`.
    static func sentence(_ check: CheckResult) -> String {
        let words: [CheckResult.Verdict: String] = [.pass: "passed", .fail: "failed"]
        let value = check.value.map { "is " + HumanUnits.metric($0) } ?? "was not reported"
        return
            "check \(words[check.verdict] ?? check.verdict.rawValue): \(check.metric) \(value), wanted \(check.limit)"
    }
}
