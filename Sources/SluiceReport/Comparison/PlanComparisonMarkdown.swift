import SluiceModel

/// `sluice plan --against --markdown`: a comment for a review, in GitHub's dialect.
package enum PlanComparisonMarkdown {
    package static func lines(_ comparison: PlanComparison) -> [String] {
        var lines = ["### Plan of \(escaped(comparison.after.pipeline.name))", "", headline(comparison)]
        if let obstacle = comparison.obstacle { lines += ["", escaped(obstacle)] }
        lines += stages(comparison) + sums(comparison)
        let explanation = comparison.after.decision.explanation.prefix(4)
        if !explanation.isEmpty { lines += [""] + explanation.map { "- " + escaped($0) } }
        return lines
    }

    /// `**+13 min, cost +0.42** (…) against 9c1b44aa02: admitted`
    private static func headline(_ comparison: PlanComparison) -> String {
        let base = RevisionText.name(comparison.base).rendered(.plain)
        let before = comparison.before.map { ", \(verdict($0.decision)) before" } ?? ""
        return "**\(escaped(comparison.answer))** against \(escaped(base)): "
            + "**\(verdict(comparison.after.decision))**\(before)"
    }

    private static func verdict(_ decision: GateDecision) -> String {
        escaped(String(DecisionText.headline(decision, style: .plain).rendered(.plain).dropFirst(2)))
    }

    private static func stages(_ comparison: PlanComparison) -> [String] {
        let changed = comparison.stages.filter { $0.kind != .same }
        let resources = [BudgetResource.cost, .gpuHours, .cpuHours].filter { resource in
            changed.contains { !$0.use(resource).isEmpty }
        }
        let same = comparison.stages.filter { $0.kind == .same }.map(\.name)
        let rest = same.isEmpty ? [] : ["", "Unchanged: \(escaped(StageNames.list(same)))"]
        guard !changed.isEmpty else { return rest }
        let head = row(["stage", "change", "time"] + resources.map(\.rawValue))
        let rule = "| " + (["---", "---", "--:"] + resources.map { _ in "--:" }).joined(separator: " | ") + " |"
        return ["", head, rule]
            + changed.map { stage in row([stage.name, stage.sentence, stage.time] + resources.map(stage.use)) } + rest
    }

    private static func sums(_ comparison: PlanComparison) -> [String] {
        let head = [row(["together", "before", "after", "change", "limit"]), "| --- | --: | --: | --: | --: |"]
        return [""] + head
            + comparison.rows.map { line in
                func cell(_ amount: Amount?) -> String { amount.map { PlanComparison.text($0, line.name) } ?? "" }
                let change = line.difference.map { PlanComparison.signed($0, line.name) } ?? ""
                return row([line.name, cell(line.before), cell(line.after), change, cell(line.limit)])
            }
    }

    private static func escaped(_ text: String) -> String { MarkdownText.escaped(text) }
    private static func row(_ cells: [String]) -> String { MarkdownText.row(cells) }
}
