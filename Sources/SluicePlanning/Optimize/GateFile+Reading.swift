import BudgetOptimizer
import SluiceModel

extension GateFile {
    /// Reads the input of `sluice optimize gate`; errors name the line, or the path of the key, and all come at once.
    package static func read(_ bytes: [UInt8]) throws(GateFileErrors) -> GateFile {
        try GateFileFaults.reading(bytes) { root, faults in
            let known = ["schema", "stages", "budgets", "capacities", "deadline_s", "objective"]
            guard faults.expectObject(root, of: known) else { return nil }
            return file(root, &faults)
        }
    }

    /// Without what could not be read.
    private static func file(_ root: GateFileValue, _ faults: inout GateFileFaults) -> GateFile {
        let stages = stages(of: root, &faults)
        var capacities = limits(root["capacities"], &faults)
        let named = Set(capacities.map(\.name))
        let asked = Set(stages.flatMap { $0.profiles.flatMap(\.demand.keys) })
        capacities += asked.subtracting(named).sorted().map { Limit(name: $0, amount: .zero) }
        return GateFile(
            stages: stages, budgets: limits(root["budgets"], &faults), capacities: capacities,
            deadline: faults.keep(try root["deadline_s"]?.amount()) ?? nil,
            objective: faults.keep(try objective(root["objective"])) ?? [])
    }

    private static func limits(_ value: GateFileValue?, _ faults: inout GateFileFaults) -> [Limit] {
        var limits: [Limit] = []
        // null lifts a limit.
        for member in (faults.keep(try value?.members()) ?? nil) ?? [] where member.value.json != .null {
            guard let amount = faults.keep(try member.value.amount()) else { continue }
            limits.append(Limit(name: member.key, amount: amount))
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

    private static func stages(of root: GateFileValue, _ faults: inout GateFileFaults) -> [Stage] {
        let items = faults.keep(try root.required("stages").items()) ?? []
        var indices: [String: Int] = [:]
        for (index, item) in items.enumerated() {
            guard faults.expectObject(item, of: ["name", "needs", "window_s", "profiles"]) else { continue }
            faults.keep(try count(item, index, &indices))
        }
        return items.compactMap { stage($0, indices, &faults) }
    }

    private static func count(
        _ item: GateFileValue, _ index: Int, _ indices: inout [String: Int]
    ) throws(GateFileError) {
        let name = try item.required("name")
        if let other = indices.updateValue(index, forKey: try name.text()) {
            throw name.failure("stages[\(other)] has the same name")
        }
    }

    /// nil where it is no object with a name, which was noted when it was counted.
    private static func stage(
        _ value: GateFileValue, _ indices: [String: Int], _ faults: inout GateFileFaults
    ) -> Stage? {
        guard case .string(let name)? = value["name"]?.json else { return nil }
        let needs = faults.keep(try needs(value, indices))
        let window = faults.keep(try window(value["window_s"]))
        return Stage(name: name, needs: needs ?? [], window: window ?? nil, profiles: profiles(of: value, &faults))
    }

    private static func needs(_ value: GateFileValue, _ indices: [String: Int]) throws(GateFileError) -> [Int] {
        var needs: [Int] = []
        for need in try value["needs"]?.items() ?? [] {
            guard let index = indices[try need.text()] else {
                throw need.failure("there is no stage '\(try need.text())'")
            }
            if !needs.contains(index) { needs.append(index) }
        }
        return needs
    }

    private static func profiles(of value: GateFileValue, _ faults: inout GateFileFaults) -> [Profile] {
        let items = faults.keep(try profileItems(of: value)) ?? []
        return items.compactMap { profile($0, &faults) }
    }

    private static func profileItems(of value: GateFileValue) throws(GateFileError) -> [GateFileValue] {
        let list = try value.required("profiles")
        let items = try list.items()
        if items.isEmpty { throw list.failure("a stage needs at least one profile") }
        return items
    }

    private static func window(
        _ value: GateFileValue?
    ) throws(GateFileError) -> (earliest: Amount, latest: Amount)? {
        guard let value else { return nil }
        let items = try value.items()
        guard items.count == 2 else { throw value.failure("expected [earliest start, latest end]") }
        return (try items[0].amount(), try items[1].amount())
    }

    private static func profile(_ value: GateFileValue, _ faults: inout GateFileFaults) -> Profile? {
        let known = ["name", "duration_s", "use", "demand", "penalty", "degraded"]
        guard faults.expectObject(value, of: known) else { return nil }
        let name = faults.keep(try value.required("name").text())
        let duration = faults.keep(try value["duration_s"]?.amount() ?? .zero)
        let use = faults.keep(try value["use"]?.amounts() ?? [:])
        let demand = faults.keep(try value["demand"]?.amounts() ?? [:])
        let penalty = faults.keep(try value["penalty"]?.amount() ?? .zero)
        let isDegraded = faults.keep(try value["degraded"]?.flag() ?? false)
        guard let name, let duration, let use, let demand, let penalty, let isDegraded else { return nil }
        return Profile(
            name: name, duration: duration, use: use, demand: demand, penalty: penalty, isDegraded: isDegraded)
    }
}
