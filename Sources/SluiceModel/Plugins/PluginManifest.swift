/// What a plugin's `plugin.yaml` says; static, so that a plan needs no process.
package struct PluginManifest: Sendable, Equatable {
    package var name: String
    package var version: String
    package var description: String?
    package var wire: WireProtocol
    package var role: Role
    /// argv; the first word without a slash is looked up in PATH, `./x` is a file of the plugin's folder.
    package var command: [String]
    package var verbs: Set<Verb>
    /// A file of the folder that pins the Python environment; nil: no environment.
    package var pythonRequirements: String?
    /// Whether there is a `python:` key: an environment is wanted, with or without requirements.
    package var wantsPython: Bool
    package var params: ParameterSchema?
    package var inputs: [Input]
    package var outputs: [Output]
    package var metrics: [String: Direction]
    package var resources: ResourceRequest?
    package var secrets: [String]
    package var effects: Effects
    package var grace: Duration?
    package var sources: [Glob]
    /// A declared duration, the last resort of an estimate.
    package var estimate: Duration?

    package init(
        name: String, version: String, wire: WireProtocol, role: Role, command: [String], verbs: Set<Verb> = [.run],
        wantsPython: Bool = false, pythonRequirements: String? = nil, params: ParameterSchema? = nil,
        inputs: [Input] = [], outputs: [Output] = [], metrics: [String: Direction] = [:],
        resources: ResourceRequest? = nil, secrets: [String] = [], effects: Effects = .pure, grace: Duration? = nil,
        sources: [Glob] = [], estimate: Duration? = nil
    ) {
        self.name = name
        self.version = version
        self.wire = wire
        self.role = role
        self.command = command
        self.verbs = verbs
        self.wantsPython = wantsPython
        self.pythonRequirements = pythonRequirements
        self.params = params
        self.inputs = inputs
        self.outputs = outputs
        self.metrics = metrics
        self.resources = resources
        self.secrets = secrets
        self.effects = effects
        self.grace = grace
        self.sources = sources
        self.estimate = estimate
    }

    package enum Role: String, Sendable, Codable, CaseIterable {
        case prepare, train, evaluate, deploy, tune, report, other
    }
    package enum Verb: String, Sendable, Codable, CaseIterable { case run, estimate, cleanup }
    package enum Effects: String, Sendable, Codable, CaseIterable { case pure, network, deploy }

    package struct Input: Sendable, Equatable {
        package var name: String
        package var type: ArtifactType
        /// Takes a list: a matrix stage's instances or a glob's files.
        package var isMany: Bool
        package var isRequired: Bool
        package var description: String?

        package init(name: String, type: ArtifactType, isMany: Bool = false, isRequired: Bool = true) {
            self.name = name
            self.type = type
            self.isMany = isMany
            self.isRequired = isRequired
        }
    }

    package struct Output: Sendable, Equatable {
        package var name: String
        package var type: ArtifactType
        package var description: String?

        package init(name: String, type: ArtifactType) {
            self.name = name
            self.type = type
        }
    }

    /// Whether attempts change the world: never restored from the cache, never retried blindly.
    package var isDeploy: Bool { role == .deploy || effects == .deploy }
}

/// How the runner and the executable talk.
package enum WireProtocol: String, Sendable, Codable, CaseIterable {
    case sluice1 = "sluice/1"
    /// Any program that knows nothing of the contract.
    case command
}

/// The subset of JSON Schema 2020-12 in which a manifest describes its params.
package indirect enum ParameterSchema: Sendable, Equatable {
    case node(Node)

    package struct Node: Sendable, Equatable {
        /// Empty: any type.
        package var types: Set<String> = []
        package var properties: [String: ParameterSchema] = [:]
        package var required: [String] = []
        package var additionalProperties: Additional = .allowed
        package var allowed: [JSONValue]?
        package var constant: JSONValue?
        package var minimum: Double?
        package var maximum: Double?
        package var exclusiveMinimum: Double?
        package var exclusiveMaximum: Double?
        package var minLength: Int?
        package var maxLength: Int?
        package var minItems: Int?
        package var maxItems: Int?
        package var items: ParameterSchema?
        package var oneOf: [ParameterSchema] = []
        package var defaultValue: JSONValue?
        package var pattern: String?
        package var description: String?

        package init() {}
    }

    package enum Additional: Sendable, Equatable {
        case allowed
        case forbidden
        case schema(ParameterSchema)
    }

    package var node: Node {
        switch self {
        case .node(let node): node
        }
    }
}
