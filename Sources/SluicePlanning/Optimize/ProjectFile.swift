import BudgetOptimizer

/// The JSON form of a project: `{"activities": [{"modes": [{"duration", "renewable", "nonrenewable", "pools"}],
/// "successors", "release", "deadline"}], "renewable": [], "nonrenewable": [], "pools": [{"name", "renewable"}]}`;
/// activities are numbered from 1. A mode that names pools stands for one mode in each of them.
package enum ProjectFile {
    package static func read(_ bytes: [UInt8]) throws(GateFileErrors) -> ProjectProblem {
        try GateFileFaults.reading(bytes) { root, faults in
            let known = ["schema", "activities", "renewable", "nonrenewable", "pools"]
            guard faults.expectObject(root, of: known) else { return nil }
            return problem(root, &faults)
        }
    }

    private static func problem(_ root: GateFileValue, _ faults: inout GateFileFaults) -> ProjectProblem {
        let renewable = ProjectFileNumbers.amounts(root["renewable"], &faults)
        let nonrenewable = ProjectFileNumbers.amounts(root["nonrenewable"], &faults)
        let pools = pools(root["pools"], &faults)
        let list = faults.keep(try root.required("activities"))
        let reader = ProjectActivityReader(
            pools: pools?.map(\.name), shared: renewable?.count, perPool: pools.map { $0.first?.capacities.count ?? 0 },
            nonrenewable: nonrenewable?.count, count: try? list?.items().count)
        let activities = faults.items(list) { item, faults in reader.activity(item, &faults) }
        let problem = ProjectProblem(
            activities: activities ?? [], renewable: (renewable ?? []) + (pools ?? []).flatMap(\.capacities),
            nonrenewable: nonrenewable ?? [], pools: pools?.map(\.name) ?? [])
        if faults.all.isEmpty { faults.keep(try check(problem)) }
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

    // MARK: Pools

    private typealias Pool = (name: String, capacities: [Int])

    /// nil where one cannot be read: nobody knows then which there are.
    private static func pools(_ value: GateFileValue?, _ faults: inout GateFileFaults) -> [Pool]? {
        let before = faults.all.count
        var pools: [Pool] = []
        _ = faults.items(value) { item, faults in
            if let pool = pool(item, behind: pools, &faults) { pools.append(pool) }
        }
        return faults.all.count == before ? pools : nil
    }

    private static func pool(_ value: GateFileValue, behind pools: [Pool], _ faults: inout GateFileFaults) -> Pool? {
        guard faults.expectObject(value, of: ["name", "renewable"]) else { return nil }
        let name = faults.keep(try poolName(value, behind: pools))
        guard let list = faults.keep(try value.required("renewable")),
            let capacities = ProjectFileNumbers.amounts(list, &faults)
        else { return nil }
        if let first = pools.first, first.capacities.count != capacities.count {
            faults.note(list.failure("expected \(first.capacities.count) amounts, as in the first pool"))
        }
        return name.map { ($0, capacities) }
    }

    private static func poolName(_ value: GateFileValue, behind pools: [Pool]) throws(GateFileError) -> String {
        let name = try value.required("name")
        let text = try name.text()
        if pools.contains(where: { $0.name == text }) { throw name.failure("there is another pool \(text)") }
        return text
    }
}
