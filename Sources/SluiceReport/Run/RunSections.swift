import SluiceModel

/// The sections of a run's page; each is empty where there is nothing to say.
struct RunSections {
    let record: RunRecord
    let width: Int
    let style: Style

    /// `✓ succeeded  run 42 of churn in 13 min, cost 0.42`.
    func head() -> [String] {
        var line = OutcomeText.text(record.head, style: style) + "  run "
        line += StyledText(record.head.id.description, .strong) + " of " + StyledText(record.head.pipeline, .strong)
        if let wall = record.wall { line += StyledText(" in " + HumanUnits.duration(wall)) }
        if let cost = record.usage["cost"] { line += StyledText(", cost " + HumanUnits.cost(cost)) }
        if record.head.isDegraded { line += StyledText("  \(style.symbols.warning) degraded", .warning) }
        var lines = [line]
        // The gate's own words stand under its verdict.
        if let reason = record.reason, reason != record.decision?.explanation.first {
            lines.append("  " + StyledText(reason))
        }
        if let waiting = record.waitingFor, record.head.state != .ended {
            lines.append("  waits for " + StyledText(waiting))
        }
        return lines.fitted(style, width: width)
    }

    func facts() -> [String] {
        let head = record.head
        var table = TextTable([.init(""), .init("", minimum: 20)])
        func add(_ name: String, _ value: StyledText) { table.append([StyledText(name, .quiet), value]) }
        add("commit", RevisionText.line(head.revision))
        add("trigger", StyledText(head.trigger.rawValue) + StyledText(" in " + head.repository.gitDirectory, .quiet))
        add("queued", StyledText(HumanUnits.moment(head.queued) + " UTC"))
        if let started = head.started {
            let ended = head.ended.map { " to " + HumanUnits.moment($0, after: started) } ?? ""
            add(head.ended == nil ? "started" : "ran", StyledText(HumanUnits.moment(started) + ended + " UTC"))
        }
        return table.lines(width: width, style: style)
    }

    func verdict() -> [String] {
        guard let decision = record.decision else { return [] }
        let headline = [DecisionText.headline(decision, style: style)]
        let explanation = DecisionText.explanation(decision).map { "  " + $0 }
        return (headline + explanation).fitted(style, width: width)
    }

    func limits() -> [String] {
        record.decision.map { DecisionText.limits($0, width: width, style: style) } ?? []
    }

    func diagnostics() -> [String] { DiagnosticText.lines(record.diagnostics, style: style) }

    func stages() -> [String] { StageTable.lines(record, width: width, style: style) }

    /// Why each stage was or was not taken from the cache.
    func cache() -> [String] {
        var table = TextTable([.init("", minimum: 8), .init(""), .init("", minimum: 20)])
        for stage in record.stages {
            guard let reason = stage.cache.reason else { continue }
            let state = StyledText(stage.cache.state.rawValue, stage.cache.state == .hit ? .good : .plain)
            table.append([StyledText(stage.name, .quiet), state, StyledText(reason)])
        }
        return titled("cache", table)
    }

    /// Every metric of the stages that have more than the table shows.
    func metrics() -> [String] {
        var table = TextTable([.init("", minimum: 12), .init("", .right)])
        for stage in record.stages where stage.mainMetrics.count > StageTable.metricsShown {
            for metric in stage.mainMetrics {
                table.append([
                    StyledText(stage.name + ".", .quiet) + StyledText(metric.name),
                    StyledText(HumanUnits.metric(metric.value)),
                ])
            }
        }
        return titled("metrics", table)
    }

    /// Decisions about stages that were not a plain yes.
    func decisions() -> [String] {
        let lines = record.stages.flatMap { stage -> [StyledText] in
            guard let decision = stage.decision, decision.verdict != .admit else { return [] }
            let head = "  " + StyledText(stage.name) + "  " + DecisionText.headline(decision, style: style)
            return [head] + DecisionText.explanation(decision).map { "    " + $0 }
        }
        return titled("decisions", lines)
    }

    /// `name  value`, every name with its stage. A text is shown whole, because a person wants to copy it: where a
    /// deployed model is stands here.
    func outputs() -> [String] {
        let values = record.stages.flatMap { stage in
            (stage.end?.outputValues ?? [:]).sorted { $0.key < $1.key }.map { ("\(stage.name).\($0.key)", $0.value) }
        }
        let width = values.map { DisplayWidth.of($0.0) }.max() ?? 0
        return titled(
            "outputs",
            values.map { name, value in
                let line = "  " + StyledText(name, .quiet).padded(to: width) + "  " + StyledText(value.plainText)
                return value.stringValue == nil ? line.truncated(to: self.width, style: style) : line
            })
    }

    func artifacts() -> [String] {
        var table = TextTable([.init("", minimum: 12), .init(""), .init("", .right), .init("")])
        for stage in record.stages {
            for artifact in stage.end?.artifacts ?? [] {
                table.append([
                    StyledText("\(stage.name).\(artifact.name)"), StyledText(artifact.type.rawValue, .quiet),
                    StyledText(HumanUnits.bytes(artifact.size)), StyledText(artifact.digest.hex.prefix(12), .quiet),
                ])
            }
        }
        return titled("artifacts", table)
    }

    func warnings() -> [String] {
        let ofRun = record.warnings.map { "  " + StyledText($0) }
        let ofStages = record.stages.flatMap { stage in
            let ofAttempts = stage.attempts.flatMap { $0.ended?.result.warnings ?? [] }
            return (stage.warnings + ofAttempts).map { "  " + StyledText(stage.name + ": ", .quiet) + StyledText($0) }
        }
        return titled("warnings", ofRun + ofStages, paint: .warning)
    }

    func titled(_ title: String, _ lines: [StyledText], paint: Style.Paint = .strong) -> [String] {
        guard !lines.isEmpty else { return [] }
        return [StyledText(title, paint).rendered(style)] + lines.map { $0.rendered(style) }
    }

    func titled(_ title: String, _ table: TextTable) -> [String] {
        guard !table.rows.isEmpty else { return [] }
        return [StyledText(title, .strong).rendered(style)] + table.lines(width: width, style: style)
    }
}
