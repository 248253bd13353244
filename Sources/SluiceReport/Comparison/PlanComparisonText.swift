import SluiceModel

/// `sluice plan --against` for a person: the answer, the stages that differ, the sums.
package enum PlanComparisonText {
    package static func lines(_ comparison: PlanComparison, width: Int, style: Style) -> [String] {
        let head = [title(comparison), "  " + StyledText(comparison.answer, .strong)]
        var sections = [(head + obstacle(comparison)).rendered(style, width: width)]
        sections.append(stages(comparison, width: width, style: style) + unchanged(comparison, style: style))
        sections.append(sums(comparison, width: width, style: style))
        sections.append(verdict(comparison, style: style))
        return Array(sections.filter { !$0.isEmpty }.joined(separator: [""]))
    }

    /// `plan of churn  3f2a91c0de on main, trusted, against 9c1b44aa02 on release`
    private static func title(_ comparison: PlanComparison) -> StyledText {
        StyledText("plan of ") + StyledText(comparison.after.pipeline.name, .strong) + "  "
            + RevisionText.line(comparison.after.revision) + ", against " + RevisionText.name(comparison.base)
    }

    private static func obstacle(_ comparison: PlanComparison) -> [StyledText] {
        comparison.obstacle.map { ["  " + StyledText($0, .warning)] } ?? []
    }

    private static func stages(_ comparison: PlanComparison, width: Int, style: Style) -> [String] {
        var table = TextTable([
            .init("stage", minimum: 8), .init("change", minimum: 16), .init("time", .right), .init("cost", .right),
            .init("gpu_hours", .right, isOptional: true), .init("cpu_hours", .right, isOptional: true),
        ])
        for stage in comparison.stages where stage.kind != .same {
            table.append([
                sign(stage.kind) + StyledText(stage.name), StyledText(stage.sentence, .quiet), StyledText(stage.time),
                StyledText(stage.use(.cost)), StyledText(stage.use(.gpuHours)), StyledText(stage.use(.cpuHours)),
            ])
        }
        return table.lines(width: width, style: style)
    }

    private static func sign(_ kind: PlanComparison.StageChange.Kind) -> StyledText {
        switch kind {
        case .added: StyledText("+ ", .good)
        case .removed: StyledText("- ", .bad)
        case .changed: StyledText("~ ", .warning)
        case .same: "  "
        }
    }

    private static func unchanged(_ comparison: PlanComparison, style: Style) -> [String] {
        let names = comparison.stages.filter { $0.kind == .same }.map(\.name)
        guard !names.isEmpty else { return [] }
        return [("  " + StyledText("unchanged: \(StageNames.list(names))", .quiet)).rendered(style)]
    }

    private static func sums(_ comparison: PlanComparison, width: Int, style: Style) -> [String] {
        var table = TextTable([
            .init("together"), .init("before", .right), .init("after", .right), .init("change", .right),
            .init("limit", .right),
        ])
        let none = StyledText(style.symbols.none, .quiet)
        for row in comparison.rows {
            func cell(_ amount: Amount?) -> StyledText {
                amount.map { StyledText(PlanComparison.text($0, row.name)) } ?? none
            }
            let change = row.difference.map {
                StyledText(PlanComparison.signed($0, row.name), $0 > .zero ? .warning : $0 < .zero ? .good : .quiet)
            }
            table.append([StyledText(row.name), cell(row.before), cell(row.after), change ?? none, cell(row.limit)])
        }
        return table.lines(width: width, style: style)
    }

    private static func verdict(_ comparison: PlanComparison, style: Style) -> [String] {
        let after = comparison.after.decision
        let before = comparison.before.map {
            StyledText("  before: ", .quiet) + DecisionText.headline($0.decision, style: style)
        }
        let explanation = DecisionText.explanation(after).map { "  " + $0 }
        return ([DecisionText.headline(after, style: style) + (before ?? .empty)] + explanation).map {
            $0.rendered(style)
        }
    }
}
