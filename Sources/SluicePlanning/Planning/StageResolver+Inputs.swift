import SluiceModel

extension StageResolver {
    /// nil where it cannot be resolved; why is among the diagnostics then.
    mutating func resolve(
        _ input: Pipeline.Stage.Input, of stage: Plan.Stage
    ) throws(PlanningError) -> Plan.Input? {
        let declared = stage.plugin?.manifest.inputs.first { $0.name == input.name }
        var resolved = Plan.Input(
            name: input.name, type: declared?.type ?? .file, isMany: declared?.isMany ?? false,
            source: .external(""))
        switch input.source.value {
        case .external(let path): resolved.source = .external(path)
        case .output(let other, let output): connect(&resolved, to: other, output, of: stage)
        case .path(let text):
            guard let path = path(text, of: stage, at: input.source.location) else { return nil }
            guard try find(path, for: &resolved, at: input.source.location) else { return nil }
        }
        return resolved
    }

    /// One output, the outputs of all instances, or that of the best one.
    private func connect(_ input: inout Plan.Input, to other: String, _ output: String, of stage: Plan.Stage) {
        let names = instances[other] ?? []
        let producer = definitions[other]
        let type = linked.plugins[other]?.manifest.outputs.first { $0.name == output }?.type
        let own = producer?.outputs.first { $0.name == output }?.type
        if stage.plugin == nil { input.type = own ?? type ?? .file }
        if let select = stage.definition.select, select.from.value == other {
            input.source = .selected(
                from: names, output: output, metric: select.metric, direction: select.direction)
        } else {
            input.source = .outputs(names.map { Plan.OutputReference(stage: $0, output: output) })
            if producer?.matrix != nil { input.isMany = true }
        }
    }

    /// A path within the commit or the workspace, filled with what is known before the run.
    mutating func path(_ text: String, of stage: Plan.Stage, at location: SourceLocation) -> String? {
        do throws(ExpressionError) {
            let template = try Template(parsing: text)
            let scope = facts.scope(of: stage, reading: [], results: [:])
            guard let path = try template.text(in: scope) else {
                report(
                    "pipeline.unknown-path", "`\(text)` reads a result: a path must be known before the run",
                    at: location)
                return nil
            }
            let steps = path.split(separator: "/").filter { $0 != "." }
            guard !path.hasPrefix("/"), !steps.contains("..") else {
                report("pipeline.bad-path", "`\(text)` is `\(path)`, which leads out of its folder", at: location)
                return nil
            }
            return steps.joined(separator: "/")
        } catch {
            report("pipeline.bad-interpolation", error.message, at: location, hint: error.hint)
            return nil
        }
    }

    /// A file, a folder, or the files that a glob holds.
    private mutating func find(
        _ path: String, for input: inout Plan.Input, at location: SourceLocation
    ) throws(PlanningError) -> Bool {
        let glob = Glob(path)
        if !glob.isLiteral, try tree.entry(at: path) == nil {
            let files = try tree.files(matching: [glob])
            if files.isEmpty {
                report("pipeline.missing-input", "no file of the commit matches `\(path)`", at: location)
            }
            input.source = .tree(files, base: "")
            input.isMany = true
            return !files.isEmpty
        }
        guard let entry = try tree.entry(at: path) else {
            report("pipeline.missing-input", "there is no `\(path)` in the commit", at: location)
            return false
        }
        switch entry.kind {
        case .file, .executable: input.source = .tree([entry], base: path)
        case .folder: input.source = .tree(try tree.entries(under: path).filter(\.isRegular), base: path)
        case .link, .submodule:
            report("pipeline.irregular-input", "`\(path)` is a link or a submodule, not a file", at: location)
            return false
        }
        return true
    }
}
