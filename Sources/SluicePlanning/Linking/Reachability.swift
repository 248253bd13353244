import SluiceModel

/// Finds stages that no run will ever start.
enum Reachability {
    static func check(_ pipeline: Pipeline, _ findings: Findings) {
        var never: [String: String] = [:]
        for stage in pipeline.stages where isNever(stage.condition) { never[stage.name] = stage.name }
        for stage in pipeline.stages where never[stage.name] != nil {
            findings.add(LinkFindings.conditionIsFalse(stage.name), at: stage.condition?.location ?? stage.location)
        }
        // As long as a stage is found whose data never comes.
        var isDone = false
        while !isDone {
            isDone = true
            for stage in pipeline.stages where never[stage.name] == nil {
                guard let edge = StageOrder.dataEdges(of: stage).first(where: { never[$0.name] != nil }) else {
                    continue
                }
                never[stage.name] = edge.name
                findings.add(LinkFindings.dataNeverComes(stage.name, from: edge.name), at: edge.location)
                isDone = false
            }
        }
    }

    /// A condition that names nothing and is false whatever changed.
    private static func isNever(_ condition: Located<String>?) -> Bool {
        guard let condition, let expression = try? Expression(parsing: condition.value), expression.names.isEmpty
        else { return false }
        let changes: [ChangedPaths] = [.everything, .paths([])]
        return changes.allSatisfy { expression.holds(in: Scope(changed: $0)) == false }
    }
}
