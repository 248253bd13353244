import SluiceModel

/// Reads `matrix` and `select`.
struct MatrixReader {
    static let maximumInstances = 20_000

    let findings: Findings
    private var values: ValueReader { ValueReader(findings: findings) }

    init(findings: Findings) { self.findings = findings }

    func matrix(_ node: YAMLNode) -> Pipeline.Stage.Matrix {
        let map = MapReader(named: node, "`matrix`", in: findings)
        let axes = map.entries.filter { $0.key != "max_parallel" && $0.key != "fail_fast" }.compactMap(axis)
        if axes.isEmpty, node.entries != nil { findings.add(PipelineFindings.emptyMatrix, at: node) }
        let instances = axes.reduce(1) { min($0 * max(1, $1.values.count), 1_000_000) }
        if instances > Self.maximumInstances {
            findings.add(PipelineFindings.largeMatrix(instances, limit: Self.maximumInstances), at: node)
        } else if let name = Self.nameTwice(axes) {
            findings.add(PipelineFindings.instanceTwice(name), at: node)
        }
        return Pipeline.Stage.Matrix(
            axes: axes, maxParallel: map.integer("max_parallel", in: 1...10_000).map { Int($0) },
            failFast: map.boolean("fail_fast") ?? true)
    }

    /// A comma in a value of one axis may look like the beginning of the next one.
    private static func nameTwice(_ axes: [Pipeline.Stage.Matrix.Axis]) -> String? {
        guard axes.count > 1, axes.contains(where: { $0.values.contains { $0.plainText.contains(",") } }) else {
            return nil
        }
        var seen: Set<String> = []
        return MatrixExpansion.rows(of: axes).lazy.map(MatrixExpansion.name).first { !seen.insert($0).inserted }
    }

    private func axis(_ entry: YAMLNode.Entry) -> Pipeline.Stage.Matrix.Axis? {
        guard values.isName(entry.key, at: entry.keyLocation, kind: "an axis") else { return nil }
        guard let items = entry.value.items, !items.isEmpty else {
            let finding = values.wrongType("axis `\(entry.key)`", "a list with members", entry.value)
            findings.add(finding, at: entry.value)
            return nil
        }
        var seen: Set<String> = []
        let cells = items.compactMap { item in cell(item, of: entry.key, seen: &seen) }
        return Pipeline.Stage.Matrix.Axis(name: entry.key, values: cells)
    }

    /// `seen`: values by their text, for instances are called by it: `1` and `"1"` would be one name.
    private func cell(_ item: YAMLNode, of axis: String, seen: inout Set<String>) -> JSONValue? {
        guard let value = item.scalar, value != .null else {
            findings.add(values.wrongType("a value of axis `\(axis)`", "a string, number or boolean", item), at: item)
            return nil
        }
        if let text = value.stringValue, text.contains("${") || text.utf8.contains(where: { $0 < 0x20 }) {
            findings.add(PipelineFindings.matrixTemplate(axis), at: item)
        }
        let text = value.plainText
        if !seen.insert(text).inserted { findings.add(PipelineFindings.cellTwice(text, axis), at: item) }
        return value
    }

    func select(_ node: YAMLNode) -> Pipeline.Stage.Select? {
        let map = MapReader(node, "`select`", keys: ["from", "metric", "direction"], in: findings)
        let from = map.required("from", example: "from: train")
        let metric = map.required("metric", example: "metric: auc").flatMap { values.string($0, "`metric`") }
        let direction = map.required("direction", example: "direction: maximize").flatMap {
            values.choice($0, "`direction`", Direction.self)
        }
        guard let from, let name = values.string(from, "`from`") else { return nil }
        return Pipeline.Stage.Select(
            from: Located(name, at: from.location), metric: metric ?? "", direction: direction ?? .maximize)
    }
}
