import BudgetOptimizer
import SluiceModel

/// At most four lines for a person: what is short by how much, and what would change that.
struct GateFileExplanation {
    private static let longest = 4

    let task: GateFileTask
    let answer: GateAnswer
    /// Limits to raise together, where no single one mends a refusal; empty where none is known.
    var extra: [GateAnswer.Fix] = []

    var lines: [String] {
        if case .refuse = answer.verdict {
            return Array((shortages.prefix(Self.longest - 1) + fixLine).prefix(Self.longest))
        }
        return Array((degraded.prefix(Self.longest - 1) + [summary]).prefix(Self.longest))
    }

    func unique(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }

    // MARK: Fits

    private var summary: String {
        guard let objective = answer.objective.map(task.objective) else { return "it fits" }
        let makespan = task.seconds(answer.objective?.makespan ?? 0)
        let proof = answer.isProved ? "" : ", perhaps not the best"
        return "fits with penalty \(objective.penalty), cost \(objective.cost), makespan \(makespan) s\(proof)"
    }

    private var degraded: [String] {
        zip(task.file.stages, answer.choice).compactMap { stage, index in
            let chosen = stage.profiles[index]
            guard let best = stage.profiles.min(by: { $0.penalty < $1.penalty }),
                chosen.isDegraded || best.penalty < chosen.penalty
            else { return nil }
            let instead = best.name == chosen.name ? "" : " instead of \(best.name)"
            return "\(stage.name) runs as \(chosen.name)\(instead): penalty \(chosen.penalty)"
                + (chosen.isDegraded ? ", degraded" : "")
        }
    }

    // MARK: Refusal

    var fixes: [GateDecision.Fix] { answer.fixes.map(named) }
    var leastExtra: [GateDecision.Fix] { extra.map(named) }

    private func named(_ fix: GateAnswer.Fix) -> GateDecision.Fix {
        GateDecision.Fix(
            limit: task.name(of: fix.limit), from: task.stated(fix.limit),
            to: fix.to.map { task.amount($0, of: fix.limit) })
    }

    private var shortages: [String] {
        let lines = answer.shortages.map(line)
        if !lines.isEmpty { return lines }
        let windows = answer.conflict.compactMap { limit -> String? in
            if case .window(let stage) = limit { task.file.stages[stage].name } else { nil }
        }
        if !windows.isEmpty {
            let more = windows.count > 4 ? " and \(windows.count - 4) more" : ""
            return ["the windows cannot be kept: \(windows.prefix(4).joined(separator: ", "))\(more)"]
        }
        let names = unique(answer.conflict.map(task.name))
        return [names.isEmpty ? "no plan was found" : names.joined(separator: " and ") + " cannot hold together"]
    }

    /// "compute short by 1 in [2,3): 4 needed, 3 there", "cost: at least 0.31 needed, 0.1 left: 0.21 short"
    private func line(_ shortage: GateAnswer.Shortage) -> String {
        let stated = task.stated(shortage.limit)
        let needed = task.amount(shortage.needed, of: shortage.limit)
        let short = needed - stated
        let stages = shortage.stages.map { "\(task.file.stages[$0].name) \(least($0, shortage.limit))" }
        let most = stages.isEmpty ? "" : "; " + stages.joined(separator: ", ")
        guard case .capacity(let index) = shortage.limit else {
            let unit = shortage.limit == .deadline ? " s" : ""
            return "\(task.name(of: shortage.limit)): at least \(needed)\(unit) needed, \(stated)\(unit) left: "
                + "\(short)\(unit) short" + most
        }
        let place = shortage.interval.map { interval in
            " in [\(task.seconds(interval.lowerBound)),\(task.seconds(interval.upperBound)))"
        }
        return "\(task.file.capacities[index].name) short by \(short)\(place ?? " at any time"): "
            + "\(needed) needed, \(stated) there" + most
    }

    /// What a stage takes at least.
    private func least(_ stage: Int, _ limit: GateAnswer.LimitName) -> Amount {
        let profiles = task.problem.stages[stage].profiles
        let amounts: [Int64]
        switch limit {
        case .budget(let index): amounts = profiles.map { $0.use[index] }
        case .capacity(let index): amounts = profiles.map { $0.demand[index] }
        case .deadline, .window: amounts = profiles.map { Int64($0.duration) }
        }
        return task.amount(amounts.min() ?? 0, of: limit)
    }

    private var fixLine: [String] {
        let mending = fixes.compactMap { fix in fix.to.map { "\(fix.limit) \(fix.from) → \($0)" } }
        if mending.isEmpty {
            let together = leastExtra.compactMap { fix in fix.to.map { "\(fix.limit) \(fix.from) → \($0)" } }
            if !together.isEmpty { return ["fix, all together: " + together.joined(separator: "; ")] }
            return fixes.isEmpty ? [] : ["no single limit alone mends it"]
        }
        return ["fix: " + mending.prefix(3).joined(separator: "; or ")]
    }
}
