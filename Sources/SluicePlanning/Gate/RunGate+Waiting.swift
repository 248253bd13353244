import BudgetOptimizer
import SluiceModel

extension RunGate {
    /// A refusal as a wait, where what is missing is only taken by others: it fits as soon as runs have ended or
    /// windows have rolled over. nil where it never fits, or where the pipeline does not want to wait.
    static func waiting(
        _ builder: GateTaskBuilder, instead refusal: GateDecision, _ alternatives: [String] = []
    ) -> GateDecision? {
        let plan = builder.plan
        guard plan.hasSharedAccounts, plan.pipeline.budget.onExceed != .refuse else { return nil }
        var later = builder
        later.view = .eventually
        let task = later.build()
        guard let answer = try? Gate.decide(task.problem), isSound(answer, task) else { return nil }
        let limits = LimitTable.limits(of: plan, task, answer, view: .now)
        var decision = refusal
        decision.verdict = .wait
        decision.reason = nil
        decision.limits = limits
        let wait = WaitText(plan: plan, limits: limits)
        decision.holders = wait.holders
        decision.until = wait.until
        decision.explanation = Array((wait.lines + alternatives).prefix(4))
        return decision
    }
}

/// Who holds what a run waits for, and when there may be room again.
struct WaitText {
    let plan: Plan
    /// With what is asked.
    let limits: [GateDecision.Limit]

    /// Limits of accounts that have no room now.
    private var short: [(limit: GateDecision.Limit, line: AccountStanding.Line)] {
        limits.compactMap { limit in
            let standing = plan.accounts.first { $0.account.name == limit.scope && $0.account.window.isShared }
            guard !limit.hasRoom,
                let line = standing?.lines.first(where: { $0.limit.resource.rawValue == limit.resource })
            else { return nil }
            return (limit, line)
        }
    }

    var holders: [GateDecision.Holder] {
        short.flatMap { limit, line in
            line.holders.map {
                GateDecision.Holder(
                    run: $0.run, pipeline: $0.pipeline, scope: limit.scope, resource: limit.resource,
                    amount: $0.amount, until: $0.ends)
            }
        }
    }

    /// The soonest moment at which all of it may fit; nil where nobody can say.
    var until: Timestamp? {
        let times = short.map { soonest($0.limit, $0.line) }
        guard !times.isEmpty, times.allSatisfy({ $0 != nil }) else { return nil }
        return times.compactMap(\.self).max()
    }

    /// When enough has been given back or has rolled over, if every run gives back all that it holds at its end.
    private func soonest(_ limit: GateDecision.Limit, _ line: AccountStanding.Line) -> Timestamp? {
        let events =
            line.holders.map { ($0.ends, $0.amount) } + line.rollOuts.map { ($0.time, $0.amount) }
        var left = limit.left
        for (time, amount) in events.sorted(by: { $0.0 < $1.0 }) {
            left += amount
            if left >= limit.asked { return time }
        }
        return nil
    }

    var lines: [String] {
        var lines = short.prefix(2).map { limit, line in
            let unit = limit.resource
            return "waits for \(limit.scope).\(unit): \(AmountText.up(limit.asked, unit)) asked, "
                + "\(AmountText.down(max(.zero, limit.left), unit)) left of \(AmountText.stated(limit.limit, unit))"
                + " (\(AmountText.up(line.used, unit)) used, \(AmountText.up(line.reserved, unit)) held)"
        }
        if let held = heldLine { lines.append(held) }
        lines.append(untilLine)
        return lines
    }

    private var heldLine: String? {
        let named = holders.prefix(3).map {
            "run \($0.run) (\($0.pipeline)) holds \(AmountText.up($0.amount, $0.resource)) until about "
                + $0.until.toTheMinute
        }
        let waiting = Set(short.flatMap { $0.line.ahead.map(\.run) }).sorted { $0.number < $1.number }
        let before =
            waiting.isEmpty
            ? [] : ["run \(waiting.prefix(3).map(\.description).joined(separator: ", ")) came before and waits too"]
        let all = named + (holders.count > 3 ? ["\(holders.count - 3) more hold some"] : []) + before
        return all.isEmpty ? nil : all.joined(separator: "; ")
    }

    private var untilLine: String {
        guard let until else { return "there is room when enough of the window has rolled over" }
        let rolls = short.contains { _, line in line.rollOuts.contains { $0.time <= until } }
        return "there may be room at \(until.toTheMinute)" + (rolls ? ", as the window rolls over" : "")
    }
}

extension Timestamp {
    /// `2026-01-31 23:59 UTC`
    var toTheMinute: String {
        let text = description
        return text.prefix(10) + " " + text.dropFirst(11).prefix(5) + " UTC"
    }
}
