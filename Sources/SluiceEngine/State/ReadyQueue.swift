import SluiceModel

/// Stages that may start as soon as gate and pool allow, in plan priority: planned start, then the longest chain of
/// stages that waits for it, then the plan's order.
///
/// Stages that ask the pool for the same stand in one lane: when it has no room for the first of them it has none
/// for the others, so that thousands that wait cost no more than one.
struct ReadyQueue: Sendable {
    /// What stages of one lane have in common.
    struct Lane: Hashable, Sendable {
        /// Of all profiles, in their order.
        var requests: [ResourceRequest]
        var chosen: Int?
        /// The definition whose `max_parallel` counts.
        var matrix: String?
        var maxParallel: Int?
    }

    /// One stage in its lane; ordered by priority.
    struct Place: Comparable, Sendable {
        var rank: Int
        var lane: Int
        /// Within the lane.
        var position: Int

        static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
    }

    private(set) var lanes: [Lane] = []
    private var waiting: [SortedList<Int>] = []
    /// By stage.
    private var laneOf: [Int] = []
    private var rankOf: [Int] = []
    private var stageAtRank: [Int]

    init(_ stages: [Plan.Stage]) {
        let chains = Self.chains(stages)
        stageAtRank = stages.indices.sorted {
            (stages[$0].start ?? .infinity, -chains[$0], $0) < (stages[$1].start ?? .infinity, -chains[$1], $1)
        }
        rankOf = [Int](repeating: 0, count: stages.count)
        for (rank, stage) in stageAtRank.enumerated() { rankOf[stage] = rank }
        var known: [Lane: Int] = [:]
        for stage in stages {
            let most = stage.definition.matrix?.maxParallel
            let lane = Lane(
                requests: stage.profiles.map(\.request), chosen: stage.chosen,
                matrix: most == nil ? nil : stage.definition.name, maxParallel: most)
            laneOf.append(known[lane, default: lanes.count])
            guard known[lane] == nil else { continue }
            known[lane] = lanes.count
            lanes.append(lane)
        }
        waiting = lanes.map { _ in SortedList() }
    }

    /// By stage: seconds from its start to the end of the last one that waits for it.
    private static func chains(_ stages: [Plan.Stage]) -> [Double] {
        let indices = Dictionary(stages.enumerated().map { ($1.name, $0) }) { first, _ in first }
        let durations = stages.map { stage in
            let profile = stage.chosen.map { stage.profiles[$0] } ?? stage.profiles.first
            return profile?.estimate.duration.inSeconds ?? 0
        }
        var chains = durations
        for stage in stages.indices.reversed() {
            for need in stages[stage].needs.compactMap({ indices[$0] }) {
                chains[need] = max(chains[need], durations[need] + chains[stage])
            }
        }
        return chains
    }

    /// All stages, the first to go first.
    var order: [Int] { stageAtRank }

    /// Puts some stages in another order, at the places that they have together; whoever waits goes on waiting.
    mutating func reorder(_ stages: [Int]) {
        let waiting = takeAll()
        let places = stages.map { rankOf[$0] }.sorted()
        for (place, stage) in zip(places, stages) {
            rankOf[stage] = place
            stageAtRank[place] = stage
        }
        for stage in waiting { insert(stage) }
    }

    mutating func insert(_ stage: Int) { waiting[laneOf[stage]].insert(rankOf[stage]) }

    /// The first of every lane that is not empty, in priority.
    func heads() -> SortedList<Place> {
        var heads = SortedList<Place>()
        for (lane, ranks) in waiting.enumerated() {
            if let rank = ranks.first { heads.insert(Place(rank: rank, lane: lane, position: 0)) }
        }
        return heads
    }

    func stage(at place: Place) -> Int { stageAtRank[place.rank] }

    /// Who stands there now; nil behind the last.
    func place(_ position: Int, in lane: Int) -> Place? {
        waiting[lane][position].map { Place(rank: $0, lane: lane, position: position) }
    }

    mutating func remove(_ place: Place) { waiting[place.lane].remove(at: place.position) }

    /// Takes every stage that waits, in priority.
    mutating func takeAll() -> [Int] {
        let ranks = waiting.indices.flatMap { waiting[$0].takeAll() }
        return ranks.sorted().map { stageAtRank[$0] }
    }
}
