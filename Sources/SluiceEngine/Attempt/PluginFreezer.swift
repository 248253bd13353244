import SluiceModel

/// Makes sure that what runs is what the plan froze.
struct PluginFreezer {
    let ports: RunPorts
    let folder: AttemptFolder

    /// The plugin's folder on disk: a snapshot for one of the commit's tree; for an installed one, whose digest must
    /// still be the frozen one, the place itself, or a copy where nodes see only what is shared with them.
    func folder(of plugin: ResolvedPlugin) throws(PreparationError) -> String {
        switch plugin.folder.origin {
        case .tree: return try snapshot(plugin)
        case .operator, .bundled:
            let place = try unchanged(plugin)
            guard folder.shared != nil else { return place }
            try during("plugin \(plugin.manifest.name)") { () throws(PluginError) in
                try ports.plugins.copy(plugin.folder, to: folder.plugin)
            }
            return folder.plugin
        }
    }

    private func snapshot(_ plugin: ResolvedPlugin) throws(PreparationError) -> String {
        let root = folder.plugin
        try during("plugin \(plugin.manifest.name)") { () throws(StoreError) in
            try ports.workspaces.makeFolder(root)
        }
        return try during("plugin \(plugin.manifest.name)") { () throws(GitError) in
            let entries = try ports.tree.entries(under: plugin.folder.path)
            try ports.tree.snapshot(entries.filter(\.isRegular), into: root)
            return plugin.folder.path.isEmpty ? root : root + "/" + plugin.folder.path
        }
    }

    private func unchanged(_ plugin: ResolvedPlugin) throws(PreparationError) -> String {
        let now = try during("plugin \(plugin.manifest.name)") { () throws(PluginError) in
            try ports.plugins.folders(named: plugin.folder.name)
        }
        guard now.contains(where: { $0.path == plugin.folder.path && $0.digest == plugin.folder.digest }) else {
            throw PreparationError(
                attemptError: AttemptError(
                    errorClass: .config, code: "plugin.changed",
                    message: "plugin \(plugin.manifest.name) has changed since the plan was made",
                    hint: "run again: the new plan takes the plugin as it is now"))
        }
        return plugin.folder.path
    }
}
