import SluiceModel

/// Checks the edges between stages that one file shows: who is named, and that nobody waits for himself.
enum StageOrder {
    static func check(_ pipeline: Pipeline, _ findings: Findings) {
        let names = pipeline.stages.map(\.name)
        for stage in pipeline.stages {
            for need in stage.needs where !names.contains(need.value) {
                findings.add(PipelineFindings.unknownStage(need.value, known: names), at: need.location)
            }
            checkSelect(stage, in: pipeline, findings)
        }
        for cycle in cycles(in: pipeline) {
            let place = edgeLocation(from: cycle[0], to: cycle[1 % cycle.count], in: pipeline)
            findings.add(PipelineFindings.cycle(cycle), at: place)
        }
    }

    private static func checkSelect(_ stage: Pipeline.Stage, in pipeline: Pipeline, _ findings: Findings) {
        guard let select = stage.select else { return }
        guard let from = pipeline.stage(named: select.from.value) else {
            let finding = PipelineFindings.unknownStage(select.from.value, known: pipeline.stages.map(\.name))
            return findings.add(finding, at: select.from.location)
        }
        if from.matrix == nil {
            findings.add(PipelineFindings.selectWithoutMatrix(from.name), at: select.from.location)
        }
    }

    /// The stages that a stage waits for, each with the place that says so.
    static func upstream(of stage: Pipeline.Stage) -> [(name: String, location: SourceLocation)] {
        var upstream = stage.needs.map { ($0.value, $0.location) }
        for input in stage.inputs {
            if case .output(let name, _) = input.source.value { upstream.append((name, input.source.location)) }
        }
        if let select = stage.select { upstream.append((select.from.value, select.from.location)) }
        return upstream
    }

    private static func edgeLocation(from name: String, to other: String, in pipeline: Pipeline) -> SourceLocation {
        guard let stage = pipeline.stage(named: name) else { return SourceLocation(file: pipeline.path) }
        return upstream(of: stage).first { $0.name == other }?.location ?? stage.location
    }

    /// Every stage that is reached from one stage, itself only on a cycle.
    static func ancestors(of name: String, in pipeline: Pipeline) -> Set<String> {
        var reached: Set<String> = []
        var waiting = [name]
        while let next = waiting.popLast() {
            guard let stage = pipeline.stage(named: next) else { continue }
            for edge in upstream(of: stage) where reached.insert(edge.name).inserted { waiting.append(edge.name) }
        }
        return reached
    }

    /// One cycle for each knot of stages that wait for each other: the shortest one through its first stage.
    private static func cycles(in pipeline: Pipeline) -> [[String]] {
        var edges: [String: [String]] = [:]
        for stage in pipeline.stages { edges[stage.name] = upstream(of: stage).map(\.name) }
        var done: Set<String> = []
        var cycles: [[String]] = []
        for stage in pipeline.stages where !done.contains(stage.name) {
            guard let cycle = shortestCycle(through: stage.name, edges) else { continue }
            cycles.append(cycle)
            done.formUnion(cycle)
        }
        return cycles
    }

    /// Breadth first, so that the path is a shortest one.
    private static func shortestCycle(through start: String, _ edges: [String: [String]]) -> [String]? {
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

    private static func path(to end: String, _ parent: [String: String], from start: String) -> [String] {
        var path = [end]
        while let last = path.last, last != start, let before = parent[last] { path.append(before) }
        return path.reversed()
    }
}
