/// What running work takes from and gives back.
package protocol SharedCapacity: Sendable {
    associatedtype Request: Sendable

    func holds(_ request: Request) -> Bool
    mutating func take(_ request: Request)
    mutating func giveBack(_ request: Request)
}

/// The place that the first task without room is promised: what comes behind it may fill the gap in front, but not
/// move it back (EASY back-filling; Lifka 1995).
package struct Reservation<Capacity: SharedCapacity>: Sendable {
    /// When there is room for it if what runs ends as expected.
    package let time: Int64
    /// What is left beside it then.
    private var spare: Capacity

    /// It is promised the first time at which there is room. nil where what runs does not make the room: others hold
    /// it, and nobody knows when they give it back.
    package init?(
        for request: Capacity.Request, free: Capacity, running: [(end: Int64, request: Capacity.Request)]
    ) {
        var capacity = free
        var time: Int64?
        for (end, held) in running.sorted(by: { $0.end < $1.end }) {
            // What ends at the same moment belongs to the spare room too.
            if let time, end > time { break }
            capacity.giveBack(held)
            if time == nil, capacity.holds(request) { time = end }
        }
        guard let time else { return nil }
        capacity.take(request)
        self.time = time
        spare = capacity
    }

    /// Whether one that has room now may start: it ends in time, or fits in beside the promised one.
    package func admits(_ request: Capacity.Request, end: Int64) -> Bool { end <= time || spare.holds(request) }

    /// It starts.
    package mutating func start(_ request: Capacity.Request, end: Int64) {
        if end > time { spare.take(request) }
    }
}

/// Capacities counted down, line by line.
package struct CountedCapacity: SharedCapacity {
    package private(set) var free: [Int64]

    package init(_ free: [Int64]) { self.free = free }

    package func holds(_ request: [Int64]) -> Bool {
        for line in free.indices where request[line] > free[line] { return false }
        return true
    }

    package mutating func take(_ request: [Int64]) {
        for line in free.indices { free[line] -= request[line] }
    }

    package mutating func giveBack(_ request: [Int64]) {
        for line in free.indices { free[line] += request[line] }
    }
}
