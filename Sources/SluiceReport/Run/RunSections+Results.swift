import SluiceModel

extension RunSections {
    /// `✓ evaluate  auc  0.9931  >= 0.98`.
    func checks(failedOnly: Bool) -> [String] {
        var table = TextTable([.init(""), .init("", minimum: 8), .init("", .right), .init(""), .init("")])
        for stage in record.stages {
            for check in stage.checks where !failedOnly || check.verdict != .pass {
                table.append(row(check, of: stage.name))
            }
        }
        return titled("checks", table)
    }

    private func row(_ check: CheckResult, of stage: String) -> [StyledText] {
        let baseline = check.baseline.map { "baseline \(HumanUnits.metric($0))" }
        let remark: String? =
            switch check.verdict {
            case .missing: "the stage did not report it"
            case .inconclusive: "inconclusive"
            case .pass, .fail: nil
            }
        return [
            sign(check) + " " + StyledText(stage, .quiet), StyledText(check.metric),
            StyledText(check.value.map(HumanUnits.metric) ?? style.symbols.none), StyledText(check.limit, .quiet),
            StyledText([baseline, remark].compactMap(\.self).joined(separator: ", "), .quiet),
        ]
    }

    private func sign(_ check: CheckResult) -> StyledText {
        switch check.verdict {
        case .pass: StyledText(style.symbols.success, .good)
        case _ where check.isFatal: StyledText(style.symbols.failure, .bad)
        default: StyledText(style.symbols.warning, .warning)
        }
    }

    /// What was expected of each stage and what it took: `train  12 min  took 13 min  ×1.08  p90 of 23 runs`.
    func estimates() -> [String] {
        var table = TextTable([
            .init("", minimum: 8), .init("", .right), .init("", .right), .init("", .right), .init(""),
        ])
        for stage in record.stages {
            guard let estimate = stage.estimate, let actual = stage.actual else { continue }
            let ratio = actual / max(estimate.duration.inSeconds, 0.001)
            table.append([
                StyledText(stage.name, .quiet), StyledText(HumanUnits.duration(estimate.duration)),
                StyledText("took " + HumanUnits.duration(actual)),
                StyledText(HumanUnits.factor(ratio), ratio > 1 ? .warning : .quiet),
                StyledText(EstimateText.source(estimate), .quiet),
            ])
        }
        return titled("estimates", table)
    }

    /// What the run used of its limits, and what else was measured.
    func usage() -> [String] {
        var table = TextTable([.init(""), .init("", .right), .init(""), .init("", .right)])
        var used = record.usage
        if let wall = record.wall { used["wall"] = Amount(billionths: Int128((wall * 1e9).rounded())) }
        let limits = record.runLimits
        for limit in limits { table.append(row(limit, used: used[limit.resource] ?? .zero)) }
        let limited = Set(limits.map(\.resource))
        for (resource, amount) in used.sorted(by: { $0.key < $1.key }) where !limited.contains(resource) {
            guard resource != "wall", amount != .zero else { continue }
            table.append([StyledText(resource), StyledText(HumanUnits.amount(amount, of: resource)), .empty, .empty])
        }
        return titled("used", table)
    }

    private func row(_ limit: GateDecision.Limit, used: Amount) -> [StyledText] {
        let isOver = used > limit.limit
        let share = limit.limit > .zero ? HumanUnits.percent(used.doubleValue / limit.limit.doubleValue) : ""
        return [
            StyledText(limit.resource),
            StyledText(HumanUnits.amount(used, of: limit.resource), isOver ? .bad : .plain),
            StyledText("of " + HumanUnits.amount(limit.limit, of: limit.resource)),
            StyledText(share, isOver ? .bad : .quiet),
        ]
    }

    /// The last failure of every stage that did not end well, with what it left behind.
    func errors() -> [String] {
        let blocks = record.stages.compactMap { stage -> [StyledText]? in
            guard let end = stage.end, !end.outcome.isGood, end.outcome != .skipped else { return nil }
            return failure(of: stage, end, stage.lastEnded)
        }
        return Array(blocks.map { $0.rendered(style, width: max(width, 40)) }.joined(separator: [""]))
    }

    private func failure(
        of stage: RunRecord.Stage, _ end: RunEvent.StageEnd, _ attempt: RunRecord.Attempt?
    ) -> [StyledText] {
        let result = attempt?.ended?.result
        var head = OutcomeText.text(end.outcome, style: style) + "  " + StyledText(stage.name, .strong)
        if let attempt { head += StyledText(", attempt \(attempt.started.number)") }
        let ending = result?.signal ?? result?.exit.map { "exit \($0)" }
        if let ending { head += StyledText(", \(ending)") }
        var lines = [head]
        if let reason = end.reason ?? result?.reason { lines.append("  " + StyledText(reason)) }
        if let error = result?.error, error.message != end.reason { lines.append("  " + StyledText(error.message)) }
        guard let error = result?.error else { return lines }
        lines.append("  " + StyledText("\(error.errorClass.rawValue) \(style.symbols.separator) \(error.code)", .quiet))
        if let hint = error.hint { lines.append("  " + StyledText("hint: ", .active) + StyledText(hint)) }
        return lines + tail(error)
    }

    private func tail(_ error: AttemptError) -> [StyledText] {
        let gutter = "  " + StyledText(style.symbols.gutter + " ", .quiet)
        let stderr = error.stderr.flatMap(SafeText.lines).map { gutter + StyledText($0) }
        let last = error.lastLine.map { ["  " + StyledText("last line: ", .quiet) + StyledText($0)] } ?? []
        return stderr + last
    }
}
