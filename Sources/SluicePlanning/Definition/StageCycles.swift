import SluiceModel

/// Finds stages that wait for each other.
struct StageCycles {
    /// More would help nobody.
    private static let maximum = 10

    private let names: [String]
    private var edges: [String: [String]] = [:]

    init(_ pipeline: Pipeline) {
        names = pipeline.stages.map(\.name)
        for stage in pipeline.stages {
            var seen: Set<String> = []
            edges[stage.name] = StageOrder.upstream(of: stage).map(\.name).filter { seen.insert($0).inserted }
        }
    }

    /// One cycle for each knot, the shortest through its first stage; each begins with its stage that comes first.
    func find() -> [[String]] {
        var done: Set<String> = []
        var cycles: [[String]] = []
        let stuck = Self.stuck(names, edges)
        // What is only behind a cycle is on none; with thousands of stages behind one, each would be searched in vain.
        let suspects = Self.stuck(names.filter(stuck.contains), reversed(among: stuck))
        for name in names where suspects.contains(name) && !done.contains(name) && cycles.count < Self.maximum {
            guard let cycle = shortestCycle(through: name) else { continue }
            cycles.append(cycle)
            done.formUnion(cycle)
        }
        return cycles
    }

    /// Who waits for whom, the other way round.
    private func reversed(among names: Set<String>) -> [String: [String]] {
        var reversed = Dictionary(uniqueKeysWithValues: names.map { ($0, [String]()) })
        for name in names {
            for other in edges[name] ?? [] where names.contains(other) { reversed[other]?.append(name) }
        }
        return reversed
    }

    /// Takes away, again and again, the stages that wait for nobody (Kahn, 1962): cycles and what is behind stay.
    private static func stuck(_ names: [String], _ edges: [String: [String]]) -> Set<String> {
        var waiting: [String: Int] = [:]
        var behind: [String: [String]] = [:]
        for name in names {
            let known = (edges[name] ?? []).filter { edges[$0] != nil }
            waiting[name] = known.count
            for other in known { behind[other, default: []].append(name) }
        }
        var free = names.filter { waiting[$0] == 0 }
        var rest = Set(names)
        while let name = free.popLast() {
            rest.remove(name)
            for next in behind[name] ?? [] {
                waiting[next, default: 0] -= 1
                if waiting[next] == 0 { free.append(next) }
            }
        }
        return rest
    }

    /// Breadth first, so that the path is a shortest one.
    private func shortestCycle(through start: String) -> [String]? {
        var parent: [String: String] = [:]
        var queue = [start]
        var head = 0
        while head < queue.count {
            let name = queue[head]
            head += 1
            for next in edges[name] ?? [] {
                if next == start { return path(to: name, parent, from: start) }
                if parent[next] == nil {
                    parent[next] = name
                    queue.append(next)
                }
            }
        }
        return nil
    }

    private func path(to end: String, _ parent: [String: String], from start: String) -> [String] {
        var path = [end]
        while let last = path.last, last != start, let before = parent[last] { path.append(before) }
        return path.reversed()
    }
}
