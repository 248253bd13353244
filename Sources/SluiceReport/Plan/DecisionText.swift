import SluiceModel

/// The gate's verdict for people: a headline, its explanation, and the limits where they bind.
package enum DecisionText {
    /// Lines of explanation that are shown.
    private static let explanationLimit = 4

    package static func headline(_ decision: GateDecision, style: Style) -> StyledText {
        let symbols = style.symbols
        return switch decision.verdict {
        case .admit: StyledText("\(symbols.success) admitted", .good)
        case .degrade: StyledText("\(symbols.warning) degraded", .warning)
        case .wait: StyledText("\(symbols.waiting) waits", .warning)
        case .refuse:
            StyledText("\(symbols.failure) refused", .bad)
                + StyledText(decision.reason.map { " (\($0.rawValue))" } ?? "", .bad)
        }
    }

    package static func explanation(_ decision: GateDecision) -> [StyledText] {
        decision.explanation.prefix(explanationLimit).map { StyledText($0) }
    }

    /// The table of limits of a decision that is not a plain yes; limits in conflict are marked.
    package static func limits(_ decision: GateDecision, width: Int, style: Style) -> [String] {
        guard decision.verdict != .admit else { return [] }
        var table = TextTable([
            .init("limit", minimum: 8), .init("allowed", .right), .init("used", .right), .init("reserved", .right),
            .init("asked", .right), .init("left", .right), .init("short by", .right), .init("fits at", .right),
        ])
        let fixes = Dictionary(decision.fixes.map { ($0.limit, $0) }, uniquingKeysWith: { first, _ in first })
        for limit in decision.limits { table.append(row(limit, decision: decision, fixes: fixes)) }
        let named = Set(decision.limits.flatMap(names))
        for fix in decision.fixes where !named.contains(fix.limit) { table.append(row(fix)) }
        return table.lines(width: width, style: style)
    }

    /// The names under which a limit stands in `conflict` and `fixes`.
    private static func names(of limit: GateDecision.Limit) -> [String] {
        switch (limit.scope, limit.resource) {
        case ("pool", let resource): ["capacity:\(resource)"]
        case ("run", "wall"): ["wall", "deadline"]
        case ("run", let resource): [resource]
        case (let account, let resource): ["\(account).\(resource)"]
        }
    }

    private static func row(
        _ limit: GateDecision.Limit, decision: GateDecision, fixes: [String: GateDecision.Fix]
    ) -> [StyledText] {
        let names = names(of: limit)
        let short = limit.asked - limit.left
        let isBinding = short > .zero || names.contains { decision.conflict.contains($0) }
        let paint: Style.Paint = isBinding ? .bad : .plain
        func cell(_ amount: Amount, _ paint: Style.Paint = .plain) -> StyledText {
            StyledText(HumanUnits.amount(amount, of: limit.resource), paint)
        }
        let title = limit.scope == "run" ? limit.resource : "\(limit.scope) \(limit.resource)"
        let fix = names.lazy.compactMap { fixes[$0] }.first
        return [
            StyledText(title, paint), cell(limit.limit), cell(limit.used, .quiet), cell(limit.reserved, .quiet),
            cell(limit.asked, paint), cell(limit.left), short > .zero ? cell(short, .bad) : .empty,
            fix.map { fixText($0, resource: limit.resource) } ?? .empty,
        ]
    }

    private static func row(_ fix: GateDecision.Fix) -> [StyledText] {
        let resource = fix.limit.split(separator: ":").last.map(String.init) ?? fix.limit
        let from = StyledText(HumanUnits.amount(fix.from, of: resource))
        return [StyledText(fix.limit), from, .empty, .empty, .empty, .empty, .empty, fixText(fix, resource: resource)]
    }

    private static func fixText(_ fix: GateDecision.Fix, resource: String) -> StyledText {
        guard let to = fix.to else { return StyledText("none", .quiet) }
        return StyledText(HumanUnits.exact(to, of: resource), .good)
    }
}
