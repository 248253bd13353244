import BudgetOptimizer

/// `sluice optimize schedule --json`: modes count from 1, as in files.
struct ScheduleJSON: Encodable {
    private let schema = "sluice.schedule/v1"
    private let status: String
    private let makespan: Int?
    private let lowerBound: Int
    private let boundMethod: String
    private let start, mode: [Int]
    /// By activity, the name of its mode's pool; left out where the project has no pools.
    private let pool: [String?]?
    private let method: String
    private let schedules: Int
    private let cpuSeconds: Double
    private let seed: UInt64
    /// Why an infeasible project is, where that is simple to say.
    private let explanation: [String]

    init(
        _ problem: ProjectProblem, _ answer: ProjectAnswer, _ reasons: [String], cpuSeconds: Double, seed: UInt64
    ) {
        status = answer.status.rawValue
        makespan = answer.makespan
        lowerBound = answer.lowerBound
        boundMethod = answer.boundMethod
        start = answer.start
        mode = answer.mode.map { $0 + 1 }
        pool =
            problem.pools.isEmpty
            ? nil
            : zip(problem.activities, answer.mode).map { activity, mode in
                activity.modes[mode].pool.map { problem.pools[$0] }
            }
        method = answer.method
        schedules = answer.schedules
        self.cpuSeconds = cpuSeconds
        self.seed = seed
        explanation = reasons
    }

    private enum Keys: String, CodingKey {
        case schema, status, makespan, start, mode, pool, method, schedules, seed, explanation
        case lowerBound = "lower_bound"
        case boundMethod = "bound_method"
        case cpuSeconds = "cpu_s"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(schema, forKey: .schema)
        try container.encode(status, forKey: .status)
        try container.encode(makespan, forKey: .makespan)
        try container.encode(lowerBound, forKey: .lowerBound)
        try container.encode(boundMethod, forKey: .boundMethod)
        try container.encode(start, forKey: .start)
        try container.encode(mode, forKey: .mode)
        try container.encodeIfPresent(pool, forKey: .pool)
        try container.encode(method, forKey: .method)
        try container.encode(schedules, forKey: .schedules)
        try container.encode(cpuSeconds, forKey: .cpuSeconds)
        try container.encode(seed, forKey: .seed)
        try container.encode(explanation, forKey: .explanation)
    }
}
