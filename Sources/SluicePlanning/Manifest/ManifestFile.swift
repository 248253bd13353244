import SluiceModel

/// Reads a plugin's `plugin.yaml`.
package enum ManifestFile {
    /// The manifest is nil where there is an error.
    package static func parse(_ source: SourceText) -> (manifest: PluginManifest?, diagnostics: [Diagnostic]) {
        let findings = Findings(source, domain: "manifest")
        let manifest = YAMLReader.read(findings).flatMap { ManifestReader(findings: findings).manifest($0) }
        return (findings.hasErrors ? nil : manifest, findings.sorted)
    }
}

struct ManifestReader {
    private static let keys = [
        "name", "version", "description", "protocol", "role", "command", "verbs", "python", "params", "inputs",
        "outputs", "metrics", "resources", "secrets", "effects", "grace", "sources", "estimate",
    ]

    let findings: Findings
    private var values: ValueReader { ValueReader(findings: findings) }

    init(findings: Findings) { self.findings = findings }

    func manifest(_ root: YAMLNode) -> PluginManifest? {
        let map = MapReader(root, "the manifest", keys: Self.keys, in: findings)
        guard root.entries != nil else { return nil }
        var manifest = PluginManifest(
            name: name(map) ?? "", version: map.required("version", example: "version: 1.0.0").flatMap(version) ?? "",
            wire: wire(map) ?? .sluice1, role: role(map) ?? .other, command: command(map) ?? [])
        manifest.description = map.string("description")
        manifest.verbs = Set(map.choices("verbs", PluginManifest.Verb.self) ?? [.run])
        readPython(map, into: &manifest)
        manifest.params = map["params"].map { ParameterSchemaReader(findings: findings).schema($0, depth: 0) }
        manifest.inputs = inputs(map["inputs"])
        manifest.outputs = outputs(map["outputs"])
        manifest.metrics = metrics(map["metrics"])
        manifest.resources = map["resources"].map {
            RequestReader(map: MapReader($0, "`resources`", keys: RequestReader.keys, in: findings)).request()
        }
        manifest.secrets = secrets(map)
        manifest.effects = map.choice("effects", PluginManifest.Effects.self) ?? .pure
        manifest.grace = map.duration("grace")
        manifest.sources = map.globs("sources") ?? []
        manifest.estimate = map.duration("estimate")
        return manifest
    }

    private func name(_ map: MapReader) -> String? {
        guard let node = map.required("name", example: "name: train-sklearn"),
            let name = values.string(node, "`name`"), values.isName(name, at: node.location, kind: "a plugin")
        else { return nil }
        if name.contains("_") { findings.add(ManifestFindings.underscore(name), at: node) }
        return name
    }

    /// Any text; `1.0` is read as it is written.
    private func version(_ node: YAMLNode) -> String? {
        guard let text = node.text, !text.isEmpty else {
            findings.add(values.wrongType("`version`", "a version like `1.0.0`", node), at: node)
            return nil
        }
        return text
    }

    private func wire(_ map: MapReader) -> WireProtocol? {
        guard let node = map.required("protocol", example: "protocol: sluice/1"),
            let text = values.string(node, "`protocol`")
        else { return nil }
        if let wire = WireProtocol(rawValue: text) { return wire }
        findings.add(ManifestFindings.unknownProtocol(text), at: node)
        return nil
    }

    private func role(_ map: MapReader) -> PluginManifest.Role? {
        map.required("role", example: "role: other").flatMap { values.choice($0, "`role`", PluginManifest.Role.self) }
    }

    private func command(_ map: MapReader) -> [String]? {
        guard let node = map.required("command", example: "command: [python3, ./train.py]") else { return nil }
        guard let items = node.items, !items.isEmpty else {
            findings.add(ManifestFindings.command(found: node.typeName), at: node)
            return nil
        }
        return items.compactMap { values.string($0, "a word of `command`") }
    }

    private func readPython(_ map: MapReader, into manifest: inout PluginManifest) {
        guard let node = map["python"] else { return }
        manifest.wantsPython = true
        let python = MapReader(node, "`python`", keys: ["requirements"], in: findings)
        guard let path = python.string("requirements") else { return }
        let isInside = !path.hasPrefix("/") && !path.split(separator: "/").contains("..") && !path.isEmpty
        if !isInside {
            findings.add(ManifestFindings.requirementsOutside(path), at: python.keyLocation("requirements"))
        }
        manifest.pythonRequirements = path
    }

    private func inputs(_ node: YAMLNode?) -> [PluginManifest.Input] {
        MapReader(named: node, "`inputs`", in: findings).entries.compactMap { entry in
            guard values.isName(entry.key, at: entry.keyLocation, kind: "an input") else { return nil }
            let what = "input `\(entry.key)`"
            let map = MapReader(entry.value, what, keys: ["type", "many", "required", "description"], in: findings)
            var input = PluginManifest.Input(
                name: entry.key, type: type(map) ?? .file, isMany: map.boolean("many") ?? false,
                isRequired: map.boolean("required") ?? true)
            input.description = map.string("description")
            return input
        }
    }

    private func outputs(_ node: YAMLNode?) -> [PluginManifest.Output] {
        MapReader(named: node, "`outputs`", in: findings).entries.compactMap { entry in
            guard values.isName(entry.key, at: entry.keyLocation, kind: "an output") else { return nil }
            let map = MapReader(entry.value, "output `\(entry.key)`", keys: ["type", "description"], in: findings)
            var output = PluginManifest.Output(name: entry.key, type: type(map) ?? .file)
            output.description = map.string("description")
            return output
        }
    }

    private func type(_ map: MapReader) -> ArtifactType? {
        map.required("type", example: "type: dataset").flatMap { values.choice($0, "`type`", ArtifactType.self) }
    }

    private func metrics(_ node: YAMLNode?) -> [String: Direction] {
        var metrics: [String: Direction] = [:]
        for entry in MapReader(named: node, "`metrics`", in: findings).entries {
            let what = "metric `\(entry.key)`"
            let map = MapReader(entry.value, what, keys: ["direction", "description"], in: findings)
            _ = map.string("description")
            let direction = map.required("direction", example: "direction: maximize")
            metrics[entry.key] = direction.flatMap { values.choice($0, "`direction`", Direction.self) } ?? .maximize
        }
        return metrics
    }

    private func secrets(_ map: MapReader) -> [String] {
        (map.located("secrets") ?? []).compactMap { secret in
            if Names.isVariable(secret.value) { return secret.value }
            findings.add(ManifestFindings.secretName(secret.value), at: secret.location)
            return nil
        }
    }
}
