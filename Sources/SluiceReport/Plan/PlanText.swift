import SluiceModel

/// `sluice plan` for a person.
package enum PlanText {
    package static func lines(_ plan: Plan, width: Int, style: Style) -> [String] {
        var sections = [[head(plan)].rendered(style, width: width)]
        sections.append(stages(plan, width: width, style: style))
        sections.append(GanttText.lines(plan, width: width, style: style))
        sections.append(verdict(plan, width: width, style: style))
        sections.append(DecisionText.limits(plan.decision, width: width, style: style))
        sections.append(DiagnosticText.lines(plan.diagnostics, style: style))
        return Array(sections.filter { !$0.isEmpty }.joined(separator: [""]))
    }

    /// `plan of churn  3f2a91c0de on main, trusted`.
    private static func head(_ plan: Plan) -> StyledText {
        StyledText("plan of ") + StyledText(plan.pipeline.name, .strong) + "  " + RevisionText.line(plan.revision)
    }

    private static func verdict(_ plan: Plan, width: Int, style: Style) -> [String] {
        let summary = StyledText("  " + PlanSummary(plan).text, .quiet)
        let headline = DecisionText.headline(plan.decision, style: style)
        let explanation = DecisionText.explanation(plan.decision).map { "  " + $0 }
        let caution = EstimateText.caution(estimates(plan)).map { ["  " + StyledText($0, .quiet)] } ?? []
        return ([headline + summary] + explanation + caution).fitted(style, width: width)
    }

    /// Of the stages that would run.
    private static func estimates(_ plan: Plan) -> [Plan.Estimate] {
        plan.stages.filter { !$0.isFree }.compactMap { ($0.chosenProfile ?? $0.profiles.first)?.estimate }
    }

    private static func stages(_ plan: Plan, width: Int, style: Style) -> [String] {
        var table = TextTable([
            .init("stage", minimum: 8), .init("cache", minimum: 12), .init("profile", minimum: 6),
            .init("estimate", .right), .init("from", isOptional: true), .init("cost", .right), .init("start", .right),
        ])
        let isRefused = !plan.decision.isAdmitted
        for stage in plan.stages { table.append(row(stage, isRefused: isRefused, style: style)) }
        return table.lines(width: width, style: style)
    }

    /// In a plan that was not admitted nothing is chosen: the preferred profile is shown, quietly.
    private static func row(_ stage: Plan.Stage, isRefused: Bool, style: Style) -> [StyledText] {
        let wanted = isRefused && !stage.isFree ? stage.profiles.first : nil
        let profile = stage.chosenProfile ?? wanted
        let paint: Style.Paint = stage.chosenProfile == nil ? .quiet : .plain
        let none = StyledText(style.symbols.none, .quiet)
        return [
            StyledText(stage.name), cache(stage, style: style),
            profile.map { StyledText($0.profile.name, $0.profile.isDegraded ? .warning : paint) } ?? none,
            profile.map { StyledText(HumanUnits.duration($0.estimate.duration), paint) } ?? none,
            profile.map { StyledText(EstimateText.source($0.estimate), .quiet) } ?? .empty,
            profile.map { StyledText(HumanUnits.cost($0.use[.cost] ?? .zero), paint) } ?? none,
            stage.start.map { StyledText(HumanUnits.duration($0)) } ?? none,
        ]
    }

    private static func cache(_ stage: Plan.Stage, style: Style) -> StyledText {
        let reason = stage.cache.reason.map { ": \($0)" } ?? ""
        if stage.condition == .fails, stage.cache.state != .hit {
            return StyledText("\(style.symbols.skipped) skipped: its condition is false", .quiet)
        }
        return switch stage.cache.state {
        case .hit: StyledText("\(style.symbols.cached) hit", .good) + StyledText(reason, .quiet)
        case .miss: StyledText("\(style.symbols.waiting) miss") + StyledText(reason, .quiet)
        case .off: StyledText("\(style.symbols.none) off", .quiet) + StyledText(reason, .quiet)
        }
    }
}

/// A revision in a few words.
enum RevisionText {
    /// `3f2a91c0de on main, trusted`, `uncommitted state over 3f2a91c0de, untrusted`.
    static func line(_ revision: Revision) -> StyledText {
        name(revision) + StyledText(revision.isTrusted ? ", trusted" : ", untrusted", .quiet)
    }

    /// `3f2a91c0de on main`
    static func name(_ revision: Revision) -> StyledText {
        var text: StyledText
        if revision.isWorktree, revision.oid.isZero {
            text = StyledText("uncommitted state before the first commit", .warning)
        } else {
            text = StyledText(revision.isWorktree ? "uncommitted state over " : "", .warning)
            text += StyledText(revision.oid.short, .active)
        }
        if let reference = revision.reference { text += StyledText(" on " + reference.short) }
        return text
    }
}
