import SluiceModel

/// The cells of one stage in the live view: sign and name, what it does, a metric, the time, the profile.
struct LiveRow {
    let now: Timestamp
    let style: Style

    private static let barWidth = 20
    private static let spinnerMilliseconds: Int64 = 100

    func cells(_ stage: RunRecord.Stage, _ phase: LiveState.Phase, _ activity: LiveState.Activity?) -> [StyledText] {
        let profile = StyledText(stage.attempts.isEmpty ? "" : stage.profile ?? "", .quiet)
        switch phase {
        case .ended(let outcome):
            let sign = StyledText(OutcomeText.symbol(outcome, style: style), OutcomeText.paint(outcome))
            let time = stage.attempts.isEmpty ? StyledText.empty : StyledText(HumanUnits.clock(stage.wall), .quiet)
            return [name(stage, sign), ending(stage, outcome), metric(stage), time, profile]
        case .running(let since):
            let sign = StyledText(spinner, .active)
            let time = StyledText(HumanUnits.clock(now.seconds(since: since)))
            return [name(stage, sign, .strong), doing(stage, activity), metric(activity), time, profile]
        case .queued(let since):
            let sign = StyledText(style.symbols.waiting)
            let time = StyledText(HumanUnits.clock(now.seconds(since: since)), .quiet)
            return [name(stage, sign), StyledText(queue(stage), .quiet), .empty, time, profile]
        case .retrying(let time):
            let sign = StyledText(style.symbols.warning, .warning)
            let left = HumanUnits.duration(max(0, time.seconds(since: now).rounded(.up)))
            return [name(stage, sign), StyledText("tries again in \(left)", .warning), .empty, .empty, profile]
        case .ready:
            return [name(stage, StyledText(style.symbols.ready)), "ready", .empty, .empty, .empty]
        case .waiting(let names):
            let sign = StyledText(style.symbols.waiting, .quiet)
            return [name(stage, sign, .quiet), StyledText("after \(some(names))", .quiet), .empty, .empty, .empty]
        }
    }

    private func queue(_ stage: RunRecord.Stage) -> String {
        guard let attempt = stage.queued else { return "" }
        return "in \(QueueText.place(attempt))" + (QueueText.reason(attempt).map { ": \($0)" } ?? "")
    }

    func folded(_ symbol: String, _ text: String, paint: Style.Paint) -> [StyledText] {
        [StyledText(symbol + " " + text, paint), .empty, .empty, .empty, .empty]
    }

    private var spinner: String {
        let frames = style.symbols.spinner
        let step = now.milliseconds / Self.spinnerMilliseconds % Int64(frames.count)
        return frames[Int(step.magnitude)]
    }

    private func name(_ stage: RunRecord.Stage, _ sign: StyledText, _ paint: Style.Paint = .plain) -> StyledText {
        sign + " " + StyledText(stage.name, paint)
    }

    private func ending(_ stage: RunRecord.Stage, _ outcome: Outcome) -> StyledText {
        let reason = stage.end?.reason ?? stage.attempts.last?.ended?.result.error?.message
        let text = OutcomeText.word(outcome) + (outcome.isGood ? "" : reason.map { ": \($0)" } ?? "")
        return StyledText(text, outcome == .succeeded ? .quiet : OutcomeText.paint(outcome))
    }

    private func doing(_ stage: RunRecord.Stage, _ activity: LiveState.Activity?) -> StyledText {
        let tries = StyledText(stage.attempts.count > 1 ? "attempt \(stage.attempts.count)  " : "", .warning)
        guard let progress = activity?.progress else { return tries + StyledText("running", .quiet) }
        return tries + bar(progress) + StyledText(progress.message.map { "  \($0)" } ?? "", .quiet)
    }

    /// A bar with its share where the total is known, else what is done.
    private func bar(_ progress: LiveState.Activity.Progress) -> StyledText {
        let unit = progress.unit.map { " " + $0 } ?? ""
        let done = HumanUnits.metric(progress.done)
        guard let total = progress.total, total > 0, total.isFinite, progress.done.isFinite else {
            return StyledText(done + unit)
        }
        let share = min(1, max(0, progress.done / total))
        let full = Int(share * Double(Self.barWidth))
        let percent = DecimalText.fixed((share * 100).rounded(.down), places: 0) + "%"
        let padding = String(repeating: " ", count: 4 - percent.count)
        return StyledText(String(repeating: style.symbols.barFull, count: full), .active)
            + StyledText(String(repeating: style.symbols.barEmpty, count: Self.barWidth - full), .quiet)
            + StyledText(" \(padding)\(percent)") + StyledText("  \(done)/\(HumanUnits.metric(total))\(unit)", .quiet)
    }

    private func metric(_ activity: LiveState.Activity?) -> StyledText {
        activity?.metric.map { pair($0.name, $0.value) } ?? .empty
    }

    private func metric(_ stage: RunRecord.Stage) -> StyledText {
        stage.mainMetrics.first.map { pair($0.name, $0.value) } ?? .empty
    }

    private func pair(_ name: String, _ value: Double) -> StyledText {
        StyledText(name + " ", .quiet) + StyledText(HumanUnits.metric(value))
    }

    private func some(_ names: [String]) -> String {
        names.count <= 2 ? names.joined(separator: ", ") : "\(names[0]) and \(names.count - 1) more"
    }
}
