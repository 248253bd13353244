import SluiceModel

/// Checks the edges between stages that one file shows: who is named, and that nobody waits for himself.
enum StageOrder {
    static func check(_ pipeline: Pipeline, _ findings: Findings) {
        let names = pipeline.stages.map(\.name)
        let stages = byName(pipeline)
        for stage in pipeline.stages where !findings.isFull {
            for need in stage.needs where stages[need.value] == nil && !findings.isFull {
                findings.add(PipelineFindings.unknownStage(need.value, known: names), at: need.location)
            }
            checkSelect(stage, stages, findings)
        }
        for cycle in StageCycles(pipeline).find() {
            let edges = stages[cycle[0]].map(upstream) ?? []
            let place = edges.first { $0.name == cycle[1 % cycle.count] }?.location
            findings.add(PipelineFindings.cycle(cycle), at: place ?? SourceLocation(file: pipeline.path))
        }
    }

    static func byName(_ pipeline: Pipeline) -> [String: Pipeline.Stage] {
        Dictionary(pipeline.stages.map { ($0.name, $0) }) { first, _ in first }
    }

    private static func checkSelect(
        _ stage: Pipeline.Stage, _ stages: [String: Pipeline.Stage], _ findings: Findings
    ) {
        guard let select = stage.select else { return }
        guard let from = stages[select.from.value] else {
            let finding = PipelineFindings.unknownStage(select.from.value, known: Array(stages.keys))
            return findings.add(finding, at: select.from.location)
        }
        if from.matrix == nil {
            findings.add(PipelineFindings.selectWithoutMatrix(from.name), at: select.from.location)
        }
    }

    /// The stages that a stage waits for, each with the place that says so.
    static func upstream(of stage: Pipeline.Stage) -> [(name: String, location: SourceLocation)] {
        stage.needs.map { ($0.value, $0.location) } + dataEdges(of: stage)
    }

    /// The stages whose data a stage reads.
    static func dataEdges(of stage: Pipeline.Stage) -> [(name: String, location: SourceLocation)] {
        var edges: [(String, SourceLocation)] = []
        for input in stage.inputs {
            if case .output(let name, _) = input.source.value { edges.append((name, input.source.location)) }
        }
        if let select = stage.select { edges.append((select.from.value, select.from.location)) }
        return edges
    }

    /// Whether a stage waits for another one, directly or through others; for itself only on a cycle. Breadth first: what is
    /// read mostly comes right before.
    static func comes(_ other: String, before name: String, in stages: [String: Pipeline.Stage]) -> Bool {
        var reached: Set<String> = []
        var queue = [name]
        var head = 0
        while head < queue.count {
            let edges = stages[queue[head]].map(upstream) ?? []
            head += 1
            for edge in edges where reached.insert(edge.name).inserted {
                if edge.name == other { return true }
                queue.append(edge.name)
            }
        }
        return false
    }
}
