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

    /// One walk through all starts, each after the ends up to it: what is held may never be above a capacity.
    private static func renewable(
        _ problem: ProjectProblem, _ modes: [ProjectProblem.Mode], _ start: [Int], _ end: [Int128]
    ) -> [Violation] {
        let lasting = modes.indices.filter { modes[$0].duration > 0 }
        let starts = lasting.sorted { start[$0] < start[$1] }
        let ends = lasting.sorted { end[$0] < end[$1] }
        var held = [Int128](repeating: 0, count: problem.renewable.count)
        var tooMuch = firstAboveCapacity(problem, modes, start)
        var ended = 0
        for index in starts {
            while end[ends[ended]] <= start[index] {
                for (resource, amount) in modes[ends[ended]].renewable.enumerated() { held[resource] -= Int128(amount) }
                ended += 1
            }
            for (resource, amount) in modes[index].renewable.enumerated() {
                held[resource] += Int128(amount)
                guard held[resource] > Int128(problem.renewable[resource]) else { continue }
                tooMuch[resource] = tooMuch[resource] ?? start[index]
            }
        }
        return tooMuch.enumerated().compactMap { resource, tick in
            tick.map { .renewable(resource: resource, tick: $0) }
        }
    }

    /// By resource, the start of an activity that alone asks for more than there is, however short it is.
    private static func firstAboveCapacity(
        _ problem: ProjectProblem, _ modes: [ProjectProblem.Mode], _ start: [Int]
    ) -> [Int?] {
        problem.renewable.indices.map { resource in
            modes.indices.first { modes[$0].renewable[resource] > problem.renewable[resource] }.map { start[$0] }
        }
    }

    private static func totals(_ problem: ProjectProblem, _ modes: [ProjectProblem.Mode]) -> [Violation] {
        problem.nonrenewable.indices.filter { resource in
            modes.reduce(Int128(0)) { $0 + Int128($1.nonrenewable[resource]) } > Int128(problem.nonrenewable[resource])
        }.map { .nonrenewable(resource: $0) }
    }
}
