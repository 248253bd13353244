/// What the gate decides: for every stage one profile and a start time, under budgets, capacities and a deadline.
///
/// Amounts are `Int64` in a scale that the caller chooses per resource, times are ticks of a grid that the caller
/// chooses. Every limit is an upper bound that may be reached exactly.
package struct GateProblem: Sendable, Equatable {
    /// A named budget (spent over the whole plan) or capacity (held at every instant).
    package struct Limit: Sendable, Equatable {
        package var name: String
        package var amount: Int64

        package init(name: String, amount: Int64) {
            self.name = name
            self.amount = amount
        }
    }

    /// The ticks between which a stage must lie entirely.
    package struct Window: Sendable, Equatable {
        package var earliestStart: Int
        package var latestEnd: Int

        package init(earliestStart: Int, latestEnd: Int) {
            self.earliestStart = earliestStart
            self.latestEnd = latestEnd
        }
    }

    /// One way to run a stage.
    package struct Profile: Sendable, Equatable {
        package var name: String
        package var duration: Int
        /// What it spends, by budget index.
        package var use: [Int64]
        /// What it holds while it runs, by capacity index. A request above a capacity never fits, however short.
        package var demand: [Int64]
        package var penalty: Int64
        package var cost: Int64
        package var isDegraded: Bool

        package init(
            name: String, duration: Int, use: [Int64] = [], demand: [Int64] = [], penalty: Int64 = 0,
            cost: Int64 = 0, isDegraded: Bool = false
        ) {
            self.name = name
            self.duration = duration
            self.use = use
            self.demand = demand
            self.penalty = penalty
            self.cost = cost
            self.isDegraded = isDegraded
        }
    }

    /// A stage with its profiles in order of preference; the order only breaks ties.
    package struct Stage: Sendable, Equatable {
        package var name: String
        /// Indices of the stages that must end before this one starts.
        package var needs: [Int]
        package var window: Window?
        package var profiles: [Profile]

        package init(name: String, needs: [Int] = [], window: Window? = nil, profiles: [Profile]) {
            self.name = name
            self.needs = needs
            self.window = window
            self.profiles = profiles
        }
    }

    /// A level of the lexicographic objective; all are minimised.
    package enum Goal: String, Sendable, Equatable, CaseIterable {
        case penalty, cost, makespan
    }

    package var stages: [Stage]
    package var budgets: [Limit]
    package var capacities: [Limit]
    /// The tick at or before which the last stage ends.
    package var deadline: Int?
    package var objective: [Goal]

    package init(
        stages: [Stage], budgets: [Limit] = [], capacities: [Limit] = [], deadline: Int? = nil,
        objective: [Goal] = [.penalty, .cost, .makespan]
    ) {
        self.stages = stages
        self.budgets = budgets
        self.capacities = capacities
        self.deadline = deadline
        self.objective = objective
    }
}
