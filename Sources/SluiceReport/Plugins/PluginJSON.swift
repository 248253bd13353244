import SluiceModel

/// `sluice plugin list --json`.
package struct PluginsJSON: Encodable {
    private let schema = "sluice.plugins/v1"
    private let plugins: [Row]

    package init(_ listings: [PluginListing]) { plugins = listings.map(Row.init) }

    private struct Row: Encodable {
        let name: String
        let isValid: Bool
        let version, wire, role, effects, origin, path: OrNull<String>
        let shadows: [PluginFolderJSON]
        let diagnostics: [DiagnosticJSON]

        init(_ listing: PluginListing) {
            let manifest = listing.used?.manifest
            name = listing.name
            isValid = listing.isValid
            version = OrNull(manifest?.version)
            wire = OrNull(manifest?.wire.rawValue)
            role = OrNull(manifest?.role.rawValue)
            effects = OrNull(manifest?.effects.rawValue)
            origin = OrNull(listing.used?.folder.origin.rawValue)
            path = OrNull(listing.used?.folder.path)
            shadows = listing.candidates.dropFirst().map { PluginFolderJSON($0.folder) }
            diagnostics = (listing.diagnostics + (listing.used?.diagnostics ?? [])).map(DiagnosticJSON.init)
        }

        private enum CodingKeys: String, CodingKey {
            case name, version, role, effects, origin, path, shadows, diagnostics
            case isValid = "valid"
            case wire = "protocol"
        }
    }
}

struct PluginFolderJSON: Encodable {
    let origin, path, digest: String

    init(_ folder: PluginFolder) {
        origin = folder.origin.rawValue
        path = folder.path
        digest = folder.digest
    }
}

/// `sluice plugin show --json`.
package struct PluginJSON: Encodable {
    private let schema = "sluice.plugin/v1"
    private let name: String
    private let isValid: Bool
    private let manifest: OrNull<ManifestJSON>
    private let candidates: [Candidate]
    private let diagnostics: [DiagnosticJSON]

    package init(_ listing: PluginListing) {
        name = listing.name
        isValid = listing.isValid
        manifest = OrNull(listing.used?.manifest.map(ManifestJSON.init))
        candidates = listing.candidates.enumerated().map { Candidate(isUsed: $0 == 0, $1) }
        diagnostics = listing.diagnostics.map(DiagnosticJSON.init)
    }

    private enum CodingKeys: String, CodingKey {
        case schema, name, manifest, candidates, diagnostics
        case isValid = "valid"
    }

    private struct Candidate: Encodable {
        let isUsed, isValid: Bool
        let folder: PluginFolderJSON
        let diagnostics: [DiagnosticJSON]

        init(isUsed: Bool, _ candidate: PluginListing.Candidate) {
            self.isUsed = isUsed
            isValid = candidate.isValid
            folder = PluginFolderJSON(candidate.folder)
            diagnostics = candidate.diagnostics.map(DiagnosticJSON.init)
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(isUsed, forKey: .used)
            try container.encode(isValid, forKey: .valid)
            try container.encode(diagnostics, forKey: .diagnostics)
            try folder.encode(to: encoder)
        }

        private enum CodingKeys: String, CodingKey { case used, valid, diagnostics }
    }
}

/// A manifest as a program reads it, with the defaults of what it leaves out.
private struct ManifestJSON: Encodable {
    let version, wire, role, effects: String
    let description, python: OrNull<String>
    let command, verbs, secrets: [String]
    let params: OrNull<[Param]>
    let inputs: [Input]
    let outputs: [Output]
    let metrics: [String: String]
    let grace: Double

    struct Param: Encodable {
        let name, type, limits, description: String
        let required: Bool
        let preset: OrNull<JSONValue>

        private enum CodingKeys: String, CodingKey {
            case name, type, limits, description, required
            case preset = "default"
        }
    }

    struct Input: Encodable {
        let name, type: String
        let many, required: Bool
    }

    struct Output: Encodable { let name, type: String }

    init(_ manifest: PluginManifest) {
        version = manifest.version
        wire = manifest.wire.rawValue
        role = manifest.role.rawValue
        effects = manifest.effects.rawValue
        description = OrNull(manifest.description)
        python = OrNull(manifest.pythonRequirements)
        command = manifest.command
        verbs = manifest.verbs.map(\.rawValue).sorted()
        secrets = manifest.secrets
        params = OrNull(manifest.params.map { ParameterRows($0).rows.map(Param.init) })
        inputs = manifest.inputs.map {
            Input(name: $0.name, type: $0.type.rawValue, many: $0.isMany, required: $0.isRequired)
        }
        outputs = manifest.outputs.map { Output(name: $0.name, type: $0.type.rawValue) }
        metrics = manifest.metrics.mapValues(\.rawValue)
        grace = (manifest.grace ?? .seconds(10)).inSeconds
    }

    private enum CodingKeys: String, CodingKey {
        case version, role, effects, description, python, command, verbs, secrets, params, inputs, outputs, metrics
        case wire = "protocol"
        case grace = "grace_s"
    }
}

extension ManifestJSON.Param {
    fileprivate init(_ row: ParameterRows.Row) {
        self.init(
            name: row.name, type: row.type, limits: row.limits, description: row.description,
            required: row.isRequired, preset: OrNull(row.defaultValue))
    }
}
