import SluiceModel

/// Reads the subset of JSON Schema 2020-12 in which manifests describe params.
struct ParameterSchemaReader {
    private static let keywords = [
        "type", "properties", "required", "additionalProperties", "enum", "const", "minimum", "maximum",
        "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems", "items", "oneOf",
        "default", "description", "pattern",
    ]
    private static let types = ["null", "boolean", "integer", "number", "string", "array", "object"]
    private static let maximumDepth = 24

    let findings: Findings
    private var values: ValueReader { ValueReader(findings: findings) }

    init(findings: Findings) { self.findings = findings }

    func schema(_ node: YAMLNode, depth: Int) -> ParameterSchema {
        guard depth <= Self.maximumDepth else {
            findings.add(ManifestFindings.schemaTooDeep(), at: node)
            return .node(.init())
        }
        let map = MapReader(named: node, depth == 0 ? "`params`" : "the schema", in: findings)
        for entry in map.entries where !Self.keywords.contains(entry.key) {
            findings.add(ManifestFindings.unsupportedSchema(entry.key, known: Self.keywords), at: entry.keyLocation)
        }
        var schema = ParameterSchema.Node()
        schema.types = types(map["type"])
        schema.description = map.string("description")
        readObject(map, depth, into: &schema)
        readNumber(map, into: &schema)
        readLengths(map, into: &schema)
        schema.items = map["items"].map { self.schema($0, depth: depth + 1) }
        schema.oneOf = map["oneOf"].map { list($0, "`oneOf`").map { self.schema($0, depth: depth + 1) } } ?? []
        schema.allowed = map["enum"].map { list($0, "`enum`").map(\.json) }
        schema.constant = map.has("const") ? map.entries.first { $0.key == "const" }?.value.json : nil
        if depth == 0, !schema.types.isEmpty, schema.types != ["object"] {
            findings.add(ManifestFindings.paramsAreObject(), at: map.keyLocation("type"))
        }
        readDefault(map, into: &schema)
        return .node(schema)
    }

    private func types(_ node: YAMLNode?) -> Set<String> {
        guard let node else { return [] }
        // `type: null` is read as nothing by YAML and never comes here; `"null"` does.
        let nodes = node.items ?? [node]
        return Set(
            nodes.compactMap { node in
                guard let name = values.string(node, "`type`") else { return nil }
                if Self.types.contains(name) { return name }
                findings.add(
                    ValueFindings.unknownWord(name, "`type`", words: Self.types, in: findings.domain), at: node)
                return nil
            })
    }

    private func list(_ node: YAMLNode, _ what: String) -> [YAMLNode] {
        if let items = node.items, !items.isEmpty { return items }
        findings.add(values.wrongType(what, "a list with members", node), at: node)
        return []
    }

    private func readObject(_ map: MapReader, _ depth: Int, into schema: inout ParameterSchema.Node) {
        for entry in MapReader(named: map["properties"], "`properties`", in: findings).entries {
            schema.properties[entry.key] = self.schema(entry.value, depth: depth + 1)
        }
        schema.required = (map.located("required") ?? []).map { name in
            if schema.properties[name.value] == nil {
                let known = Array(schema.properties.keys)
                findings.add(ManifestFindings.requiredUnknown(name.value, known: known), at: name.location)
            }
            return name.value
        }
        guard let additional = map["additionalProperties"] else { return }
        if additional.entries != nil {
            schema.additionalProperties = .schema(self.schema(additional, depth: depth + 1))
        } else if let isAllowed = values.boolean(additional, "`additionalProperties`") {
            schema.additionalProperties = isAllowed ? .allowed : .forbidden
        }
    }

    private func readNumber(_ map: MapReader, into schema: inout ParameterSchema.Node) {
        schema.minimum = number(map, "minimum")
        schema.maximum = number(map, "maximum")
        schema.exclusiveMinimum = number(map, "exclusiveMinimum")
        schema.exclusiveMaximum = number(map, "exclusiveMaximum")
        if let low = schema.minimum, let high = schema.maximum, low > high {
            findings.add(ManifestFindings.emptyRange("minimum", "maximum"), at: map.keyLocation("minimum"))
        }
    }

    private func number(_ map: MapReader, _ key: String) -> Double? {
        guard let node = map[key] else { return nil }
        if let value = node.scalar?.doubleValue { return value }
        findings.add(values.wrongType("`\(key)`", "a number", node), at: node)
        return nil
    }

    private func readLengths(_ map: MapReader, into schema: inout ParameterSchema.Node) {
        func count(_ key: String) -> Int? { map.integer(key, in: 0...1_000_000_000).map { Int($0) } }
        (schema.minLength, schema.maxLength) = (count("minLength"), count("maxLength"))
        (schema.minItems, schema.maxItems) = (count("minItems"), count("maxItems"))
        if let low = schema.minLength, let high = schema.maxLength, low > high {
            findings.add(ManifestFindings.emptyRange("minLength", "maxLength"), at: map.keyLocation("minLength"))
        }
        if let low = schema.minItems, let high = schema.maxItems, low > high {
            findings.add(ManifestFindings.emptyRange("minItems", "maxItems"), at: map.keyLocation("minItems"))
        }
        guard let pattern = map.string("pattern") else { return }
        do throws(LinearPattern.Unsupported) {
            _ = try LinearPattern(pattern)
            schema.pattern = pattern
        } catch {
            findings.add(ManifestFindings.unsupportedPattern(pattern, error.reason), at: map.keyLocation("pattern"))
        }
    }

    private func readDefault(_ map: MapReader, into schema: inout ParameterSchema.Node) {
        guard let entry = map.entries.first(where: { $0.key == "default" }) else { return }
        let value = entry.value.json
        for violation in ParameterSchema.node(schema).violations(of: value) {
            findings.add(ManifestFindings.badDefault(violation), at: entry.value)
        }
        schema.defaultValue = value
    }
}
