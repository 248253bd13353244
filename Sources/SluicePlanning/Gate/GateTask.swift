import BudgetOptimizer
import SluiceModel

/// A plan, or what is left of one, as a problem for the optimizer, with the way back to names and units.
struct GateTask {
    /// Stages keep their indices; those that cost nothing any more have one empty profile.
    let problem: GateProblem
    /// By stage: the index in the plan of each profile of the problem.
    let profiles: [[Int]]
    /// Limits of the run and of its accounts.
    let budgets: [BudgetLine]
    let capacities: [CapacityLine]
    let grid: TimeGrid
    let progress: RunProgress
    let costScale: GateScale
    let penaltyScale: GateScale

    /// A limit, in its own units.
    struct BudgetLine {
        var limit: ScopedLimit
        var scale: GateScale
    }

    /// Something that running stages share.
    struct CapacityLine {
        /// `cpus`, `custom.licence_x`, `max_parallel.train`
        var resource: String
        /// The executor whose pool it is; nil: the local one.
        var pool: String?
        var amount: Amount
        var scale: GateScale

        /// `cpus`, `gpu-nodes.cpus`
        var name: String { pool.map { "\($0).\(resource)" } ?? resource }
    }
}
