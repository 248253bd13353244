import SluiceModel

/// Everything that an attempt at a stage reads, fixed; only the places of its files are still open.
package struct Binding: Sendable, Equatable {
    /// Under which the result is found again.
    package var key: Digest
    package var parts: [CacheKeyPart]
    package var inputs: [BoundInput]
    /// With markers for paths.
    var symbolicParams: JSONValue
    var symbolicEnvironment: [String: String]
    var scriptText: String?

    /// The params for the plugin. An input that is a list is a list of paths where it stands alone, and one path a
    /// line within a longer text.
    package func params(paths: BindingPaths) -> JSONValue {
        PathMarker.fill(symbolicParams, paths.marking(inputs))
    }

    /// The stage's `env`, and the values of its script.
    package func environment(paths: BindingPaths) -> [String: String] {
        let marked = paths.marking(inputs)
        return symbolicEnvironment.mapValues { PathMarker.fill($0, marked) }
    }

    /// What `/bin/sh` is given; nil for plugins.
    package func script(paths: BindingPaths) -> String? { scriptText }
}

/// An input with what it is made of.
package struct BoundInput: Sendable, Equatable {
    package var name: String
    package var type: ArtifactType
    package var isMany: Bool
    package var items: [Item]

    package init(name: String, type: ArtifactType, isMany: Bool, items: [Item]) {
        self.name = name
        self.type = type
        self.isMany = isMany
        self.items = items
    }

    package struct Item: Sendable, Equatable {
        /// The instance that made it, or its path in the commit.
        package var instance: String?
        /// `sha256:…` of an artifact, `git:…` of files of the commit, `external:…` of a path outside.
        package var digest: String
        package var content: Content

        package init(instance: String?, digest: String, content: Content) {
            self.instance = instance
            self.digest = digest
            self.content = content
        }
    }

    package enum Content: Sendable, Equatable {
        case artifact(Artifact)
        /// A file, or a folder as its files; `base` is its own path.
        case tree([TreeEntry], base: String)
        case external(String)
    }
}

/// Where the files of an attempt lie: absolute paths by the names of inputs and outputs.
package struct BindingPaths: Sendable, Equatable {
    package var inputs: [String: [String]]
    package var outputs: [String: String]
    /// Which inputs are lists.
    var inputLists: [String: Bool] = [:]

    package init(inputs: [String: [String]], outputs: [String: String]) {
        self.inputs = inputs
        self.outputs = outputs
    }

    func marking(_ bound: [BoundInput]) -> BindingPaths {
        var copy = self
        copy.inputLists = Dictionary(bound.map { ($0.name, $0.isMany) }) { first, _ in first }
        return copy
    }

    /// The paths of `inputs.NAME` or `outputs.NAME`.
    func found(_ name: String) -> [String] {
        if name.hasPrefix("inputs.") { return inputs[String(name.dropFirst(7))] ?? [] }
        return outputs[String(name.dropFirst(8))].map { [$0] } ?? []
    }
}

/// What a stage reads cannot be what it says.
package struct BindingError: Error, Sendable, Equatable {
    package var message: String
    package var location: SourceLocation
    package var hint: String?

    package init(_ message: String, at location: SourceLocation, hint: String? = nil) {
        self.message = message
        self.location = location
        self.hint = hint
    }
}
