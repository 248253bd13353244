import BudgetOptimizer
import SluiceModel

/// When what is left of a run is expected to start and to end, and who goes first: made anew when reality has drifted
/// from it. It decides an order, never whether something may run.
package struct RunSchedule: Sendable, Equatable {
    /// By stage, when it ends, in milliseconds from when it was made; nil for what has ended or does not run.
    private let ends: [Int?]
    private let span: Int
    /// Stages that have not started, the first to go first.
    package let order: [Int]
    /// Whether the first without room is promised a place.
    package let keepsPlaces: Bool

    /// nil where no order would matter, because everything that is left fits in at once, or where there are too many
    /// stages to plan them while they wait. `current` is the order that holds, of all stages.
    package init?(of plan: Plan, progress: RunProgress, current: [Int], seed: UInt64) {
        let left = plan.stages.indices.filter {
            plan.stages[$0].isMandatory && !progress.ended.contains($0) && !plan.stages[$0].profiles.isEmpty
        }
        guard left.count(where: { progress.running[$0] == nil }) > 1, left.count <= DispatchSearch.mostTasks else {
            return nil
        }
        guard Self.isWorthwhile(left.map { Self.profile(plan.stages[$0], progress.running[$0]) }) else { return nil }
        let places = Dictionary(uniqueKeysWithValues: left.enumerated().map { ($1, $0) })
        let problem = Self.problem(plan, progress, left, places)
        guard problem.isContended else { return nil }
        let schedule = DispatchSearch.plan(problem, current: current.compactMap { places[$0] }, seed: seed)
        ends = plan.stages.indices.map { stage in
            places[stage].map { schedule.start[$0] + problem.tasks[$0].duration }
        }
        span = schedule.makespan
        keepsPlaces = schedule.keepsPlaces
        order = schedule.order.map { left[$0] }.filter { progress.running[$0] == nil }
    }

    /// Milliseconds of expected work below which no order is worth its search, which takes some milliseconds.
    private static let leastWork: Int64 = 60_000

    /// Whether there is enough to do, and something is known of how long it takes.
    private static func isWorthwhile(_ profiles: [Plan.PricedProfile]) -> Bool {
        let isKnown = profiles.contains { $0.estimate.source != .default }
        var work: Int64 = 0
        for profile in profiles {
            work = work.addingReportingOverflow(profile.estimate.duration.wholeMilliseconds).partialValue
            if work >= leastWork { return isKnown }
        }
        return false
    }

    private static func problem(
        _ plan: Plan, _ progress: RunProgress, _ left: [Int], _ places: [Int: Int]
    ) -> DispatchProblem {
        let table = CapacityTable(plan)
        let tasks = left.map { index in
            let (stage, running) = (plan.stages[index], progress.running[index])
            let profile = Self.profile(stage, running)
            return DispatchProblem.Task(
                duration: remaining(profile, running),
                demand: table.demand(of: profile.request, by: stage),
                needs: table.needs[index].compactMap { places[$0] }, isRunning: running != nil)
        }
        return DispatchProblem(
            tasks: tasks, capacities: table.lines.map { $0.scale.roundingDown($0.amount) })
    }

    private static func profile(_ stage: Plan.Stage, _ running: RunProgress.Running?) -> Plan.PricedProfile {
        stage.profiles[running?.profile ?? stage.chosen ?? 0]
    }

    /// Milliseconds for which an attempt, `nil` one that starts now, is expected to hold what it was granted.
    package static func remaining(_ profile: Plan.PricedProfile, _ attempt: RunProgress.Running? = nil) -> Int {
        // A year, so that sums over the stages of a plan stay whole numbers.
        let longest: Int64 = 366 * 24 * 3_600_000
        return DispatchProblem.remaining(
            expected: Int(min(longest, profile.time.wholeMilliseconds)),
            elapsed: Int(min(longest, max(0, attempt?.passed(of: profile).wholeMilliseconds ?? 0))))
    }

    /// How far the end of a stage, `actual` milliseconds after the schedule was made, or that it has not come by
    /// then, shows that the schedule does not hold, in words; nil while it does.
    package func drift(of stage: Int, actual: Int, hasEnded: Bool) -> String? {
        guard let planned = ends[stage],
            Drift.isTooFar(planned: planned, actual: actual, span: span, hasEnded: hasEnded)
        else { return nil }
        let off = DurationText.short(milliseconds: Int64(abs(actual - planned)))
        return hasEnded ? "ended \(off) \(actual < planned ? "before" : "after") its time" : "is \(off) over its time"
    }

    /// Milliseconds from when it was made after which a stage that still runs is too late.
    package func latestEnd(of stage: Int) -> Int? { ends[stage].map { $0 + Drift.allowance(span: span) + 1 } }
}
