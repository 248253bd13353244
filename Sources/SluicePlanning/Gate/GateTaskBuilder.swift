import BudgetOptimizer
import SluiceModel

/// Writes a plan down as whole numbers.
struct GateTaskBuilder {
    let plan: Plan
    var progress = RunProgress()
    /// Only these profiles may be chosen, by stage; the others as their candidates say.
    var only: [Int: [Int]] = [:]
    /// Whether profiles that are marked degraded count.
    var allowsDegraded = true
    /// Whether what is reserved for running attempts is held back.
    var countsReservations = true
    /// Whether what others have taken of accounts counts.
    var view = AccountView.now

    func build() -> GateTask {
        let candidates = plan.stages.indices.map(candidates)
        let demands = CapacityTable(plan)
        let grid = TimeGrid(longest: longestDuration(candidates))
        let lines = budgetLines(candidates)
        let cost = scale(candidates) { $0.use[.cost] ?? .zero }
        let penalty = scale(candidates) { $0.profile.penalty }
        let stages = plan.stages.indices.map { index in
            stage(index, candidates[index], grid: grid, lines: lines, demands: demands, cost: cost, penalty: penalty)
        }
        let problem = GateProblem(
            stages: stages,
            // One that is overdrawn stops what asks for more of it, and nothing else.
            budgets: lines.map { .init(name: $0.limit.name, amount: max(0, $0.scale.roundingDown($0.limit.left))) },
            capacities: demands.lines.map { .init(name: $0.name, amount: $0.scale.roundingDown($0.amount)) },
            deadline: deadline.map(grid.roundingDown),
            objective: plan.pipeline.budget.objective.map(\.goal))
        return GateTask(
            problem: problem, profiles: candidates, budgets: lines, capacities: demands.lines, grid: grid,
            progress: progress,
            costScale: cost, penaltyScale: penalty)
    }

    /// Profiles that may be chosen; none for what costs nothing any more.
    private func candidates(_ index: Int) -> [Int] {
        let stage = plan.stages[index]
        if let running = progress.running[index] { return [running.profile] }
        if let chosen = only[index] { return chosen }
        guard stage.isMandatory, !progress.ended.contains(index) else { return [] }
        return preferred(index)
    }

    /// The profiles of a stage that the budget's policy lets count.
    func preferred(_ index: Int) -> [Int] {
        let stage = plan.stages[index]
        // Without `degrade` only the first profile of each stage counts: run windows never roll over.
        let all = plan.pipeline.budget.onExceed == .degrade ? Array(stage.profiles.indices) : [0]
        let wanted = allowsDegraded ? all : all.filter { !stage.profiles[$0].profile.isDegraded }
        return wanted.isEmpty ? all : wanted
    }

    /// Milliseconds that are left of `limits.wall`.
    private var deadline: Int64? {
        guard let wall = plan.wallLimit else { return nil }
        return max(0, Int64(clamping: wall.billionths / 1_000_000) - progress.elapsed.wholeMilliseconds)
    }

    private func priced(_ candidates: [[Int]]) -> [[Plan.PricedProfile]] {
        zip(plan.stages, candidates).map { stage, indices in indices.map { stage.profiles[$0] } }
    }

    private func longestDuration(_ candidates: [[Int]]) -> Int64 {
        priced(candidates).joined().map(\.time.wholeMilliseconds).max() ?? 0
    }

    private func scale(_ candidates: [[Int]], of amount: (Plan.PricedProfile) -> Amount) -> GateScale {
        let all = priced(candidates)
        let largest = all.reduce(Int128(0)) { $0 + ($1.map { max(0, amount($0).billionths) }.max() ?? 0) }
        return GateScale(all.joined().map(amount), largest: largest)
    }

    private func budgetLines(_ candidates: [[Int]]) -> [GateTask.BudgetLine] {
        plan.scopedLimits(progress, view: view, countsReservations: countsReservations).map { limit in
            GateTask.BudgetLine(limit: limit, scale: scale(candidates) { $0.amount(of: limit.resource) })
        }
    }

    private func stage(
        _ index: Int, _ candidates: [Int], grid: TimeGrid, lines: [GateTask.BudgetLine], demands: CapacityTable,
        cost: GateScale, penalty: GateScale
    ) -> GateProblem.Stage {
        let stage = plan.stages[index]
        let running = progress.running[index]
        let profiles = candidates.map { candidate in
            let profile = stage.profiles[candidate]
            if running == nil, profile.cached != nil {
                return Self.idle(
                    lines, demands, name: profile.profile.name,
                    penalty: penalty.roundingUp(profile.profile.penalty), isDegraded: profile.profile.isDegraded)
            }
            let left = profile.time.wholeMilliseconds - (running?.passed(of: profile).wholeMilliseconds ?? 0)
            return GateProblem.Profile(
                name: profile.profile.name, duration: grid.roundingUp(max(running == nil ? 0 : 1, left)),
                // What runs is charged as a reservation.
                use: lines.map { running == nil ? $0.scale.roundingUp(profile.amount(of: $0.limit.resource)) : 0 },
                demand: demands.demand(of: profile.request, by: stage),
                penalty: running == nil ? penalty.roundingUp(profile.profile.penalty) : 0,
                cost: running == nil ? cost.roundingUp(profile.use[.cost] ?? .zero) : 0,
                isDegraded: profile.profile.isDegraded)
        }
        if running != nil, let now = profiles.first {
            let window = GateProblem.Window(earliestStart: 0, latestEnd: now.duration)
            return GateProblem.Stage(name: stage.name, window: window, profiles: [now])
        }
        return GateProblem.Stage(
            name: stage.name, needs: demands.needs[index],
            profiles: profiles.isEmpty ? [Self.idle(lines, demands)] : profiles)
    }

    /// Takes nothing and no time: what is there already, or does not run.
    private static func idle(
        _ lines: [GateTask.BudgetLine], _ demands: CapacityTable, name: String = "", penalty: Int64 = 0,
        isDegraded: Bool = false
    ) -> GateProblem.Profile {
        GateProblem.Profile(
            name: name, duration: 0, use: lines.map { _ in 0 }, demand: demands.lines.map { _ in 0 },
            penalty: penalty, isDegraded: isDegraded)
    }
}

extension Plan {
    /// `limits.wall`, in seconds.
    var wallLimit: Amount? { pipeline.budget.limits.filter { $0.resource == .wall }.map(\.amount).min() }
}

extension Plan.Stage {
    /// Whether it counts in the gate: not skipped for sure and not there already.
    var isMandatory: Bool { condition != .fails && cache.entry == nil }
}

extension BudgetResource {
    /// Whether it is a sum over stages that is estimated before the run.
    var isSummed: Bool { self != .wall }
}

extension BudgetPolicy.Objective {
    var goal: GateProblem.Goal {
        switch self {
        case .penalty: .penalty
        case .cost: .cost
        case .makespan: .makespan
        }
    }
}
