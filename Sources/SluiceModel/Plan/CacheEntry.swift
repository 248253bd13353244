/// What a stage made once, and the parts of the key under which it is found again.
package struct CacheEntry: Sendable, Codable, Equatable {
    package var key: Digest
    package var run: RunID
    package var stage: String
    package var created: Timestamp
    package var trusted: Bool
    package var parts: [CacheKeyPart]
    package var metrics: [String: Double]
    package var outputValues: [String: JSONValue]
    package var artifacts: [Artifact]
    package var isDegraded: Bool

    package init(
        key: Digest, run: RunID, stage: String, created: Timestamp, trusted: Bool, parts: [CacheKeyPart],
        metrics: [String: Double], outputValues: [String: JSONValue], artifacts: [Artifact], isDegraded: Bool
    ) {
        self.key = key
        self.run = run
        self.stage = stage
        self.created = created
        self.trusted = trusted
        self.parts = parts
        self.metrics = metrics
        self.outputValues = outputValues
        self.artifacts = artifacts
        self.isDegraded = isDegraded
    }
}

/// One named ingredient of a cache key: `plugin`, `params.lr`, `input.data`, `env.X`, `script`, `source`.
package struct CacheKeyPart: Sendable, Codable, Hashable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// A succeeded deploy: nothing is done again while the key is equal.
package struct DeployRecord: Sendable, Codable, Equatable {
    package var key: Digest
    package var run: RunID
    package var commit: ObjectID
    package var metrics: [String: Double]
    package var outputValues: [String: JSONValue]
    package var artifacts: [Artifact]

    package init(
        key: Digest, run: RunID, commit: ObjectID, metrics: [String: Double], outputValues: [String: JSONValue],
        artifacts: [Artifact]
    ) {
        self.key = key
        self.run = run
        self.commit = commit
        self.metrics = metrics
        self.outputValues = outputValues
        self.artifacts = artifacts
    }
}
