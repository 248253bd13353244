import SluiceModel

/// A plan as a graph in the language of Graphviz: data edges solid, others dashed, what does not run grey.
package enum PlanDot {
    package static func render(_ plan: Plan) -> String {
        var lines = ["digraph \(quoted(plan.pipeline.name)) {", "  rankdir=LR;", "  node [shape=box];"]
        for stage in plan.stages { lines.append("  \(quoted(stage.name)) [\(attributes(of: stage))];") }
        for stage in plan.stages {
            let data = Set(stage.inputs.flatMap { producers($0.source) })
            for need in stage.needs {
                let style = data.contains(need) ? "" : " [style=dashed]"
                lines.append("  \(quoted(need)) -> \(quoted(stage.name))\(style);")
            }
        }
        return (lines + ["}"]).joined(separator: "\n") + "\n"
    }

    private static func attributes(of stage: Plan.Stage) -> String {
        var label = stage.name
        if let chosen = stage.chosen {
            let profile = stage.profiles[chosen]
            label += "\n\(profile.profile.name), \(DurationText.short(profile.estimate.duration))"
        } else if let reason = stage.cache.reason {
            label += "\n\(reason)"
        }
        let isIdle = stage.cache.state == .hit || stage.condition == .fails
        return "label=\(quoted(label))" + (isIdle ? ", color=grey, fontcolor=grey" : "")
    }

    private static func producers(_ source: Plan.Input.Source) -> [String] {
        switch source {
        case .outputs(let references): references.map(\.stage)
        case .selected(let instances, _, _, _): instances
        case .tree, .external: []
        }
    }

    private static func quoted(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "\"": escaped += "\\\""
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            default: escaped.append(character)
            }
        }
        return "\"\(escaped)\""
    }
}
