/// The independent checker of schedules: precedence, capacity at every instant, totals, releases, deadlines, modes.
/// It shares no code with the solvers and sums in 128 bits.
package enum ProjectChecker {
    package enum Violation: Sendable, Equatable {
        case incomplete
        case unknownMode(activity: Int)
        case startsTooEarly(activity: Int)
        case endsTooLate(activity: Int)
        case precedence(before: Int, after: Int)
        case renewable(resource: Int, tick: Int)
        case nonrenewable(resource: Int)
    }

    /// Everything that the schedule breaks; `mode` counts from 0.
    package static func violations(_ problem: ProjectProblem, start: [Int], mode: [Int]) -> [Violation] {
        let count = problem.activities.count
        guard start.count == count, mode.count == count else { return [.incomplete] }
        for (index, activity) in problem.activities.enumerated() where !activity.modes.indices.contains(mode[index]) {
            return [.unknownMode(activity: index)]
        }
        let modes = zip(problem.activities, mode).map { $0.modes[$1] }
        let end = zip(start, modes).map { Int128($0) + Int128($1.duration) }
        return order(problem, start, end) + renewable(problem, modes, start, end) + totals(problem, modes)
    }

    private static func order(_ problem: ProjectProblem, _ start: [Int], _ end: [Int128]) -> [Violation] {
        var found: [Violation] = []
        for (index, activity) in problem.activities.enumerated() {
            if start[index] < max(0, activity.release) { found.append(.startsTooEarly(activity: index)) }
            if let deadline = activity.deadline, end[index] > Int128(deadline) {
                found.append(.endsTooLate(activity: index))
            }
            for successor in activity.successors where Int128(start[successor]) < end[index] {
                found.append(.precedence(before: index, after: successor))
            }
        }
        return found
    }

    private static func renewable(
        _ problem: ProjectProblem, _ modes: [ProjectProblem.Mode], _ start: [Int], _ end: [Int128]
    ) -> [Violation] {
        var found: [Violation] = []
        for (resource, capacity) in problem.renewable.enumerated() {
            var steps: [(tick: Int, change: Int)] = []
            for (index, mode) in modes.enumerated() where mode.renewable[resource] > 0 {
                if mode.renewable[resource] > capacity {
                    found.append(.renewable(resource: resource, tick: start[index]))
                }
                guard mode.duration > 0 else { continue }
                steps.append((start[index], mode.renewable[resource]))
                steps.append((Int(clamping: end[index]), -mode.renewable[resource]))
            }
            steps.sort { $0.tick == $1.tick ? $0.change < $1.change : $0.tick < $1.tick }
            var held: Int128 = 0
            for step in steps {
                held += Int128(step.change)
                if held > Int128(capacity) {
                    found.append(.renewable(resource: resource, tick: step.tick))
                    break
                }
            }
        }
        return found
    }

    private static func totals(_ problem: ProjectProblem, _ modes: [ProjectProblem.Mode]) -> [Violation] {
        problem.nonrenewable.indices.filter { resource in
            modes.reduce(Int128(0)) { $0 + Int128($1.nonrenewable[resource]) } > Int128(problem.nonrenewable[resource])
        }.map { .nonrenewable(resource: $0) }
    }
}
