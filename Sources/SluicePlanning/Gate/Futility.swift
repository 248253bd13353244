import SluiceModel

/// The moment from which nothing that a run still does can keep its limits: whatever runs then runs for nothing.
///
/// Every limit is looked at by itself and in the kindest way: what runs ends at once, what is to come takes its cheapest
/// profile and its median time, other runs give back all that they hold of an account. Of what runs only counts what its
/// time surely costs: price, GPUs, wall time. So a stage is stopped for what is certain, never for a forecast.
package struct Futility: Sendable, Equatable {
    /// From now; zero: it is so already.
    package let after: Duration
    /// `cost: at least 0.52 needed with what is still to come, 0.5 allowed`
    package let reason: String

    /// The limit that breaks first if everything that runs goes on; nil where none ever does.
    package static func next(in plan: Plan, progress: RunProgress) -> Futility? {
        let rest = Remains(plan: plan, progress: progress)
        let sums = plan.scopedLimits(progress, view: .eventually, countsReservations: false).compactMap(rest.futility)
        return (sums + [rest.lateness].compactMap(\.self)).min { $0.after < $1.after }
    }
}

/// The least that is to come of a run.
private struct Remains {
    let plan: Plan
    let progress: RunProgress
    /// Ways to run what has to run and does not run yet, by index; in their median time.
    private let ways: [Int: [Plan.PricedProfile]]

    init(plan: Plan, progress: RunProgress) {
        self.plan = plan
        self.progress = progress
        let builder = GateTaskBuilder(plan: plan, progress: progress)
        var ways: [Int: [Plan.PricedProfile]] = [:]
        for (index, stage) in plan.stages.enumerated() where stage.isMandatory && !stage.profiles.isEmpty {
            guard !progress.ended.contains(index), progress.running[index] == nil else { continue }
            ways[index] = builder.preferred(index).map { stage.profiles[$0].atMedian }
        }
        self.ways = ways
    }

    func futility(_ limit: ScopedLimit) -> Futility? {
        let unit = limit.resource.rawValue
        let toCome = ways.values.reduce(Amount.zero) { sum, ways in
            sum + (ways.map { $0.amount(of: limit.resource) }.min() ?? .zero)
        }
        let needed = limit.used + toCome + running(limit.resource) { $0.elapsed }
        let hourly = running(limit.resource) { _ in .seconds(3600) } - running(limit.resource) { _ in .zero }
        guard needed <= limit.limit else { return at(.zero, limit.name, unit, needed, limit.limit) }
        guard hourly > .zero else { return nil }
        let left = (limit.limit - needed).billionths * 3_600_000 / hourly.billionths + 1
        return at(.milliseconds(Int64(clamping: left)), limit.name, unit, limit.limit, limit.limit)
    }

    /// What attempts that run are charged with for sure after some time.
    private func running(_ resource: BudgetResource, for time: (RunProgress.Running) -> Duration) -> Amount {
        progress.running.reduce(Amount.zero) { sum, attempt in
            let profile = plan.stages[attempt.key].profiles[attempt.value.profile]
            return sum + profile.certain(resource, for: time(attempt.value))
        }
    }

    /// `limits.wall`: the longest chain that is to come cannot be shorter.
    var lateness: Futility? {
        guard let wall = plan.wallLimit else { return nil }
        let needed = Amount(seconds: progress.elapsed.inSeconds + longestChain)
        guard needed <= wall else { return at(.zero, "deadline", "wall", needed, wall) }
        guard !progress.running.isEmpty else { return nil }
        let left = (wall - needed).billionths / 1_000_000 + 1
        return at(.milliseconds(Int64(clamping: left)), "deadline", "wall", wall, wall)
    }

    /// Seconds. Stages of a plan stand behind what they need.
    private var longestChain: Double {
        let places = Dictionary(plan.stages.enumerated().map { ($1.name, $0) }) { first, _ in first }
        var ends = [Double](repeating: 0, count: plan.stages.count)
        for (index, stage) in plan.stages.enumerated() {
            let start = stage.needs.compactMap { places[$0].map { ends[$0] } }.max() ?? 0
            ends[index] = start + (ways[index]?.map(\.estimate.duration.inSeconds).min() ?? 0)
        }
        return ends.max() ?? 0
    }

    private func at(_ after: Duration, _ name: String, _ unit: String, _ needed: Amount, _ limit: Amount) -> Futility {
        let least = AmountText.up(needed, unit)
        return Futility(
            after: after,
            reason: "\(name): at least \(least) needed with what is still to come, "
                + "\(AmountText.stated(limit, unit)) allowed")
    }
}

extension Plan.PricedProfile {
    /// With the time that half of all attempts keep, where history says it.
    fileprivate var atMedian: Self {
        guard let median = estimate.median, median < estimate.duration else { return self }
        var copy = self
        copy.estimate.duration = median
        copy.use = Pricing.use(of: request, price: price, by: profile, for: median)
        return copy
    }

    /// What it is charged with after some time whatever it does.
    fileprivate func certain(_ resource: BudgetResource, for time: Duration) -> Amount {
        switch resource {
        case .cost, .gpuHours, .egress:
            Pricing.use(of: request, price: price, by: profile, for: time)[resource] ?? .zero
        case .wall: Amount(seconds: time.inSeconds)
        case .cpuHours, .memoryGiBHours, .storage: .zero
        }
    }
}
