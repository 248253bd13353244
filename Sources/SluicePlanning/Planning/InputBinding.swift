import SluiceModel

/// Finds what a stage's inputs are made of, once the stages that make it have ended.
enum InputBinding {
    /// nil while one of them has not ended.
    static func bind(
        _ stage: Plan.Stage, results: [String: RunEvent.StageEnd]
    ) throws(BindingError) -> [BoundInput]? {
        var bound: [BoundInput] = []
        for input in stage.inputs {
            guard let items = try items(of: input, stage, results) else { return nil }
            bound.append(BoundInput(name: input.name, type: input.type, isMany: input.isMany, items: items))
        }
        return bound
    }

    private static func items(
        of input: Plan.Input, _ stage: Plan.Stage, _ results: [String: RunEvent.StageEnd]
    ) throws(BindingError) -> [BoundInput.Item]? {
        switch input.source {
        case .external(let path):
            return [.init(instance: nil, digest: "external:" + path, content: .external(path))]
        case .tree(let entries, let base):
            return files(entries, base: base)
        case .outputs(let references):
            var items: [BoundInput.Item] = []
            for reference in references {
                guard let end = results[reference.stage] else { return nil }
                items.append(try item(reference, end, stage))
            }
            return items
        case .selected(let instances, let output, let metric, let direction):
            guard let best = try best(of: instances, metric, direction, stage, results), let end = results[best]
            else { return nil }
            return [try item(.init(stage: best, output: output), end, stage)]
        }
    }

    private static func best(
        of instances: [String], _ metric: String, _ direction: Direction, _ stage: Plan.Stage,
        _ results: [String: RunEvent.StageEnd]
    ) throws(BindingError) -> String? {
        do throws(BestInstance.None) {
            return try BestInstance.find(among: instances, metric: metric, direction: direction, in: results)
        } catch {
            let from = stage.definition.select?.from
            throw BindingError(
                "no instance of \(from?.value ?? stage.name) ended well with metric \(metric)",
                at: from?.location ?? stage.definition.location)
        }
    }

    /// A glob has no base: each of its files is an item.
    private static func files(_ entries: [TreeEntry], base: String) -> [BoundInput.Item] {
        let groups = base.isEmpty ? entries.map { ([$0], $0.path) } : [(entries, base)]
        return groups.map { files, path in
            .init(instance: path, digest: CacheKey.digest(of: files, below: path), content: .tree(files, base: path))
        }
    }

    private static func item(
        _ reference: Plan.OutputReference, _ end: RunEvent.StageEnd, _ stage: Plan.Stage
    ) throws(BindingError) -> BoundInput.Item {
        guard end.outcome.isGood, let artifact = end.artifacts.first(where: { $0.name == reference.output }) else {
            throw BindingError(
                "\(reference.stage) made no output \(reference.output), which \(stage.name) reads",
                at: stage.definition.location)
        }
        return .init(instance: reference.stage, digest: artifact.digest.description, content: .artifact(artifact))
    }
}
