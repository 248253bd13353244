/// A validated project without modes that can never be used, with releases as lead-in activities.
struct PreparedProject {
    /// Activities of the given project first, in its order; lead-ins follow.
    let problem: ProjectProblem
    let order: [Int]
    /// Of the prepared problem; without meaning where an activity is impossible.
    let bounds: ProjectBounds
    /// By activity, the given numbers of the modes that are left.
    let modeNumbers: [[Int]]
    /// An activity without a usable mode, where there is one.
    let impossible: Int?

    init(_ given: ProjectProblem) throws(ProjectProblemError) {
        let givenOrder = try given.validatedOrder()
        var problem = given
        let only = [0]
        var numbers = given.activities.map { $0.modes.count == 1 ? only : Array($0.modes.indices) }
        Self.dropModes(&problem, &numbers)
        impossible = problem.activities.firstIndex { $0.modes.isEmpty }
        for (index, activity) in given.activities.enumerated() where activity.release > 0 {
            let wait = ProjectProblem.Mode(
                duration: activity.release, renewable: given.renewable.map { _ in 0 },
                nonrenewable: given.nonrenewable.map { _ in 0 })
            problem.activities.append(.init(modes: [wait], successors: [index]))
            problem.activities[index].release = 0
            numbers.append([0])
        }
        self.problem = problem
        modeNumbers = numbers
        let hasLeadIns = problem.activities.count > given.activities.count
        order = impossible == nil ? (hasLeadIns ? try problem.validatedOrder() : givenOrder) : []
        bounds = ProjectBounds(problem, order: order)
    }

    /// Drops modes above a capacity, modes that no choice of the others can pay for, and dominated modes (Sprecher,
    /// Hartmann and Drexl 1997), until nothing changes.
    private static func dropModes(_ problem: inout ProjectProblem, _ numbers: inout [[Int]]) {
        var isChanged = !allModesMatter(problem)
        while isChanged {
            isChanged = false
            let least = problem.nonrenewable.indices.map { total in
                problem.activities.map { $0.modes.map { $0.nonrenewable[total] }.min() ?? 0 }
            }
            let sums = least.map { $0.reduce(0, +) }
            for index in problem.activities.indices {
                let modes = problem.activities[index].modes
                let kept = modes.indices.filter { number in
                    let mode = modes[number]
                    let fits = zip(mode.renewable, problem.renewable).allSatisfy { $0 <= $1 }
                    let isPayable = problem.nonrenewable.indices.allSatisfy {
                        sums[$0] - least[$0][index] + mode.nonrenewable[$0] <= problem.nonrenewable[$0]
                    }
                    return fits && isPayable && !isDominated(number, modes)
                }
                guard kept.count < modes.count else { continue }
                isChanged = true
                problem.activities[index].modes = kept.map { modes[$0] }
                numbers[index] = kept.map { numbers[index][$0] }
                if kept.isEmpty { return }
            }
        }
    }

    /// The common case: one mode each, which fits.
    private static func allModesMatter(_ problem: ProjectProblem) -> Bool {
        guard problem.nonrenewable.isEmpty else { return false }
        for activity in problem.activities {
            guard activity.modes.count == 1 else { return false }
            for (resource, amount) in activity.modes[0].renewable.enumerated()
            where amount > problem.renewable[resource] { return false }
        }
        return true
    }

    private static func isDominated(_ number: Int, _ modes: [ProjectProblem.Mode]) -> Bool {
        let mode = modes[number]
        return modes.indices.contains { other in
            let rival = modes[other]
            guard other != number, rival.duration <= mode.duration else { return false }
            let isLess =
                zip(rival.renewable, mode.renewable).allSatisfy { $0 <= $1 }
                && zip(rival.nonrenewable, mode.nonrenewable).allSatisfy { $0 <= $1 }
            return isLess && (rival != mode || other < number)
        }
    }
}
