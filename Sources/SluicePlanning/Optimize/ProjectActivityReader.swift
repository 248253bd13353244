import BudgetOptimizer

/// Reads the activities of a project whose resources are known: those that every mode lists, and those of each pool
/// behind them. A count is nil where what it counts could not be read.
struct ProjectActivityReader {
    let pools: [String]?
    /// Resources of a mode without pools, and of one in a pool.
    let shared: Int?
    let perPool: Int?
    let nonrenewable: Int?
    /// Activities.
    let count: Int?

    func activity(_ value: GateFileValue, _ faults: inout GateFileFaults) -> ProjectProblem.Activity {
        guard faults.expectObject(value, of: ["modes", "successors", "release", "deadline"]) else {
            return .init(modes: [], successors: [])
        }
        let successors = ProjectFileNumbers.numbers(value["successors"], 1...max(1, count ?? .max), &faults) ?? []
        let release = faults.keep(try ProjectFileNumbers.optional(value["release"], 0...ProjectProblem.longestHorizon))
        let deadline = faults.keep(try ProjectFileNumbers.optional(value["deadline"], 0...Int(Int32.max)))
        return .init(
            modes: modes(of: value, &faults), successors: successors.map { $0 - 1 }, release: (release ?? nil) ?? 0,
            deadline: deadline ?? nil)
    }

    private func modes(of activity: GateFileValue, _ faults: inout GateFileFaults) -> [ProjectProblem.Mode] {
        guard let list = faults.keep(try activity.required("modes")) else { return [] }
        let modes = faults.items(list) { item, faults in self.modes(item, &faults) }
        if modes?.isEmpty ?? false { faults.note(list.failure("expected at least one mode")) }
        return (modes ?? []).flatMap(\.self)
    }

    /// One mode, or one for each pool that it names: `renewable` then lists the requests of the pool's resources.
    private func modes(_ value: GateFileValue, _ faults: inout GateFileFaults) -> [ProjectProblem.Mode] {
        guard faults.expectObject(value, of: ["duration", "renewable", "nonrenewable", "pools"]) else { return [] }
        let duration = faults.keep(
            try ProjectFileNumbers.number(value.required("duration"), 0...ProjectProblem.longestHorizon))
        let names = value["pools"]
        let requests = self.requests(value, "renewable", names == nil ? shared : perPool, &faults)
        let nonrenewable = self.requests(value, "nonrenewable", self.nonrenewable, &faults)
        let places = names.map { self.places($0, &faults) } ?? [nil]
        return places.map { pool in
            .init(
                duration: duration ?? 0, renewable: renewable(requests, in: pool), nonrenewable: nonrenewable,
                pool: pool)
        }
    }

    /// The pools that a mode names, by their positions.
    private func places(_ names: GateFileValue, _ faults: inout GateFileFaults) -> [Int?] {
        let places = faults.items(names, else: nil, place)
        if places?.isEmpty ?? false { faults.note(names.failure("expected the name of a pool")) }
        return places ?? []
    }

    private func place(_ name: GateFileValue) throws(GateFileError) -> Int? {
        let text = try name.text()
        guard let pools else { return nil }
        guard let place = pools.firstIndex(of: text) else { throw name.failure("there is no pool of this name") }
        return place
    }

    /// Requests of all renewable resources, those of the pools behind the others.
    private func renewable(_ requests: [Int], in pool: Int?) -> [Int] {
        func zeros(_ count: Int) -> [Int] { [Int](repeating: 0, count: count) }
        let (shared, perPool, pools) = (shared ?? 0, perPool ?? 0, pools?.count ?? 0)
        guard let pool else { return requests + zeros(pools * perPool) }
        return zeros(shared + pool * perPool) + requests + zeros((pools - pool - 1) * perPool)
    }

    /// One amount for each resource.
    private func requests(
        _ mode: GateFileValue, _ key: String, _ expected: Int?, _ faults: inout GateFileFaults
    ) -> [Int] {
        let amounts = ProjectFileNumbers.amounts(mode[key], &faults)
        faults.expect(expected, "requests, one for each resource", found: amounts?.count, in: mode[key] ?? mode)
        return amounts ?? []
    }
}

/// Whole numbers of a project, each within its range.
enum ProjectFileNumbers {
    static func amounts(_ value: GateFileValue?, _ faults: inout GateFileFaults) -> [Int]? {
        numbers(value, 0...ProjectProblem.largestAmount, &faults)
    }

    static func numbers(
        _ value: GateFileValue?, _ range: ClosedRange<Int>, _ faults: inout GateFileFaults
    ) -> [Int]? {
        faults.items(value, else: range.lowerBound) { (item) throws(GateFileError) in try number(item, range) }
    }

    static func optional(_ value: GateFileValue?, _ range: ClosedRange<Int>) throws(GateFileError) -> Int? {
        guard let value else { return nil }
        return try number(value, range)
    }

    static func number(_ value: GateFileValue, _ range: ClosedRange<Int>) throws(GateFileError) -> Int {
        let number = try value.integer()
        guard range.contains(number) else {
            throw value.failure("expected \(range.lowerBound) to \(range.upperBound), found \(number)")
        }
        return number
    }
}
