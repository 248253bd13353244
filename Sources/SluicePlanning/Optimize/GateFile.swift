import BudgetOptimizer
import SluiceModel

/// A gate problem as its JSON file states it: names, exact decimals, seconds.
package struct GateFile: Sendable, Equatable {
    package struct Profile: Sendable, Equatable {
        package var name: String
        package var duration: Amount
        package var use: [String: Amount]
        package var demand: [String: Amount]
        package var penalty: Amount
        package var isDegraded: Bool

        /// Whether or not there is a budget of that name.
        var cost: Amount { use["cost"] ?? .zero }
    }

    package struct Stage: Sendable, Equatable {
        package var name: String
        /// Indices of stages.
        package var needs: [Int]
        /// Earliest start and latest end.
        package var window: (earliest: Amount, latest: Amount)?
        package var profiles: [Profile]

        package static func == (left: Stage, right: Stage) -> Bool {
            left.name == right.name && left.needs == right.needs && left.profiles == right.profiles
                && left.window?.earliest == right.window?.earliest && left.window?.latest == right.window?.latest
        }
    }

    /// A named amount; budgets and capacities keep the order of the file.
    package struct Limit: Sendable, Equatable {
        package var name: String
        package var amount: Amount
    }

    package var stages: [Stage]
    package var budgets: [Limit]
    /// A demand without a capacity of its name has one of nothing here: it can never fit.
    package var capacities: [Limit]
    package var deadline: Amount?
    package var objective: [GateProblem.Goal]
}
