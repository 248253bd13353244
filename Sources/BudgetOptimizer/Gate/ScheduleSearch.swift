/// Start times for a chosen profile per stage: heuristic passes first, then an exact search within the effort.
///
/// The exact search is the precedence tree (Patterson, Slowinski, Talbot and Weglarz 1989) restricted to lists with
/// non-decreasing starts: for a feasible schedule the serial scheme over its start order places no stage later, so
/// a fixpoint of that map is among the leaves and keeps every latest end.
struct ScheduleSearch {
    /// Above this number of stages only the heuristic passes run (the exact search recurses once a stage).
    static let exactStages = 64

    let model: GateModel
    private let durations: [Int]
    private let demands: [[Int64]]
    private let tails: [Int]
    private let earliest: [Int]
    private let rank: [Int]
    private var latest: [Int]
    private(set) var passes = 0
    private(set) var isProved = true
    private var best: (start: [Int], span: Int)?
    private let limit: Int

    init(_ model: GateModel, choice: [Int], passes limit: Int) {
        self.model = model
        self.limit = limit
        durations = model.problem.stages.indices.map { model.profile($0, choice[$0]).duration }
        demands = model.problem.stages.indices.map { model.profile($0, choice[$0]).demand }
        tails = model.tails(durations: durations)
        earliest = model.earliestStarts(durations: durations)
        latest = model.latestEnds(durations: durations)
        var rank = [Int](repeating: 0, count: model.count)
        for (place, stage) in model.order.enumerated() { rank[stage] = place }
        self.rank = rank
    }

    /// A critical path's length: no schedule is shorter.
    var lowerBound: Int { model.order.reduce(0) { max($0, earliest[$1] + tails[$1]) } }

    /// The shortest schedule with a makespan of at most `ceiling`; with `anyWillDo` the first that keeps all limits.
    /// nil with `isProved` means that there is none.
    mutating func run(ceiling: Int, anyWillDo: Bool) -> [Int]? {
        tighten(to: ceiling)
        guard model.order.allSatisfy({ earliest[$0] <= latest[$0] - durations[$0] }) else { return nil }
        for priority in priorities() {
            guard passes < limit else { break }
            keep(pass(by: priority))
            if isDone(anyWillDo) { return best?.start }
        }
        guard model.count <= Self.exactStages else {
            isProved = false
            return best?.start
        }
        var start = [Int](repeating: 0, count: model.count)
        descend(
            &start, placed: 0, missing: model.problem.stages.map { Set($0.needs).count },
            timeline: ResourceTimeline(resources: model.capacity.count), last: (0, -1), anyWillDo: anyWillDo)
        return best?.start
    }

    private func isDone(_ anyWillDo: Bool) -> Bool {
        guard let best else { return false }
        return anyWillDo || best.span <= lowerBound
    }

    private mutating func tighten(to ceiling: Int) {
        guard ceiling < Int.max else { return }
        for stage in model.order {
            latest[stage] = min(latest[stage], ceiling - (tails[stage] - durations[stage]))
        }
    }

    private mutating func keep(_ start: [Int]?) {
        guard let start else { return }
        let span = model.order.reduce(0) { max($0, start[$1] + durations[$1]) }
        if let best, best.span <= span { return }
        best = (start, span)
        tighten(to: span - 1)
    }

    /// Orders to try: latest finish first, longest tail first, earliest start first.
    private func priorities() -> [[Int]] {
        let tailed = model.problem.stages.indices.map { -tails[$0] }
        return latest.contains(Int.max) ? [tailed, earliest] : [latest, tailed, earliest]
    }

    /// One pass of the serial scheme; nil when a stage would end too late.
    private mutating func pass(by priority: [Int]) -> [Int]? {
        passes += 1
        var timeline = ResourceTimeline(resources: model.capacity.count)
        var start = [Int](repeating: 0, count: model.count)
        var release = earliest
        for stage in list(by: priority) {
            start[stage] = timeline.firstFit(
                release: release[stage], duration: durations[stage], demand: demands[stage], capacity: model.capacity)
            let end = start[stage] + durations[stage]
            guard end <= latest[stage] else { return nil }
            timeline.add(start: start[stage], duration: durations[stage], demand: demands[stage])
            for dependant in model.dependants[stage] { release[dependant] = max(release[dependant], end) }
        }
        return start
    }

    /// Stages sorted by priority as far as precedence allows.
    private func list(by priority: [Int]) -> [Int] {
        var key = priority
        for stage in model.order.reversed() {
            for dependant in model.dependants[stage] { key[stage] = min(key[stage], key[dependant]) }
        }
        return model.order.sorted { key[$0] == key[$1] ? rank[$0] < rank[$1] : key[$0] < key[$1] }
    }

    private mutating func descend(
        _ start: inout [Int], placed: Int, missing: [Int], timeline: ResourceTimeline, last: (tick: Int, rank: Int),
        anyWillDo: Bool
    ) {
        if placed == model.count { return keep(start) }
        for stage in model.order where missing[stage] == 0 {
            guard passes < limit else {
                isProved = false
                return
            }
            passes += 1
            var release = model.problem.stages[stage].window?.earliestStart ?? 0
            for need in model.problem.stages[stage].needs { release = max(release, start[need] + durations[need]) }
            let tick = timeline.firstFit(
                release: release, duration: durations[stage], demand: demands[stage], capacity: model.capacity)
            guard tick > last.tick || (tick == last.tick && rank[stage] > last.rank) else { continue }
            guard tick + durations[stage] <= latest[stage] else { return }
            var next = (missing: missing, timeline: timeline)
            start[stage] = tick
            next.missing[stage] = -1
            for dependant in Set(model.dependants[stage]) { next.missing[dependant] -= 1 }
            next.timeline.add(start: tick, duration: durations[stage], demand: demands[stage])
            descend(
                &start, placed: placed + 1, missing: next.missing, timeline: next.timeline,
                last: (tick, rank[stage]), anyWillDo: anyWillDo)
            if isDone(anyWillDo) { return }
        }
    }
}
