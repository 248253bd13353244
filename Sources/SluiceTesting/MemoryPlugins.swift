import SluiceModel

/// The operator's and bundled plugins, in memory.
package struct MemoryPlugins: PluginFinder {
    /// By name, best first.
    private var folders: [String: [PluginFolder]] = [:]
    private var broken: [String: PluginError] = [:]

    package init() {}

    /// Bundled plugins with these manifests, by name.
    package init(bundled manifests: [String: String]) {
        for (name, manifest) in manifests { add(manifest, named: name, origin: .bundled) }
    }

    /// A folder behind those of the same name that were added before.
    package mutating func add(_ manifest: String, named name: String, origin: PluginFolder.Origin) {
        let digest = "sha256:" + String(repeating: origin == .bundled ? "b" : "a", count: 64)
        let folder = PluginFolder(
            name: name, origin: origin, path: "/\(origin.rawValue)/\(name)", digest: digest,
            manifest: Array(manifest.utf8))
        folders[name, default: []].append(folder)
    }

    /// A plugin that is there but cannot be used.
    package mutating func addBroken(named name: String, _ error: PluginError) { broken[name] = error }

    package func folders(named name: String) throws(PluginError) -> [PluginFolder] {
        if let error = broken[name] { throw error }
        return folders[name] ?? []
    }

    package func copy(_ plugin: PluginFolder, to path: String) throws(PluginError) {
        guard folders[plugin.name]?.contains(where: { $0.digest == plugin.digest }) == true else {
            throw PluginError(.unreadable, "plugin \(plugin.name) has changed")
        }
    }

    package func names() -> [String] { (Array(folders.keys) + Array(broken.keys)).sorted() }
}
