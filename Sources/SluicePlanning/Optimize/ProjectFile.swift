import BudgetOptimizer

/// The JSON form of a project: `{"activities": [{"modes": [{"duration", "renewable", "nonrenewable"}], "successors",
/// "release", "deadline"}], "renewable": [], "nonrenewable": []}`; activities are numbered from 1.
package enum ProjectFile {
    package static func read(_ bytes: [UInt8]) throws(GateFileError) -> ProjectProblem {
        let root = GateFileValue(path: "", json: try GateFileJSON.read(bytes))
        try root.expectObject(of: ["schema", "activities", "renewable", "nonrenewable"])
        let renewable = try amounts(root["renewable"])
        let nonrenewable = try amounts(root["nonrenewable"])
        let items = try root.required("activities").items()
        var activities: [ProjectProblem.Activity] = []
        for item in items {
            activities.append(
                try activity(item, of: items.count, renewable: renewable.count, nonrenewable: nonrenewable.count))
        }
        let problem = ProjectProblem(activities: activities, renewable: renewable, nonrenewable: nonrenewable)
        try check(problem)
        return problem
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
        _ value: GateFileValue, of count: Int, renewable: Int, nonrenewable: Int
    ) throws(GateFileError) -> ProjectProblem.Activity {
        try value.expectObject(of: ["modes", "successors", "release", "deadline"])
        let list = try value.required("modes")
        var modes: [ProjectProblem.Mode] = []
        for item in try list.items() {
            try item.expectObject(of: ["duration", "renewable", "nonrenewable"])
            modes.append(
                .init(
                    duration: try number(item.required("duration"), 0...ProjectProblem.longestHorizon),
                    renewable: try amounts(item["renewable"], count: renewable, in: item),
                    nonrenewable: try amounts(item["nonrenewable"], count: nonrenewable, in: item)))
        }
        if modes.isEmpty { throw list.failure("expected at least one mode") }
        return .init(
            modes: modes, successors: try numbers(value["successors"], 1...max(1, count)).map { $0 - 1 },
            release: try optional(value["release"], 0...ProjectProblem.longestHorizon) ?? 0,
            deadline: try optional(value["deadline"], 0...Int(Int32.max)))
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
