import SluiceModel

/// The stages of a run as a table: how each ended, what it took and what it measured.
enum StageTable {
    /// Metrics of a stage that the table shows.
    static let metricsShown = 3

    /// With as many metrics of each stage as fit: half a number is worse than none.
    static func lines(_ record: RunRecord, width: Int, style: Style) -> [String] {
        let tables = (1...metricsShown).reversed().lazy.map { table(record, metrics: $0, style: style) }
        let fitting = tables.first { $0.naturalWidth() <= width } ?? table(record, metrics: 1, style: style)
        return fitting.lines(width: width, style: style)
    }

    private static func table(_ record: RunRecord, metrics: Int, style: Style) -> TextTable {
        var table = TextTable([
            .init("stage", minimum: 8), .init("outcome"), .init("time", .right), .init("profile", minimum: 6),
            .init("tries", .right), .init("cost", .right), .init("cache"), .init("metrics", minimum: 12),
        ])
        let showsTries = record.stages.contains { $0.attempts.count > 1 }
        for stage in record.stages {
            table.append(row(stage, showsTries: showsTries, metrics: metrics, style: style))
        }
        return table
    }

    /// `auc 0.9931, accuracy 0.97` and how many more there are.
    private static func metrics(_ stage: RunRecord.Stage, count: Int) -> StyledText {
        let all = stage.mainMetrics
        let shown = all.prefix(count).map { metric in
            StyledText(metric.name + " ", .quiet) + StyledText(HumanUnits.metric(metric.value))
        }
        let more = all.count - shown.count
        return shown.joined(by: "  ") + StyledText(more > 0 ? "  +\(more)" : "", .quiet)
    }

    private static func row(_ stage: RunRecord.Stage, showsTries: Bool, metrics count: Int, style: Style)
        -> [StyledText]
    {
        let none = StyledText(style.symbols.none, .quiet)
        let hasRun = !stage.attempts.isEmpty
        return [
            StyledText(stage.name), outcome(stage, style: style),
            hasRun ? StyledText(HumanUnits.duration(stage.wall)) : none,
            hasRun ? stage.profile.map { StyledText($0) } ?? none : none,
            showsTries && hasRun ? StyledText(String(stage.attempts.count)) : .empty,
            hasRun ? StyledText(HumanUnits.cost(stage.cost)) : none,
            StyledText(stage.cache.state.rawValue, .quiet), metrics(stage, count: count),
        ]
    }

    private static func outcome(_ stage: RunRecord.Stage, style: Style) -> StyledText {
        if let end = stage.end { return OutcomeText.text(end.outcome, style: style) }
        if stage.queued != nil { return StyledText("\(style.symbols.waiting) in its queue") }
        if stage.running != nil { return StyledText("\(style.symbols.running) running", .active) }
        return StyledText("\(style.symbols.waiting) not started", .quiet)
    }
}
