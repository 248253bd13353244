extension GateModel {
    /// Stages in a chain that, with these profiles, takes longer than it has, and the time that it has.
    func brokenChain(choice: [Int]) -> (stages: [Int], time: Int)? {
        let durations = problem.stages.indices.map { profile($0, choice[$0]).duration }
        let earliest = earliestStarts(durations: durations)
        var worst: (stage: Int, late: Int, latest: Int)?
        for stage in order {
            let latest = min(problem.stages[stage].window?.latestEnd ?? Int.max, problem.deadline ?? Int.max)
            guard latest < Int.max else { continue }
            let late = earliest[stage] + durations[stage] - latest
            if late > worst?.late ?? 0 { worst = (stage, late, latest) }
        }
        guard let worst else { return nil }
        let chain = chain(to: worst.stage, earliest: earliest, durations: durations)
        return (chain, worst.latest - (problem.stages[chain[0]].window?.earliestStart ?? 0))
    }

    /// The chain of stages that leave each other no slack, from one that nothing holds back to `last`.
    func chain(to last: Int, earliest: [Int], durations: [Int]) -> [Int] {
        var stage = last
        var chain = [last]
        while earliest[stage] > problem.stages[stage].window?.earliestStart ?? 0,
            let need = problem.stages[stage].needs.first(where: { earliest[$0] + durations[$0] == earliest[stage] })
        {
            chain.append(need)
            stage = need
        }
        return chain.reversed()
    }

    /// Executable profiles of the stage without those that another one equals or beats in everything.
    func undominated(_ stage: Int) -> [Int] {
        let candidates = profiles[stage]
        guard candidates.count <= 64 else { return candidates }
        return candidates.filter { index in
            !candidates.contains { $0 != index && dominates(stage, $0, index) }
        }
    }

    private func dominates(_ stage: Int, _ first: Int, _ second: Int) -> Bool {
        let a = profile(stage, first)
        let b = profile(stage, second)
        guard a.duration <= b.duration, a.penalty <= b.penalty, a.cost <= b.cost else { return false }
        guard zip(a.use, b.use).allSatisfy(<=), zip(a.demand, b.demand).allSatisfy(<=) else { return false }
        let isEqual =
            a.duration == b.duration && a.penalty == b.penalty && a.cost == b.cost && a.use == b.use
            && a.demand == b.demand
        return !isEqual || first < second
    }
}
