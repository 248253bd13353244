/// Translates a gate into selections: profiles become items, budgets, energies and settled goals become rows, and
/// what a row cannot say beforehand (chains against the deadline, capacities over time) is judged choice by choice.
struct GateSelection {
    /// Multiplications that take as long as a stage's share of three passes of schedule generation: what every choice
    /// costs to judge, also when the passes are used up.
    private static let judgementOfStage = 1_500

    let model: GateModel
    /// Profile indices by item.
    private let profileOf: [Int]
    private let stageOf: [Int]
    private let offsets: [Int]
    /// By capacity, the work of all stages with the profiles that hold most for longest.
    private let mostWork: [Int128]
    /// Sums that earlier goals have settled.
    private var settled: [(goal: SearchGoal, most: Int64)] = []
    private(set) var deadline: Int?
    var work: Int
    var passes: Int
    private(set) var nodes = 0
    private(set) var multipliers: [Double] = []

    init(_ model: GateModel, effort: GateEffort) {
        self.model = model
        deadline = model.problem.deadline
        mostWork = Self.mostWork(model.problem)
        work = effort.nodes * 1_600
        passes = effort.schedules
        var offsets = [0]
        var profileOf: [Int] = []
        var stageOf: [Int] = []
        for stage in model.problem.stages.indices {
            let useful = model.undominated(stage)
            profileOf += useful
            stageOf += useful.map { _ in stage }
            offsets.append(profileOf.count)
        }
        self.offsets = offsets
        self.profileOf = profileOf
        self.stageOf = stageOf
    }

    struct Found {
        var choice: [Int]
        var start: [Int]
        var value: Int64
    }

    struct Level {
        var found: Found?
        var bound: Int64
        var isProved: Bool
    }

    mutating func settle(_ goal: SearchGoal, at value: Int64) {
        if goal == .makespan {
            deadline = min(deadline ?? Int.max, Int(value))
        } else {
            settled.append((goal, value))
        }
    }

    // MARK: One goal

    /// The least sum of a goal (nil: any plan will do), with every chain and instant kept. A `pace` below 1 asks for
    /// less work and shorter chains than the deadline allows.
    mutating func minimise(_ goal: SearchGoal?, from incumbent: Found?, pace: Double = 1) -> Level {
        var problem = selection(pace: pace)
        if let goal {
            problem.cost = profileOf.indices.map { model.amount(goal, stageOf[$0], profileOf[$0]) }
        } else {
            problem.cost = [Int64](repeating: 0, count: profileOf.count)
        }
        let items = incumbent.flatMap { self.items(of: $0.choice) }
        var passes = self.passes
        var start: [Int]?
        let judgement = model.count * Self.judgementOfStage
        let outcome = SelectionSearch.solve(problem, work: work, incumbent: items, judgement: judgement) { items in
            judge(items, pace: pace, passes: &passes, start: &start)
        }
        self.passes = passes
        work -= outcome.workDone
        nodes += outcome.nodes
        multipliers = outcome.multipliers
        let choice = outcome.items.map { profileOf[$0] }
        let found = start.map { Found(choice: choice, start: $0, value: outcome.value) }
        return Level(found: found, bound: outcome.bound, isProved: outcome.isProved && pace >= 1)
    }

    /// The least makespan, by asking for plans with ever closer deadlines.
    mutating func minimiseMakespan(from incumbent: Found?) -> Level {
        let given = deadline
        defer { deadline = given }
        var best = incumbent
        if best == nil {
            let first = minimise(nil, from: nil)
            guard let found = first.found else { return first }
            best = spanned(found)
        }
        guard var best else { return Level(found: nil, bound: 0, isProved: false) }
        var low = shortestMakespan()
        var asked = low
        while asked < Int(best.value), work > 0, passes > 0 {
            deadline = asked
            let attempt = minimise(nil, from: nil)
            if let found = attempt.found {
                best = spanned(found)
            } else {
                if attempt.isProved { low = asked + 1 }
                asked += max(1, (Int(best.value) - asked) / 2)
            }
        }
        return Level(found: best, bound: min(Int64(low), best.value), isProved: Int64(low) >= best.value)
    }

    /// With the makespan as its value.
    private func spanned(_ found: Found) -> Found {
        var spanned = found
        spanned.value = Int64(model.makespan(choice: found.choice, start: found.start))
        return spanned
    }

    private func shortestMakespan() -> Int {
        let durations = model.problem.stages.indices.map { model.shortest($0) }
        let earliest = model.earliestStarts(durations: durations)
        return model.order.reduce(0) { max($0, earliest[$1] + durations[$1]) }
    }

    // MARK: Rows

    private func items(of choice: [Int]) -> [Int]? {
        var items: [Int] = []
        for stage in model.problem.stages.indices {
            let range = offsets[stage]..<offsets[stage + 1]
            guard let item = range.first(where: { profileOf[$0] == choice[stage] }) else { return nil }
            items.append(item)
        }
        return items
    }

    private func selection(pace: Double) -> SelectionProblem {
        let problem = model.problem
        var limits = problem.budgets.map(\.amount) + settled.map(\.most)
        let energies = energyRows(pace: pace)
        limits += energies.map(\.limit)
        var result = SelectionProblem(limits: limits)
        result.offsets = offsets
        result.learnsRows = deadline != nil || model.isTimed
        result.use.reserveCapacity(profileOf.count * limits.count)
        for item in profileOf.indices {
            let profile = model.profile(stageOf[item], profileOf[item])
            result.use += profile.use
            for (goal, _) in settled { result.use.append(model.amount(goal, stageOf[item], profileOf[item])) }
            for energy in energies { result.use.append(profile.demand[energy.capacity] * Int64(profile.duration)) }
        }
        return result
    }

    /// Work per capacity that fits before the deadline, for those capacities whose sums stay within 64 bits.
    private func energyRows(pace: Double) -> [(capacity: Int, limit: Int64)] {
        guard let deadline else { return [] }
        return model.capacity.enumerated().compactMap { index, amount in
            let limit = Int128(amount) * Int128(deadline)
            guard mostWork[index] <= Int128(GateProblem.largestSum), limit < mostWork[index] else { return nil }
            return (index, Int64(Double(limit) * pace))
        }
    }

    /// A valid problem's sums of demands and of durations keep these within 128 bits.
    private static func mostWork(_ problem: GateProblem) -> [Int128] {
        var sums = [Int128](repeating: 0, count: problem.capacities.count)
        for stage in problem.stages {
            for index in sums.indices {
                var most: Int128 = 0
                for profile in stage.profiles where profile.demand[index] > 0 {
                    most = max(most, Int128(profile.demand[index]) * Int128(profile.duration))
                }
                sums[index] += most
            }
        }
        return sums
    }

    // MARK: Judging

    private func judge(
        _ items: [Int], pace: Double, passes: inout Int, start: inout [Int]?
    ) -> SelectionSearch.Verdict {
        let choice = items.map { profileOf[$0] }
        let timed = GateModel(model, deadline: deadline)
        let paced = pace < 1 ? GateModel(model, deadline: deadline.map { Int(Double($0) * pace) }) : timed
        if timed.isTimed, let chain = paced.brokenChain(choice: choice) { return .broken(row(chain)) }
        var search = ScheduleSearch(timed, choice: choice, passes: max(3, min(passes, 200)))
        let found = search.run(ceiling: Int.max, anyWillDo: true)
        passes -= search.passes
        guard let found else { return search.isProved ? .impossible : .rejected }
        start = found
        return .accepted
    }

    /// The chain's durations may not exceed the time that it has.
    private func row(_ chain: (stages: [Int], time: Int)) -> SelectionProblem.Row {
        var use = [Int64](repeating: 0, count: profileOf.count)
        for stage in chain.stages {
            for item in offsets[stage]..<offsets[stage + 1] {
                use[item] = Int64(model.profile(stage, profileOf[item]).duration)
            }
        }
        return .init(use: use, limit: Int64(chain.time))
    }
}
