import SluiceModel

extension CacheProbe {
    /// The parts of a stage's key that do not hang on results which are still to come; for comparing, not for looking
    /// anything up. nil where even its params read such a result.
    mutating func knownParts(of stage: Plan.Stage, lock: String?) -> [CacheKeyPart]? {
        let pending = stage.inputs.filter { $0.source.stages.contains { known[$0] == nil } }
        let stage = stage
        guard let binding = try? bind(stage, profile: 0, lock: lock, with: standIns(for: pending)) else { return nil }
        let names = Set(pending.map { "input.\($0.name)" })
        return binding.parts.filter { !names.contains($0.name) }
    }

    /// Results as they might come, so that everything besides them can be bound.
    private func standIns(for inputs: [Plan.Input]) -> [String: RunEvent.StageEnd] {
        var results: [String: RunEvent.StageEnd] = [:]
        func add(_ stage: String, _ output: String, metrics: [String: Double] = [:]) {
            guard known[stage] == nil else { return }
            let artifact = Artifact(
                name: output, digest: CacheKey.sha256(output), size: 0, type: .file, isFolder: false)
            results[stage, default: RunEvent.StageEnd(outcome: .succeeded)].artifacts.append(artifact)
            results[stage]?.metrics.merge(metrics) { first, _ in first }
        }
        for input in inputs {
            switch input.source {
            case .tree, .external: break
            case .outputs(let references): for reference in references { add(reference.stage, reference.output) }
            case .selected(let stages, let output, let metric, _):
                for stage in stages { add(stage, output, metrics: [metric: 0]) }
            }
        }
        return results
    }
}

extension Plan.Input.Source {
    /// Stages whose results it may be.
    fileprivate var stages: [String] {
        switch self {
        case .tree, .external: []
        case .outputs(let references): references.map(\.stage)
        case .selected(let stages, _, _, _): stages
        }
    }
}
