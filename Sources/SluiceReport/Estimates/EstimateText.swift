import SluiceModel

/// Where an estimate comes from, in words.
enum EstimateText {
    /// `p90 of 23 runs`, `p90 of 23 runs, data ×1.2`, `longest of 3 runs`, `declared`.
    static func source(_ estimate: Plan.Estimate) -> String {
        guard let basis = estimate.basis else {
            return estimate.source == .default ? "assumed" : estimate.source.rawValue
        }
        let runs = HumanUnits.count(basis.samples, "run")
        let head = basis.quantile < 1 ? "\(quantile(basis.quantile)) of \(runs)" : "longest of \(runs)"
        let effects = [factor(basis.scale, of: "data"), factor(basis.trend, of: "trend")]
        return ([head] + effects.compactMap(\.self)).joined(separator: ", ")
    }

    /// `p90`, `p99.5`.
    static func quantile(_ quantile: Double) -> String {
        "p" + DecimalText.trimmed(DecimalText.fixed(quantile * 100, places: 1))
    }

    /// What a reader must know who takes the times for measured ones; nil where enough is measured.
    static func caution(_ estimates: [Plan.Estimate]) -> String? {
        guard !estimates.isEmpty, !estimates.contains(where: { $0.source == .history }) else { return nil }
        let assumed = estimates.count { $0.source == .default }
        let answered = estimates.count { $0.source == .plugin }
        let rest = estimates.count - assumed - answered
        let parts = [
            answered > 0 ? "\(answered) by their plugins" : nil,
            rest > 0 ? "\(rest) declared" : nil,
            assumed > 0 ? "\(assumed) assumed to take 1 min (`estimate:` says better)" : nil,
        ]
        return "no history yet: " + parts.compactMap(\.self).joined(separator: ", ")
    }

    /// `×1.2`; nothing where it rounds to 1.
    private static func factor(_ factor: Double?, of what: String) -> String? {
        guard let factor, abs(factor - 1) >= 0.05 else { return nil }
        return "\(what) " + HumanUnits.factor(factor)
    }
}
