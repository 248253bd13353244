import BudgetOptimizer
import SluiceModel

extension GateTask {
    /// A value of a goal in its own unit: penalty, money, seconds.
    func value(_ scaled: Int64, _ goal: GateProblem.Goal?) -> Double {
        switch goal {
        case .penalty: penaltyScale.amount(scaled).doubleValue
        case .cost: costScale.amount(scaled).doubleValue
        case .makespan: grid.seconds(Int(scaled))
        case nil: 0
        }
    }

    /// `cost`, `deadline`, `capacity:memory`
    func name(of limit: GateAnswer.LimitName) -> String {
        switch limit {
        case .budget(let index): budgets[index].limit.name
        case .capacity(let index): "capacity:\(capacities[index].name)"
        case .deadline, .window: "deadline"
        }
    }

    /// The resource whose unit a limit has: hours, bytes, seconds.
    func resource(of limit: GateAnswer.LimitName) -> String {
        switch limit {
        case .budget(let index): budgets[index].limit.resource.rawValue
        case .capacity(let index): capacities[index].resource
        case .deadline, .window: "wall"
        }
    }

    func amount(_ scaled: Int64, of limit: GateAnswer.LimitName) -> Amount {
        switch limit {
        case .budget(let index): budgets[index].scale.amount(scaled)
        case .capacity(let index): capacities[index].scale.amount(scaled)
        case .deadline, .window: grid.amount(scaled)
        }
    }

    /// A limit as the pipeline or the pool states it, and what of it is taken already.
    func stated(_ limit: GateAnswer.LimitName, in plan: Plan) -> (limit: Amount, taken: Amount) {
        switch limit {
        case .budget(let index):
            let limit = budgets[index].limit
            return (limit.limit, limit.used + limit.reserved)
        case .capacity(let index): return (capacities[index].amount, .zero)
        case .deadline, .window:
            let elapsed = Int128(progress.elapsed.wholeMilliseconds)
            return (plan.wallLimit ?? .zero, Amount(billionths: elapsed * Amount.unit / 1000))
        }
    }
}
