import SluiceModel

/// Decides on a plan in which stages may take results that worse ways of theirs have had, and those behind them what was
/// made of these: whether that is free hangs on what the gate chooses before them.
struct ReuseGate {
    private var plan: Plan
    /// Ways that what was found behind them rests on: they are not chosen again. By index of stage.
    private var fixed: [Int: Int] = [:]
    /// What stages take, by name.
    private var taken: [String: Int] = [:]
    private var followed: Set<Int> = []
    private let positions: [String: Int]

    static func decide(_ plan: inout Plan) {
        var decided = plan
        RunGate.decide(&decided)
        defer { plan = decided }
        guard plan.stages.contains(where: { $0.cacheBehind != nil }) else { return }
        var gate = ReuseGate(plan: decided)
        if !decided.decision.isAdmitted {
            gate.plan = plan
            guard gate.takeEverything() else { return }
            RunGate.decide(&gate.plan, ways: gate.fixed)
        }
        while gate.plan.decision.isAdmitted {
            decided = gate.plan
            guard gate.follow() else { return }
            RunGate.decide(&gate.plan, ways: gate.fixed)
        }
    }

    private init(plan: Plan) {
        self.plan = plan
        positions = Dictionary(plan.stages.enumerated().map { ($1.name, $0) }) { first, _ in first }
    }

    /// What does not fit may fit if all that is there is good enough. False: nothing is found behind it, or not allowed.
    private mutating func takeEverything() -> Bool {
        guard plan.pipeline.budget.onExceed == .degrade, RunGate.deployThatRefusesDegraded(plan) == nil else {
            return false
        }
        return walk { $0.freeWay }
    }

    /// Makes free what is found behind what was chosen. False: nothing more is.
    private mutating func follow() -> Bool {
        walk { stage in stage.chosen.flatMap { stage.profiles[$0].cached == nil ? nil : $0 } ?? stage.bestFreeWay }
    }

    private mutating func walk(_ way: (Plan.Stage) -> Int?) -> Bool {
        var hasFound = false
        for index in plan.stages.indices {
            if let behind = plan.stages[index].cacheBehind, !followed.contains(index), holds(behind) {
                followed.insert(index)
                hasFound = true
                for (name, way) in behind.ways { positions[name].map { fixed[$0] = way } }
                plan.stages[index].take(behind)
            }
            if plan.stages[index].profiles.contains(where: { $0.cached != nil }) {
                taken[plan.stages[index].name] = way(plan.stages[index])
            }
        }
        return hasFound
    }

    private func holds(_ behind: Plan.CacheBehind) -> Bool { behind.ways.allSatisfy { taken[$0.key] == $0.value } }
}

extension Plan.Stage {
    /// A way that costs nothing and loses nothing, which any gate takes.
    fileprivate var bestFreeWay: Int? {
        guard let way = freeWay, profiles[way].cached != nil, let best else { return nil }
        return profiles[way].profile.penalty <= best.profile.penalty ? way : nil
    }

    /// What was found behind other stages holds now.
    fileprivate mutating func take(_ behind: Plan.CacheBehind) {
        condition = behind.condition
        if condition == .fails { (chosen, start, decision) = (nil, nil, nil) }
        if behind.cache.state == .hit { profiles[0].cached = behind.cache } else { cache = behind.cache }
        for (way, found) in behind.others { profiles[way].cached = found }
    }
}
