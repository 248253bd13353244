import SluiceModel

/// Checks the names that a stage's expressions and texts read: `params.*`, `matrix.*`, `stages.*` and the rest.
struct StageNameLinker {
    let stage: Pipeline.Stage
    let linked: LinkedPipeline
    /// False where the params could not be read: then nothing is said of them.
    let knowsParams: Bool
    let context: LinkContext

    init(stage: Pipeline.Stage, linked: LinkedPipeline, knowsParams: Bool, context: LinkContext) {
        self.stage = stage
        self.linked = linked
        self.knowsParams = knowsParams
        self.context = context
    }

    func check() {
        let node = context.root.nearest(to: ["stages", stage.name])
        for key in ["with", "env", "inputs", "outputs", "metrics", "profiles"] {
            if let value = node[key] { checkTexts(value) }
        }
        if case .run(let script) = stage.action.value {
            check(ScriptTemplate.parse(script).script.names, in: script, at: stage.action.location)
        }
        checkCondition()
    }

    private func checkTexts(_ node: YAMLNode) {
        switch node.content {
        case .sequence(let items): for item in items { checkTexts(item) }
        case .mapping(let entries): for entry in entries { checkTexts(entry.value) }
        case .scalar(let text, _):
            guard text.utf8.contains(UInt8(ascii: "$")), let template = try? Template(parsing: text) else { return }
            check(template.names, in: text, at: node.location)
        }
    }

    private func checkCondition() {
        guard let condition = stage.condition, let expression = try? Expression(parsing: condition.value) else {
            return
        }
        let before = context.findings.diagnostics.count
        check(expression.names, in: condition.value, at: condition.location)
        guard knowsParams, context.findings.diagnostics.count == before else { return }
        let cells = (stage.matrix?.axes ?? []).compactMap { axis in axis.values.first.map { (axis.name, $0) } }
        let scope = Scope(params: linked.params, matrix: Dictionary(cells) { first, _ in first })
        for error in expression.typeErrors(in: scope) {
            let place = location(error.offset, in: condition.value, at: condition.location)
            context.findings.add(PipelineFindings.badExpression(error), at: place)
        }
    }

    private func location(_ offset: Int, in text: String, at start: SourceLocation) -> SourceLocation {
        context.findings.source.location(ofCharacter: offset, of: text, at: start)
    }

    private func check(_ uses: [NameUse], in text: String, at start: SourceLocation) {
        for use in uses where !context.findings.isFull {
            guard let finding = finding(for: use.name) else { continue }
            context.findings.add(finding, at: location(use.offset, in: text, at: start))
        }
    }

    /// What is wrong with a name here.
    private func finding(for name: Name) -> Finding? {
        switch name {
        case .param(let path):
            guard knowsParams, Self.value(at: path, in: linked.params) == nil else { return nil }
            return LinkFindings.unknownParam(
                path.joined(separator: "."), known: ParamsLoader.names(in: linked.params))
        case .matrix(let axis):
            let axes = stage.matrix?.axes.map(\.name) ?? []
            return axes.contains(axis) ? nil : LinkFindings.unknownAxis(axis, stage: stage.name, known: axes)
        case .input(let input):
            let known = stage.inputs.map(\.name)
            return known.contains(input) ? nil : LinkFindings.noSuchInput(input, stage: stage.name, known: known)
        case .output(let output):
            let known = stage.outputs.map(\.name)
            return known.contains(output) ? nil : LinkFindings.unknownOutput(output, of: stage.name, known: known)
        case .stageOutput(let other, _): return finding(forStage: other, metric: nil)
        case .stageMetric(let other, let metric): return finding(forStage: other, metric: metric)
        case .commit, .reference, .trusted, .degraded: return nil
        }
    }

    private static func value(at path: [String], in params: JSONValue) -> JSONValue? {
        var value: JSONValue? = params
        for step in path { value = value?[step] }
        return value
    }

    private func finding(forStage other: String, metric: String?) -> Finding? {
        guard let producer = context.stages[other] else {
            return PipelineFindings.unknownStage(other, known: linked.pipeline.stages.map(\.name))
        }
        guard StageOrder.comes(other, before: stage.name, in: context.stages) else {
            return LinkFindings.notUpstream(other, of: stage.name)
        }
        if producer.matrix != nil, stage.select?.from.value != other {
            return LinkFindings.matrixResult(other)
        }
        guard let metric, let manifest = linked.plugins[other]?.manifest, !manifest.metrics.isEmpty,
            manifest.metrics[metric] == nil
        else { return nil }
        return LinkFindings.unknownMetric(metric, plugin: manifest.name, known: Array(manifest.metrics.keys))
    }
}
