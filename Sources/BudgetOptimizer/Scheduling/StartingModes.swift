/// A mode per activity that keeps every non-renewable total.
enum StartingModes {
    /// About ten milliseconds; only the first choice matters, not the best one.
    private static let work = 3_000_000

    /// The short modes that the totals allow; nil when no choice keeps them, or (not proved) when none was found.
    static func find(_ prepared: PreparedProject) -> (modes: [Int]?, isProved: Bool) {
        let problem = prepared.problem
        guard problem.isMultiMode else {
            let fits = problem.nonrenewable.indices.allSatisfy { total in
                problem.activities.reduce(0) { $0 + $1.modes[0].nonrenewable[total] } <= problem.nonrenewable[total]
            }
            return (fits ? problem.activities.map { _ in 0 } : nil, true)
        }
        var selection = SelectionProblem(limits: problem.nonrenewable.map { Int64($0) })
        for activity in problem.activities {
            for mode in activity.modes {
                selection.cost.append(Int64(mode.duration))
                selection.use += mode.nonrenewable.map { Int64($0) }
            }
            selection.offsets.append(selection.cost.count)
        }
        let outcome = SelectionSearch.solve(selection, work: work)
        guard !outcome.items.isEmpty || problem.activities.isEmpty else { return (nil, outcome.isProved) }
        return (outcome.items.enumerated().map { $0.element - selection.offsets[$0.offset] }, true)
    }
}
