import SluiceModel

/// Finds stages that no run will ever start.
enum Reachability {
    static func check(_ pipeline: Pipeline, _ findings: Findings) {
        var waiting = pipeline.stages.filter { isNever($0.condition) }
        for stage in waiting {
            findings.add(LinkFindings.conditionIsFalse(stage.name), at: stage.condition?.location ?? stage.location)
        }
        guard !waiting.isEmpty else { return }
        let readers = readers(in: pipeline)
        var never = Set(waiting.map(\.name))
        while let dead = waiting.popLast() {
            for (stage, location) in readers[dead.name] ?? [] where never.insert(stage.name).inserted {
                findings.add(LinkFindings.dataNeverComes(stage.name, from: dead.name), at: location)
                waiting.append(stage)
            }
        }
    }

    /// By stage, those that read its data, and where they say so.
    private static func readers(
        in pipeline: Pipeline
    ) -> [String: [(stage: Pipeline.Stage, location: SourceLocation)]] {
        var readers: [String: [(stage: Pipeline.Stage, location: SourceLocation)]] = [:]
        for stage in pipeline.stages {
            for edge in StageOrder.dataEdges(of: stage) {
                readers[edge.name, default: []].append((stage, edge.location))
            }
        }
        return readers
    }

    /// A condition that names nothing and is false whatever changed.
    private static func isNever(_ condition: Located<String>?) -> Bool {
        guard let condition, let expression = try? Expression(parsing: condition.value), expression.names.isEmpty
        else { return false }
        // One that is an error is no condition at all.
        guard expression.typeErrors(in: Scope()).isEmpty else { return false }
        let changes: [ChangedPaths] = [.everything, .paths([])]
        return changes.allSatisfy { expression.holds(in: Scope(changed: $0)) == false }
    }
}
