import BudgetOptimizer

/// The JSON form of a project: `{"activities": [{"modes": [{"duration", "renewable", "nonrenewable", "pools"}],
/// "successors", "release", "deadline"}], "renewable": [], "nonrenewable": [], "pools": [{"name", "renewable"}]}`;
/// activities are numbered from 1. A mode that names pools stands for one mode in each of them.
package enum ProjectFile {
    /// The resources that every mode lists, and those of each pool behind them.
    private struct Layout {
        let pools: [String]
        /// Of a mode without pools, and of one in a pool.
        let shared: Int
        let perPool: Int
        let nonrenewable: Int
        let count: Int
    }

    package static func read(_ bytes: [UInt8]) throws(GateFileError) -> ProjectProblem {
        let root = GateFileValue(path: "", json: try GateFileJSON.read(bytes))
        try root.expectObject(of: ["schema", "activities", "renewable", "nonrenewable", "pools"])
        var renewable = try amounts(root["renewable"])
        let nonrenewable = try amounts(root["nonrenewable"])
        let pools = try pools(root["pools"])
        let layout = Layout(
            pools: pools.map(\.name), shared: renewable.count, perPool: pools.first?.capacities.count ?? 0,
            nonrenewable: nonrenewable.count, count: try root.required("activities").items().count)
        renewable += pools.flatMap(\.capacities)
        var activities: [ProjectProblem.Activity] = []
        for item in try root.required("activities").items() { activities.append(try activity(item, layout)) }
        let problem = ProjectProblem(
            activities: activities, renewable: renewable, nonrenewable: nonrenewable, pools: layout.pools)
        try check(problem)
        return problem
    }

    private static func pools(_ value: GateFileValue?) throws(GateFileError) -> [(name: String, capacities: [Int])] {
        var pools: [(name: String, capacities: [Int])] = []
        for item in try value?.items() ?? [] {
            try item.expectObject(of: ["name", "renewable"])
            let name = try item.required("name")
            let text = try name.text()
            if pools.contains(where: { $0.name == text }) { throw name.failure("there is another pool \(text)") }
            let list = try item.required("renewable")
            let capacities = try amounts(list)
            guard capacities.count == pools.first?.capacities.count ?? capacities.count else {
                throw list.failure("expected \(pools[0].capacities.count) amounts, as in the first pool")
            }
            pools.append((text, capacities))
        }
        return pools
    }

    /// What only the whole project shows.
    private static func check(_ problem: ProjectProblem) throws(GateFileError) {
        do throws(ProjectProblemError) { _ = try problem.validatedOrder() } catch {
            guard case .cycle(let activities) = error, let first = activities.first else {
                throw GateFileError("activities", error.description)
            }
            throw GateFileError("activities[\(first - 1)].successors", error.description)
        }
    }

    private static func activity(
        _ value: GateFileValue, _ layout: Layout
    ) throws(GateFileError) -> ProjectProblem.Activity {
        try value.expectObject(of: ["modes", "successors", "release", "deadline"])
        let list = try value.required("modes")
        var modes: [ProjectProblem.Mode] = []
        for item in try list.items() { modes += try self.modes(item, layout) }
        if modes.isEmpty { throw list.failure("expected at least one mode") }
        return .init(
            modes: modes, successors: try numbers(value["successors"], 1...max(1, layout.count)).map { $0 - 1 },
            release: try optional(value["release"], 0...ProjectProblem.longestHorizon) ?? 0,
            deadline: try optional(value["deadline"], 0...Int(Int32.max)))
    }

    /// One mode, or one for each pool that it names: `renewable` then lists the requests of the pool's resources.
    private static func modes(
        _ value: GateFileValue, _ layout: Layout
    ) throws(GateFileError) -> [ProjectProblem.Mode] {
        try value.expectObject(of: ["duration", "renewable", "nonrenewable", "pools"])
        let duration = try number(value.required("duration"), 0...ProjectProblem.longestHorizon)
        let nonrenewable = try amounts(value["nonrenewable"], count: layout.nonrenewable, in: value)
        guard let names = value["pools"] else {
            let requests = try amounts(value["renewable"], count: layout.shared, in: value)
            let rest = [Int](repeating: 0, count: layout.pools.count * layout.perPool)
            return [.init(duration: duration, renewable: requests + rest, nonrenewable: nonrenewable)]
        }
        let requests = try amounts(value["renewable"], count: layout.perPool, in: value)
        var modes: [ProjectProblem.Mode] = []
        for name in try names.items() {
            guard let pool = layout.pools.firstIndex(of: try name.text()) else {
                throw name.failure("there is no pool of this name")
            }
            let before = [Int](repeating: 0, count: layout.shared + pool * layout.perPool)
            let behind = [Int](repeating: 0, count: (layout.pools.count - pool - 1) * layout.perPool)
            modes.append(
                .init(
                    duration: duration, renewable: before + requests + behind, nonrenewable: nonrenewable, pool: pool))
        }
        if modes.isEmpty { throw names.failure("expected the name of a pool") }
        return modes
    }

    // MARK: Numbers

    private static func amounts(_ value: GateFileValue?) throws(GateFileError) -> [Int] {
        try numbers(value, 0...ProjectProblem.largestAmount)
    }

    /// One amount for each resource.
    private static func amounts(
        _ value: GateFileValue?, count: Int, in mode: GateFileValue
    ) throws(GateFileError) -> [Int] {
        let amounts = try amounts(value)
        guard amounts.count == count else {
            throw (value ?? mode).failure("expected \(count) requests, one for each resource, found \(amounts.count)")
        }
        return amounts
    }

    private static func numbers(
        _ value: GateFileValue?, _ range: ClosedRange<Int>
    ) throws(GateFileError) -> [Int] {
        var numbers: [Int] = []
        for item in try value?.items() ?? [] { numbers.append(try number(item, range)) }
        return numbers
    }

    private static func optional(
        _ value: GateFileValue?, _ range: ClosedRange<Int>
    ) throws(GateFileError) -> Int? {
        guard let value else { return nil }
        return try number(value, range)
    }

    private static func number(
        _ value: GateFileValue, _ range: ClosedRange<Int>
    ) throws(GateFileError) -> Int {
        let number = try value.integer()
        guard range.contains(number) else {
            throw value.failure("expected \(range.lowerBound) to \(range.upperBound), found \(number)")
        }
        return number
    }
}
