import SluiceModel

/// The stages of a run as a table: how each ended, what it took and what it measured.
enum StageTable {
    private static let metricsShown = 3

    static func lines(_ record: RunRecord, width: Int, style: Style) -> [String] {
        var table = TextTable([
            .init("stage", minimum: 8), .init("outcome"), .init("time", .right), .init("profile", minimum: 6),
            .init("tries", .right), .init("cost", .right), .init("cache", minimum: 8), .init("metrics", minimum: 12),
        ])
        let showsTries = record.stages.contains { $0.attempts.count > 1 }
        for stage in record.stages { table.append(row(stage, showsTries: showsTries, style: style)) }
        return table.lines(width: width, style: style)
    }

    /// `auc 0.9931, accuracy 0.97` and how many more there are.
    static func metrics(_ stage: RunRecord.Stage) -> StyledText {
        let all = stage.mainMetrics
        let shown = all.prefix(metricsShown).map { metric in
            StyledText(metric.name + " ", .quiet) + StyledText(HumanUnits.metric(metric.value))
        }
        let more = all.count - shown.count
        return shown.joined(by: "  ") + StyledText(more > 0 ? "  +\(more)" : "", .quiet)
    }

    private static func row(_ stage: RunRecord.Stage, showsTries: Bool, style: Style) -> [StyledText] {
        let none = StyledText(style.symbols.none, .quiet)
        let hasRun = !stage.attempts.isEmpty
        return [
            StyledText(stage.name), outcome(stage, style: style),
            hasRun ? StyledText(HumanUnits.duration(stage.wall)) : none,
            hasRun ? stage.profile.map { StyledText($0) } ?? none : none,
            showsTries && hasRun ? StyledText(String(stage.attempts.count)) : .empty,
            hasRun ? StyledText(HumanUnits.cost(stage.cost)) : none,
            cache(stage.cache), metrics(stage),
        ]
    }

    private static func outcome(_ stage: RunRecord.Stage, style: Style) -> StyledText {
        if let end = stage.end { return OutcomeText.text(end.outcome, style: style) }
        if stage.running != nil { return StyledText("\(style.symbols.ready) running", .active) }
        return StyledText("\(style.symbols.waiting) not started", .quiet)
    }

    private static func cache(_ cache: CacheState) -> StyledText {
        StyledText(cache.state.rawValue + (cache.reason.map { ": \($0)" } ?? ""), .quiet)
    }
}
