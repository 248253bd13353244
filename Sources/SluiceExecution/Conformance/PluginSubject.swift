import Glibc
import SluiceModel

/// The plugin that is tested, with all that a runner knows of it.
package struct PluginSubject: Sendable {
    package var manifest: PluginManifest
    /// Absolute.
    package var folder: String
    package var digest: String
    /// The folder of its Python environment.
    package var python: String?
    package var searchPath: String
    /// By name; they are masked wherever anything is shown or kept.
    package var secrets: [String: String]
    package var examples: [PluginExample]

    package init(
        manifest: PluginManifest, folder: String, python: String?, searchPath: String, secrets: [String: String],
        examples: [PluginExample]
    ) throws(PluginError) {
        self.manifest = manifest
        self.folder = folder
        digest = try FolderDigest.of(folder).description
        self.python = python
        self.searchPath = searchPath
        self.secrets = secrets
        self.examples = examples
    }

    var wire: WireProtocol { manifest.wire }
    var grace: Duration { manifest.grace ?? .seconds(10) }

    /// What the variations are played with: an example that succeeds, where there is one.
    var mainExample: PluginExample {
        examples.first { $0.expected == .ok } ?? examples.first ?? PluginExample(name: "none")
    }
}
