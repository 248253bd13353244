import BudgetOptimizer

/// `sluice optimize lp --json`.
struct LinearJSON: Encodable {
    private let schema = "sluice.lp/v1"
    private let status: String
    private let objective: Double?
    private let x, duals, reducedCosts, ray: [String: Double]
    private let ranging: Ranging
    /// Of an infeasible program: whether the ray was checked to prove it.
    private let isProved: Bool?
    private let solver: String
    private let seconds: Double

    /// How far a cost or a row's bound can move before the basis changes; an end without a limit is null.
    private struct Ranging: Encodable {
        var costs: [String: Span] = [:]
        var bounds: [String: Span] = [:]
    }

    private struct Span: Encodable {
        private let range: LinearAnswer.Range

        init(_ range: LinearAnswer.Range) { self.range = range }

        private enum Keys: String, CodingKey {
            case down, up
            case downObjective = "down_objective"
            case upObjective = "up_objective"
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Keys.self)
            try container.encode(Self.finite(range.down), forKey: .down)
            try container.encode(Self.finite(range.downObjective), forKey: .downObjective)
            try container.encode(Self.finite(range.up), forKey: .up)
            try container.encode(Self.finite(range.upObjective), forKey: .upObjective)
        }

        /// HiGHS calls 10^30 infinite.
        private static func finite(_ value: Double) -> Double? { value.magnitude < 1e30 ? value : nil }
    }

    init(_ problem: LinearProblem, _ answer: LinearAnswer, seconds: Double) {
        let columns = problem.columns.map(\.name)
        let rows = problem.rows.map(\.name)
        status = answer.status.rawValue
        objective = answer.objective.flatMap { $0.isFinite ? $0 : nil }
        x = Self.named(columns, answer.x)
        duals = Self.named(rows, answer.duals)
        reducedCosts = Self.named(columns, answer.reducedCosts)
        ray = Self.named(answer.status == .infeasible ? rows : columns, answer.ray)
        ranging = Ranging(
            costs: Self.named(columns, answer.costRanges.map(Span.init)),
            bounds: Self.named(rows, answer.boundRanges.map(Span.init)))
        isProved = answer.status == .infeasible ? problem.isInfeasible(by: answer.ray) || !problem.crossed.isEmpty : nil
        solver = "HiGHS \(answer.version)"
        self.seconds = seconds
    }

    private static func named<Value>(_ names: [String], _ values: [Value]) -> [String: Value] {
        Dictionary(zip(names, values)) { first, _ in first }
    }

    private enum Keys: String, CodingKey {
        case schema, status, objective, x, duals, ray, ranging, solver
        case reducedCosts = "reduced_costs"
        case isProved = "proof_verified"
        case seconds = "time_s"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(schema, forKey: .schema)
        try container.encodeIfPresent(isProved, forKey: .isProved)
        try container.encode(status, forKey: .status)
        try container.encode(objective, forKey: .objective)
        try container.encode(x, forKey: .x)
        try container.encode(duals, forKey: .duals)
        try container.encode(reducedCosts, forKey: .reducedCosts)
        try container.encode(ray, forKey: .ray)
        try container.encode(ranging, forKey: .ranging)
        try container.encode(solver, forKey: .solver)
        try container.encode(seconds, forKey: .seconds)
    }
}

/// `sluice optimize lp --check --json`.
struct LinearCheckJSON: Encodable {
    private let schema = "sluice.lp/v1"
    private let feasible: Bool
    private let objective: Double
    private let violations: [Violation]

    private struct Violation: Encodable {
        let name: String
        let value: Double
        let lower, upper: Double?
        let amount: Double
    }

    init(_ violations: [LinearProblem.Violation], objective: Double) {
        func finite(_ value: Double) -> Double? { value.magnitude < 1e30 ? value : nil }
        feasible = violations.isEmpty
        self.objective = objective
        self.violations = violations.map {
            Violation(
                name: $0.name, value: $0.value, lower: finite($0.lower), upper: finite($0.upper), amount: $0.amount)
        }
    }
}
