/// A schedule as it is drawn: bars over time, what they hold of each resource, and what is known about better ones.
package struct SchedulePicture: Sendable {
    package struct Bar: Sendable {
        /// The activity's number, from 1.
        package var number: Int
        /// nil where the activity has only one.
        package var mode: Int?
        package var start: Int
        package var duration: Int
        /// By resource.
        package var requests: [Int]

        package init(number: Int, mode: Int?, start: Int, duration: Int, requests: [Int]) {
            self.number = number
            self.mode = mode
            self.start = start
            self.duration = duration
            self.requests = requests
        }
    }

    /// The file's name.
    var title: String
    /// How the schedule was found.
    var note: String
    var lowerBound: Int
    var bars: [Bar]
    /// By resource.
    var capacities: [Int]

    package init(title: String, note: String, lowerBound: Int, bars: [Bar], capacities: [Int]) {
        self.title = title
        self.note = note
        self.lowerBound = lowerBound
        self.bars = bars
        self.capacities = capacities
    }

    var makespan: Int { bars.reduce(0) { max($0, $1.start + $1.duration) } }

    /// Bars that take time, each with the lowest row that is free when it starts.
    func rows() -> (bars: [(bar: Bar, row: Int)], count: Int) {
        var ends: [Int] = []
        let ordered = bars.filter { $0.duration > 0 }.sorted {
            ($0.start, $1.duration, $0.number) < ($1.start, $0.duration, $1.number)
        }
        let placed = ordered.map { bar in
            let row = ends.firstIndex { $0 <= bar.start } ?? ends.count
            if row == ends.count { ends.append(0) }
            ends[row] = bar.start + bar.duration
            return (bar, row)
        }
        return (placed, ends.count)
    }

    /// The resource of which a bar holds the largest share; nil where it holds nothing.
    func mainResource(of bar: Bar) -> Int? {
        let shares = zip(bar.requests, capacities).map { Double($0) / Double(max(1, $1)) }
        guard let most = shares.max(), most > 0 else { return nil }
        return shares.firstIndex(of: most)
    }

    /// What is held of a resource from each tick on at which it changes.
    func usage(of resource: Int) -> [(tick: Int, held: Int)] {
        var changes: [(tick: Int, change: Int)] = []
        for bar in bars where bar.duration > 0 && bar.requests[resource] > 0 {
            changes.append((bar.start, bar.requests[resource]))
            changes.append((bar.start + bar.duration, -bar.requests[resource]))
        }
        changes.sort { $0.tick < $1.tick }
        var usage: [(tick: Int, held: Int)] = []
        var held = 0
        for change in changes {
            held += change.change
            if usage.last?.tick == change.tick {
                usage[usage.count - 1].held = held
            } else {
                usage.append((change.tick, held))
            }
        }
        return usage
    }

    /// The share of a resource's capacity that is held on average, in percent.
    func utilisation(of resource: Int) -> Int {
        let work = bars.reduce(0.0) { $0 + Double($1.duration) * Double($1.requests[resource]) }
        let room = Double(capacities[resource]) * Double(makespan)
        return room > 0 ? Int((work / room * 100).rounded()) : 0
    }
}
