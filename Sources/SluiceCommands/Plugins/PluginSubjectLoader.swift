import Glibc
import SluiceExecution
import SluiceModel
import SluicePlanning
import SluiceStore

/// Makes a plugin's folder ready to be tested: manifest, examples, Python environment, secrets.
struct PluginSubjectLoader {
    let folder: String
    let installation: Installation

    /// Throws `InvalidDefinition` with all that is wrong with manifest and examples.
    func load() throws -> PluginSubject {
        let (manifest, warnings) = try manifest()
        let (examples, found) = try examples(of: manifest)
        guard !found.hasErrors else { throw InvalidDefinition(diagnostics: warnings + found) }
        Diagnostics.tell(warnings + found, summary: false)
        return try PluginSubject(
            manifest: manifest, folder: folder, python: environment(of: manifest), searchPath: searchPath(),
            secrets: secrets(of: manifest), examples: examples)
    }

    private func manifest() throws -> (PluginManifest, warnings: [Diagnostic]) {
        let path = folder + "/plugin.yaml"
        guard let bytes = try Files.bytes(at: path) else {
            throw CommandFailure(
                .usage, "\(folder) is no folder with a plugin.yaml", hint: "`sluice plugin new NAME` makes a plugin")
        }
        let (manifest, diagnostics) = ManifestFile.parse(SourceText(path: path, bytes: bytes))
        guard let manifest else { throw InvalidDefinition(diagnostics: diagnostics) }
        return (manifest, diagnostics)
    }

    /// Those of `conformance/*.yaml`; without any, a call that says nothing, where the manifest allows that.
    private func examples(of manifest: PluginManifest) throws -> ([PluginExample], [Diagnostic]) {
        let names = try Files.names(in: folder + "/conformance").filter { $0.hasSuffix(".yaml") }
        guard !names.isEmpty else { return (silent(manifest), []) }
        var examples: [PluginExample] = []
        var diagnostics: [Diagnostic] = []
        for name in names {
            let path = "\(folder)/conformance/\(name)"
            let source = SourceText(path: path, bytes: try Files.bytes(at: path) ?? [])
            let (example, found) = ExampleFile.parse(source, name: String(name.dropLast(5)), manifest: manifest)
            if let example { examples.append(example) }
            diagnostics += found
        }
        return (examples, diagnostics)
    }

    private func silent(_ manifest: PluginManifest) -> [PluginExample] {
        let params = manifest.params?.applyingDefaults(to: .emptyObject) ?? .emptyObject
        let isPossible =
            !manifest.inputs.contains(where: \.isRequired)
            && manifest.params?.violations(of: params).isEmpty != false
        return isPossible ? [PluginExample(name: "silent", params: params)] : []
    }

    private func environment(of manifest: PluginManifest) throws -> String? {
        guard manifest.wantsPython else { return nil }
        let environments = try environments()
        let requirements = try manifest.pythonRequirements.flatMap { try Files.bytes(at: folder + "/" + $0) }
        if let name = manifest.pythonRequirements, requirements == nil {
            throw CommandFailure(.invalid, "\(folder)/\(name), the plugin's requirements, is not there")
        }
        let identity = try environments.identity(of: requirements, searchPath: searchPath())
        return try environments.provide(identity, requirements: requirements) { Console.tell("  " + $0) }.folder
    }

    /// As for a run, by the operator's rules.
    private func environments() throws -> PythonEnvironments {
        let state = StateFolder(path: try StateServices.location())
        let configuration = try OperatorSettings.here()
        let git = try RepositoryContext.openIfThere()?.git
        let sandbox = SandboxSettings(
            configuration, state: state, gitDirectory: git?.commonDirectory, workTree: git?.workTree,
            searchPath: try searchPath())
        return PythonEnvironments(
            folder: state.environments, sdk: installation.pythonSDK ?? "sluice.py",
            operatorEnvironment: ProcessEnvironment.all,
            rules: .init(sandbox: sandbox, allowsSource: configuration.allowsSourcePackages ?? false))
    }

    private func searchPath() throws -> String {
        try OperatorSettings.here().searchPath ?? ProcessEnvironment.searchPath
    }

    /// From the author's own environment; what is not there is made up, which is enough to see whether it is printed.
    private func secrets(of manifest: PluginManifest) -> [String: String] {
        var secrets: [String: String] = [:]
        for name in manifest.secrets {
            secrets[name] = ProcessEnvironment[name] ?? "made-up-\(name)-\(RandomID.make())"
        }
        return secrets
    }
}
