import SluiceModel

/// Reads what goes into a stage and what comes out of it.
struct StageEndsReader {
    let stage: StageReader
    private var findings: Findings { stage.findings }
    private var values: ValueReader { stage.values }

    init(stage: StageReader) { self.stage = stage }

    func inputs() -> [Pipeline.Stage.Input] {
        let entries = MapReader(named: stage.map["inputs"], "`inputs`", in: findings).entries
        guard entries.count <= StageReader.maximumEdges else {
            let finding = PipelineFindings.tooMany("inputs", entries.count, limit: StageReader.maximumEdges)
            findings.add(finding, at: stage.map.keyLocation("inputs"))
            return []
        }
        return entries.compactMap { entry in
            guard values.isName(entry.key, at: entry.keyLocation, kind: "an input") else { return nil }
            return source(entry).map {
                Pipeline.Stage.Input(name: entry.key, source: Located($0, at: entry.value.location))
            }
        }
    }

    private func source(_ entry: YAMLNode.Entry) -> Pipeline.Stage.Source? {
        let node = entry.value
        if node.entries != nil { return external(node, entry.key) }
        guard let text = values.string(node, "input `\(entry.key)`", wanted: "a path, `stage.output` or `{ file: … }`")
        else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count == 2, stage.names.contains(String(parts[0])), Names.isName(String(parts[1])) {
            return .output(stage: String(parts[0]), output: String(parts[1]))
        }
        stage.templates.check(node)
        if text.contains("${") { return .path(text) }
        guard let path = TreePath.normalized(text) else {
            findings.add(PipelineFindings.badPath(text, mayBeOutside: true), at: node)
            return nil
        }
        return .path(path)
    }

    private func external(_ node: YAMLNode, _ name: String) -> Pipeline.Stage.Source? {
        let map = MapReader(node, "input `\(name)`", keys: ["file"], in: findings)
        guard
            let file = map.required("file", example: "{ file: /datasets/x.csv }").flatMap({
                values.string($0, "`file`")
            })
        else { return nil }
        let steps = file.split(separator: "/", omittingEmptySubsequences: false)
        guard file.hasPrefix("/"), !steps.contains(".."), !steps.contains(".") else {
            findings.add(PipelineFindings.relativeFile(file), at: map.keyLocation("file"))
            return nil
        }
        return .external(file)
    }

    func outputs() -> [Pipeline.Stage.Output] {
        MapReader(named: stage.map["outputs"], "`outputs`", in: findings).entries.compactMap { entry in
            guard values.isName(entry.key, at: entry.keyLocation, kind: "an output") else { return nil }
            return output(entry)
        }
    }

    private func output(_ entry: YAMLNode.Entry) -> Pipeline.Stage.Output? {
        let what = "output `\(entry.key)`"
        guard entry.value.entries != nil else {
            let type = values.choice(entry.value, "the type of \(what)", ArtifactType.self)
            return Pipeline.Stage.Output(name: entry.key, type: type ?? .file)
        }
        let map = MapReader(entry.value, what, keys: ["type", "path"], in: findings)
        let type = map.required("type", example: "{ type: model, path: model.bin }")
        return Pipeline.Stage.Output(
            name: entry.key, type: type.flatMap { values.choice($0, "`type`", ArtifactType.self) } ?? .file,
            path: path("path", of: map))
    }

    /// A path within the workspace.
    func path(_ key: String, of map: MapReader? = nil) -> String? {
        let map = map ?? stage.map
        guard let node = map[key], let text = values.string(node, "`\(key)`", wanted: "a path") else { return nil }
        stage.templates.check(node)
        if text.contains("${") { return text }
        guard let path = TreePath.normalized(text) else {
            findings.add(PipelineFindings.badWorkspacePath(text), at: node)
            return nil
        }
        return path
    }
}
