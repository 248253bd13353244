import BudgetOptimizer
import SluiceModel

/// What the plan would cost under other values of a limit.
package struct GateFileWhatIf: Sendable {
    package var limit: String
    package var value: Amount
    /// nil: refused.
    package var objective: GateDecision.Objective?
    package var isProved: Bool

    /// Limits that are looked at; of more, the first.
    private static let mostLimits = 2
    private static let percents: [Int128] = [90, 100, 110, 125, 150]
    /// A curve is worth less than the decision.
    private static let effort = GateEffort(nodes: 2_000, schedules: 40)

    /// Around the limits in conflict, or, where it fits, around the first budgets: what less or more of them brings.
    package static func curve(_ task: GateFileTask, _ answer: GateAnswer) -> [GateFileWhatIf] {
        let mended = answer.fixes.filter { $0.to != nil }
        let limits: [GateAnswer.LimitName]
        if case .refuse = answer.verdict {
            limits = mended.map(\.limit)
        } else {
            limits = task.file.budgets.indices.map { .budget($0) } + (task.file.deadline == nil ? [] : [.deadline])
        }
        return limits.prefix(mostLimits).flatMap { limit in
            curve(task, limit, fix: mended.first { $0.limit == limit }?.to)
        }
    }

    private static func curve(_ task: GateFileTask, _ limit: GateAnswer.LimitName, fix: Int64?) -> [GateFileWhatIf] {
        let stated = task.stated(limit)
        var values = percents.map { Amount(billionths: stated.billionths * $0 / 100) }
        if let fix { values.append(task.amount(fix, of: limit)) }
        values = Set(values).sorted()
        let scaled = values.map { task.scaled($0, of: limit) }
        guard let points = try? Gate.whatIf(task.problem, limit: limit, values: scaled, effort: effort) else {
            return []
        }
        return zip(values, points).map { value, point in
            GateFileWhatIf(
                limit: task.name(of: limit), value: value, objective: point.objective.map(task.objective),
                isProved: point.isProved)
        }
    }
}
