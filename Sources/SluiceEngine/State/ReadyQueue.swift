import SluiceModel

/// Stages that may start as soon as gate and pool allow, in plan priority: planned start, then the plan's order.
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
        stageAtRank = stages.indices.sorted {
            (stages[$0].start ?? .infinity, $0) < (stages[$1].start ?? .infinity, $1)
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
