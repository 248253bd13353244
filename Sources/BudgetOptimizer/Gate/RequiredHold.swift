/// How much of a capacity the stages must hold between two ticks, wherever within their windows they run: energetic
/// reasoning (Baptiste, Le Pape and Nuijten 1999) over the profiles that can run.
struct RequiredHold {
    /// Sums that a search for an interval computes at most.
    private static let mostSums = 100_000

    private let model: GateModel
    private let earliest: [Int]
    /// `Int.max` where nothing limits it.
    private let latest: [Int]

    init(_ model: GateModel) {
        self.model = model
        let shortest = model.problem.stages.indices.map { model.shortest($0) }
        earliest = model.earliestStarts(durations: shortest)
        latest = model.latestEnds(durations: shortest)
    }

    func isTooMuch(of capacity: Int, in ticks: Range<Int>) -> Bool {
        var held = Int128(0)
        for stage in model.order { held += least(stage, capacity, ticks) }
        return held > Int128(model.capacity[capacity]) * Int128(ticks.count)
    }

    /// The shortest interval in which the capacity cannot be enough; of large problems only the longest one is tried.
    func overfull(_ capacity: Int) -> Range<Int>? {
        let limited = model.order.filter { latest[$0] < Int.max && earliest[$0] < latest[$0] }
        var starts = Set(limited.flatMap { [earliest[$0], max(0, latest[$0] - model.shortest($0))] }).sorted()
        var ends = Set(limited.flatMap { [latest[$0], earliest[$0] + model.shortest($0)] }).sorted()
        if starts.count * ends.count > Self.mostSums / max(1, limited.count) {
            starts = Array(starts.prefix(1))
            ends = Array(ends.suffix(1))
        }
        var shortest: Range<Int>?
        for start in starts {
            for end in ends where end > start && end - start < shortest?.count ?? .max {
                if isTooMuch(of: capacity, in: start..<end) { shortest = start..<end }
            }
        }
        return shortest
    }

    /// Demand times ticks within the interval, of the profile and the shift that need least.
    private func least(_ stage: Int, _ capacity: Int, _ ticks: Range<Int>) -> Int128 {
        guard latest[stage] < Int.max else { return 0 }
        return model.profiles[stage].lazy.map { index in
            let profile = model.profile(stage, index)
            let end = earliest[stage] + profile.duration
            let start = latest[stage] - profile.duration
            let left = min(ticks.upperBound, end) - max(ticks.lowerBound, earliest[stage])
            let right = min(ticks.upperBound, latest[stage]) - max(ticks.lowerBound, start)
            return Int128(max(0, min(left, right))) * Int128(profile.demand[capacity])
        }.min() ?? 0
    }
}
