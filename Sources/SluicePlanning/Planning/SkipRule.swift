import SluiceModel

/// A skipped stage takes everything with it that needs its data.
enum SkipRule {
    /// The skipped stage whose data is missing; nil where nothing is known to be.
    static func blocker(of stage: Plan.Stage, results: [String: RunEvent.StageEnd]) -> String? {
        for input in stage.inputs {
            switch input.source {
            case .tree, .external: continue
            case .outputs(let references):
                if let skipped = references.first(where: { results[$0.stage]?.outcome == .skipped }) {
                    return skipped.stage
                }
            case .selected(let instances, _, _, _):
                // Any instance that is left will do.
                let isGone = instances.allSatisfy { results[$0]?.outcome == .skipped }
                if isGone, let first = instances.first { return first }
            }
        }
        return nil
    }
}
