import SluiceModel

/// Finds the plugins of all stages: `./path` and `plugins/<name>/` of the commit, the operator's, the bundled.
struct PluginResolver {
    private static let maximumManifest = YAMLReader.maximumBytes

    let context: LinkContext

    /// By the name of the stage; what cannot be found or read is reported.
    func resolve(_ stages: [Pipeline.Stage]) throws(GitError) -> [String: ResolvedPlugin] {
        var byName: [String: [PluginFolder]] = [:]
        var manifests: [String: PluginManifest?] = [:]
        var resolved: [String: ResolvedPlugin] = [:]
        for stage in stages {
            guard case .uses(let name) = stage.action.value else {
                checkSecrets(of: stage, nil)
                continue
            }
            let location = stage.action.location
            if byName[name] == nil { byName[name] = try folders(name, at: location) }
            guard let folder = byName[name]?.first else { continue }
            if manifests[folder.path] == nil { manifests.updateValue(manifest(of: folder), forKey: folder.path) }
            guard let manifest = manifests[folder.path] ?? nil else { continue }
            let shadowed = try shadowed(by: folder, named: manifest.name, rest: byName[name, default: []].dropFirst())
            let plugin = ResolvedPlugin(manifest: manifest, folder: folder, shadowed: shadowed)
            resolved[stage.name] = plugin
            check(manifest, folder, shadowed, at: location)
            checkSecrets(of: stage, plugin)
        }
        return resolved
    }

    /// All folders with that name, best first; none, with a diagnostic, where there is no usable one.
    func folders(_ name: String, at location: SourceLocation) throws(GitError) -> [PluginFolder] {
        if name.hasPrefix("./") || name.hasPrefix("/") || name.hasPrefix("../") {
            guard let path = TreePath.normalized(name) else {
                context.findings.add(PipelineFindings.badPath(name), at: location)
                return []
            }
            return try treeFolder(path, at: location, isRequired: true).map { [$0] } ?? []
        }
        guard Names.isName(name) else {
            context.findings.add(LinkFindings.pluginName(name), at: location)
            return []
        }
        let before = context.findings.diagnostics.count
        var folders: [PluginFolder] = []
        if let folder = try treeFolder("plugins/" + name, at: location, isRequired: false) { folders.append(folder) }
        guard context.findings.diagnostics.count == before else { return folders }
        folders += installed(name, at: location)
        if folders.isEmpty, context.findings.diagnostics.count == before {
            let known = try treeNames() + context.finder.names()
            context.findings.add(LinkFindings.unknownPlugin(name, known: known), at: location)
        }
        return folders
    }

    private func installed(_ name: String, at location: SourceLocation) -> [PluginFolder] {
        do throws(PluginError) {
            return try context.finder.folders(named: name)
        } catch {
            context.findings.add(LinkFindings.unusablePlugin(name, error), at: location)
            return []
        }
    }

    func treeNames() throws(GitError) -> [String] {
        let manifests = try context.tree.entries(under: "plugins").filter { $0.path.hasSuffix("/plugin.yaml") }
        return manifests.map { $0.path.split(separator: "/") }.filter { $0.count == 3 }.map { String($0[1]) }
    }

    private func treeFolder(_ path: String, at location: SourceLocation, isRequired: Bool) throws(GitError)
        -> PluginFolder?
    {
        let files = TreeFiles(context: context)
        if !isRequired, try context.tree.entry(at: path) == nil { return nil }
        guard let folder = try files.entry(path, what: "the plugin", at: location) else { return nil }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard folder.kind == .folder, let manifest = try context.tree.entry(at: path + "/plugin.yaml"),
            manifest.isRegular
        else {
            context.findings.add(LinkFindings.noManifest(path), at: location)
            return nil
        }
        guard try holdsTogether(path, at: location), let bytes = try bytes(of: manifest, at: location) else {
            return nil
        }
        return PluginFolder(
            name: name, origin: .tree, path: path, digest: "tree:" + folder.oid.hex, manifest: bytes)
    }

    private func bytes(of manifest: TreeEntry, at location: SourceLocation) throws(GitError) -> [UInt8]? {
        do throws(GitError) {
            return try context.tree.contents(of: manifest, limit: Self.maximumManifest)
        } catch {
            guard error.code == .tooLarge else { throw error }
            context.findings.add(LinkFindings.fileTooLarge(manifest.path), at: location)
            return nil
        }
    }

    /// Whether the folder has no submodules and no links that lead out of it.
    private func holdsTogether(_ folder: String, at location: SourceLocation) throws(GitError) -> Bool {
        for entry in try context.tree.entries(under: folder) {
            switch entry.kind {
            case .submodule:
                context.findings.add(LinkFindings.submodule(entry.path, "the plugin"), at: location)
                return false
            case .link:
                let target = String(decoding: try context.tree.contents(of: entry, limit: 1 << 16), as: UTF8.self)
                if Self.stays(target, linkedFrom: entry.path, in: folder) { continue }
                context.findings.add(LinkFindings.linkOutside(entry.path, target), at: location)
                return false
            default: continue
            }
        }
        return true
    }

    /// Whether a link's target lies within the folder.
    static func stays(_ target: String, linkedFrom path: String, in folder: String) -> Bool {
        guard !target.hasPrefix("/") else { return false }
        let root = folder.split(separator: "/")
        var place = path.split(separator: "/").dropLast()
        for step in target.split(separator: "/") where step != "." {
            if step != ".." {
                place.append(step)
            } else if place.count > root.count {
                place.removeLast()
            } else {
                return false
            }
        }
        return place.starts(with: root)
    }

    private func manifest(of folder: PluginFolder) -> PluginManifest? {
        let (manifest, diagnostics) = ManifestFile.parse(
            SourceText(path: folder.path + "/plugin.yaml", bytes: folder.manifest))
        context.diagnostics += diagnostics
        return manifest
    }

    /// What has the same name and lost; a tree plugin's manifest may name it otherwise than its folder.
    private func shadowed(
        by folder: PluginFolder, named name: String, rest: ArraySlice<PluginFolder>
    ) throws(GitError) -> [PluginFolder] {
        guard folder.origin == .tree, rest.isEmpty || name != folder.name else { return Array(rest) }
        let others = (try? context.finder.folders(named: name)) ?? []
        return Array(rest) + others.filter { !rest.contains($0) }
    }

    func check(
        _ manifest: PluginManifest, _ folder: PluginFolder, _ shadowed: [PluginFolder], at location: SourceLocation
    ) {
        if manifest.name != folder.name, !(folder.origin == .tree && !folder.path.hasPrefix("plugins/")) {
            context.findings.add(LinkFindings.nameMismatch(manifest.name, folder: folder.name), at: location)
        }
        if folder.origin == .tree, let other = shadowed.first {
            context.findings.add(
                LinkFindings.shadowed(manifest.name, by: folder, other, isTrusted: context.isTrusted), at: location)
        }
    }

    /// Secrets that a stage wants: its plugin must ask for them and the operator grant them.
    private func checkSecrets(of stage: Pipeline.Stage, _ plugin: ResolvedPlugin?) {
        for name in stage.secrets ?? [] where plugin?.manifest.secrets.contains(name.value) != true {
            context.findings.add(
                LinkFindings.unknownSecret(name.value, plugin: plugin?.manifest.name), at: name.location)
        }
        guard let plugin else { return }
        for name in stage.secretNames(of: plugin.manifest) {
            let rule = context.configuration.secrets[name]
            if context.isTrusted, rule?.isGranted(to: plugin.folder) == true { continue }
            let finding = LinkFindings.secret(name, plugin, rule: rule, isTrusted: context.isTrusted)
            context.findings.add(finding, at: stage.action.location)
        }
    }
}
