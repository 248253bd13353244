import BudgetOptimizer
import SluiceModel

extension GateFile {
    /// Reads the input of `sluice optimize gate`; errors name the line, or the path of the key.
    package static func read(_ bytes: [UInt8]) throws(GateFileError) -> GateFile {
        let root = GateFileValue(path: "", json: try GateFileJSON.read(bytes))
        try root.expectObject(of: ["schema", "stages", "budgets", "capacities", "deadline_s", "objective"])
        let stages = try stages(root.required("stages"))
        var capacities = try limits(root["capacities"])
        let known = Set(capacities.map(\.name))
        let asked = Set(stages.flatMap { $0.profiles.flatMap(\.demand.keys) })
        capacities += asked.subtracting(known).sorted().map { Limit(name: $0, amount: .zero) }
        return GateFile(
            stages: stages, budgets: try limits(root["budgets"]), capacities: capacities,
            deadline: try root["deadline_s"]?.amount(), objective: try objective(root["objective"]))
    }

    private static func limits(_ value: GateFileValue?) throws(GateFileError) -> [Limit] {
        guard let value else { return [] }
        var limits: [Limit] = []
        // null lifts a limit.
        for member in try value.members() where member.value.json != .null {
            limits.append(Limit(name: member.key, amount: try member.value.amount()))
        }
        return limits
    }

    private static func objective(_ value: GateFileValue?) throws(GateFileError) -> [GateProblem.Goal] {
        guard let value else { return [.penalty, .cost, .makespan] }
        var goals: [GateProblem.Goal] = []
        for item in try value.items() {
            guard let goal = GateProblem.Goal(rawValue: try item.text()) else {
                throw item.failure("expected penalty, cost or makespan")
            }
            if goals.contains(goal) { throw item.failure("\(goal.rawValue) is named twice") }
            goals.append(goal)
        }
        if goals.isEmpty { throw value.failure("names no goal") }
        return goals
    }

    // MARK: Stages

    private static func stages(_ value: GateFileValue) throws(GateFileError) -> [Stage] {
        let items = try value.items()
        var indices: [String: Int] = [:]
        for (index, item) in items.enumerated() {
            try item.expectObject(of: ["name", "needs", "window_s", "profiles"])
            let name = try item.required("name")
            if let other = indices.updateValue(index, forKey: try name.text()) {
                throw name.failure("stages[\(other)] has the same name")
            }
        }
        var stages: [Stage] = []
        for item in items { stages.append(try stage(item, indices)) }
        return stages
    }

    private static func stage(_ value: GateFileValue, _ indices: [String: Int]) throws(GateFileError) -> Stage {
        var needs: [Int] = []
        for need in try value["needs"]?.items() ?? [] {
            guard let index = indices[try need.text()] else {
                throw need.failure("there is no stage '\(try need.text())'")
            }
            if !needs.contains(index) { needs.append(index) }
        }
        let list = try value.required("profiles")
        var profiles: [Profile] = []
        for item in try list.items() { profiles.append(try profile(item)) }
        if profiles.isEmpty { throw list.failure("a stage needs at least one profile") }
        return Stage(
            name: try value.required("name").text(), needs: needs, window: try window(value["window_s"]),
            profiles: profiles)
    }

    private static func window(
        _ value: GateFileValue?
    ) throws(GateFileError) -> (earliest: Amount, latest: Amount)? {
        guard let value else { return nil }
        let items = try value.items()
        guard items.count == 2 else { throw value.failure("expected [earliest start, latest end]") }
        return (try items[0].amount(), try items[1].amount())
    }

    private static func profile(_ value: GateFileValue) throws(GateFileError) -> Profile {
        try value.expectObject(of: ["name", "duration_s", "use", "demand", "penalty", "degraded"])
        return Profile(
            name: try value.required("name").text(), duration: try value["duration_s"]?.amount() ?? .zero,
            use: try value["use"]?.amounts() ?? [:], demand: try value["demand"]?.amounts() ?? [:],
            penalty: try value["penalty"]?.amount() ?? .zero, isDegraded: try value["degraded"]?.flag() ?? false)
    }
}
