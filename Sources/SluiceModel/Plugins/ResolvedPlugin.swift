/// A plugin as a plan freezes it: its manifest, where it lies and the digest of all of its files.
package struct ResolvedPlugin: Sendable, Equatable {
    package var manifest: PluginManifest
    package var folder: PluginFolder
    /// Where the same name exists too but lost: shown in the plan.
    package var shadowed: [PluginFolder]

    package init(manifest: PluginManifest, folder: PluginFolder, shadowed: [PluginFolder] = []) {
        self.manifest = manifest
        self.folder = folder
        self.shadowed = shadowed
    }
}

/// A folder with a manifest, before the manifest is parsed.
package struct PluginFolder: Sendable, Equatable {
    package enum Origin: String, Sendable, Codable { case tree, `operator`, bundled }

    package var name: String
    package var origin: Origin
    /// A path of the commit's tree, or an absolute path of this machine.
    package var path: String
    /// Changes whenever a file of the folder does: `tree:<oid>` or `sha256:<hex>`.
    package var digest: String
    /// The bytes of `plugin.yaml`.
    package var manifest: [UInt8]

    package init(name: String, origin: Origin, path: String, digest: String, manifest: [UInt8]) {
        self.name = name
        self.origin = origin
        self.path = path
        self.digest = digest
        self.manifest = manifest
    }
}
