import SluiceModel

/// Reads an example of a plugin's folder `conformance`: `params`, `inputs`, `seed`, and the ending that is expected.
package enum ExampleFile {
    private static let keys = ["description", "params", "inputs", "seed", "expect", "repeatable"]

    /// The example is nil where there is an error. Params are held against the manifest's schema, for an example is a
    /// stage that could be.
    package static func parse(
        _ source: SourceText, name: String, manifest: PluginManifest
    ) -> (example: PluginExample?, diagnostics: [Diagnostic]) {
        let findings = Findings(source, domain: "example")
        guard let root = YAMLReader.read(findings) else { return (nil, findings.sorted) }
        let map = MapReader(root, "the example", keys: keys, in: findings)
        _ = map.string("description")
        let reader = ExampleReader(map: map, manifest: manifest, findings: findings)
        let example = PluginExample(
            name: name, params: reader.params(), inputs: reader.inputs(),
            seed: map.integer("seed", in: 0...(1 << 53 - 1)) ?? 0,
            expected: map.choice("expect", PluginExample.Ending.self) ?? .ok,
            isRepeatable: map.boolean("repeatable") ?? true)
        return (findings.hasErrors ? nil : example, findings.sorted)
    }
}

private struct ExampleReader {
    let map: MapReader
    let manifest: PluginManifest
    let findings: Findings

    func params() -> JSONValue {
        let node = map["params"]
        let given = MapReader(named: node, "`params`", in: findings).isMap ? node?.json : nil
        guard let schema = manifest.params else { return given ?? .emptyObject }
        let params = schema.applyingDefaults(to: given ?? .emptyObject)
        for violation in schema.violations(of: params) {
            let place = node?.nearest(to: violation.steps).location ?? map.location
            findings.add(ExampleFindings.param(violation), at: place)
        }
        return params
    }

    func inputs() -> [String: [String]] {
        let given = MapReader(named: map["inputs"], "`inputs`", in: findings)
        var inputs: [String: [String]] = [:]
        for entry in given.entries {
            guard let input = manifest.inputs.first(where: { $0.name == entry.key }) else {
                let finding = ExampleFindings.unknownInput(entry.key, known: manifest.inputs.map(\.name))
                findings.add(finding, at: entry.keyLocation)
                continue
            }
            inputs[entry.key] = paths(given, of: input)
        }
        for input in manifest.inputs where input.isRequired && !given.has(input.name) {
            findings.add(ExampleFindings.missingInput(input.name), at: map.keyLocation("inputs"))
        }
        return inputs
    }

    private func paths(_ given: MapReader, of input: PluginManifest.Input) -> [String] {
        let paths = given.located(input.name) ?? []
        if paths.count != 1, !input.isMany {
            findings.add(ExampleFindings.notMany(input.name), at: given.keyLocation(input.name))
        }
        return paths.compactMap { path in
            if let normal = TreePath.normalized(path.value) { return "conformance/" + normal }
            findings.add(ExampleFindings.badPath(path.value), at: path.location)
            return nil
        }
    }
}

/// The wording of what only an example can get wrong.
private enum ExampleFindings {
    static func param(_ violation: SchemaViolation) -> Finding {
        let what = violation.path.isEmpty ? "`params`" : "param `\(violation.path)`"
        return Finding("example.param", "\(what): \(violation.message)", hint: violation.hint)
    }

    static func unknownInput(_ name: String, known: [String]) -> Finding {
        Finding(
            "example.input", "the plugin has no input `\(name)`",
            hint: NearestName.hint(for: name, of: known, kind: "inputs"))
    }

    static func missingInput(_ name: String) -> Finding {
        Finding("example.input", "the input `\(name)` is required", hint: "a file beside this example")
    }

    static func notMany(_ name: String) -> Finding {
        Finding("example.input", "the input `\(name)` takes one file or folder", hint: "`many: true` takes a list")
    }

    static func badPath(_ path: String) -> Finding {
        Finding("example.input", "`\(path)` is no path within the folder `conformance`")
    }
}
