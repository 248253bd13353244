import SluiceExecution
import SluiceGit
import SluiceModel
import SluicePlanning

/// A revision of a repository with its files.
struct OpenRevision: Sendable {
    var revision: Revision
    var tree: any TreeReader
}

/// A definition file of a revision, parsed.
struct Definition: Sendable {
    var source: SourceText
    /// nil where the file has errors.
    var pipeline: Pipeline?
    /// Why it cannot be used whatever it says: it is a link, or another file has its name.
    var obstacles: [Diagnostic] = []

    /// What the pipeline is called, or would be: a file that does not parse goes by its own name.
    var name: String {
        pipeline?.name ?? String(source.path.split(separator: "/").last?.prefix { $0 != "." } ?? "pipeline")
    }
}

/// Thrown where a definition has errors and nothing can be done without it.
struct InvalidDefinition: Error {
    var diagnostics: [Diagnostic]
}

/// What a plan is made for besides running it.
struct PlanQuestion: Sendable {
    /// Limits that are otherwise than pipeline and machine say.
    var changes: [LimitChange] = []
    /// Only results and durations from before this run count.
    var before: RunHead?
    /// Whether it is to be compared with another plan.
    var wantsKeyParts = false
    /// What plugins said that their stages would take.
    var answers: PluginEstimates = [:]
}

/// Makes plans: the one place where git, plugins, records and the pure planner meet. Runs nothing of the commit.
struct PlanMaker: Sendable {
    let context: RepositoryContext
    let services: StateServices
    let installation: Installation

    var finder: PluginFolders { Self.finder(context: context, installation: installation) }

    /// The operator's folders, those of `SLUICE_PLUGINS`, then what was installed with the binary.
    static func finder(context: RepositoryContext, installation: Installation) -> PluginFolders {
        finder(configuration: context.configuration, installation: installation)
    }

    static func finder(configuration: OperatorConfiguration, installation: Installation) -> PluginFolders {
        let named = ProcessEnvironment["SLUICE_PLUGINS"]?.split(separator: ":").map(String.init) ?? []
        let roots = (configuration.plugins + named).map { PluginFolders.Root(origin: .operator, path: $0) }
        let bundled = installation.bundledPlugins.map { PluginFolders.Root(origin: .bundled, path: $0) }
        return PluginFolders(roots + [bundled].compactMap(\.self))
    }

    func environments(isTrusted: Bool) -> PythonEnvironments {
        PythonEnvironments(
            folder: services.lasting.environments, sdk: installation.pythonSDK ?? "sluice.py",
            operatorEnvironment: ProcessEnvironment.all,
            rules: PythonEnvironments.BuildRules(
                sandbox: context.sandbox(state: services.folder), isTrusted: isTrusted,
                allowsSource: isTrusted && context.configuration.allowsSourcePackages ?? false))
    }

    /// What pins a plugin's Python environment, from where the plugin lies.
    func requirements(in tree: any TreeReader) -> @Sendable (ResolvedPlugin) throws(PluginError) -> [UInt8]? {
        { (plugin) throws(PluginError) in
            guard let name = plugin.manifest.pythonRequirements else { return nil }
            let path = plugin.folder.path + "/" + name
            do {
                guard plugin.folder.origin == .tree else { return try Files.bytes(at: path) }
                guard let entry = try tree.entry(at: path) else { return nil }
                return try tree.contents(of: entry, limit: 1 << 20)
            } catch {
                throw PluginError(.unreadable, "\(path) cannot be read: \(ErrorText.describe(error))")
            }
        }
    }

    /// All definitions of a revision, those with errors included.
    static func definitions(in tree: any TreeReader) throws -> [Definition] {
        let contents = try PipelineFolder.definitions(in: tree)
        let unreadable = Dictionary(grouping: contents.diagnostics, by: \.location.file).map { path, diagnostics in
            Definition(source: SourceText(path: path, bytes: []), pipeline: nil, obstacles: diagnostics)
        }
        let parsed = contents.files.map { source in
            Definition(source: source, pipeline: PipelineFile.parse(source).pipeline)
        }
        return withDistinctNames((unreadable + parsed).sorted { $0.source.path < $1.source.path })
    }

    /// The second of two pipelines with one name is invalid: nobody could say which is meant.
    private static func withDistinctNames(_ definitions: [Definition]) -> [Definition] {
        var first: [String: String] = [:]
        return definitions.map { definition in
            guard let name = definition.pipeline?.name else { return definition }
            guard let other = first[name] else {
                first[name] = definition.source.path
                return definition
            }
            var invalid = definition
            let finding = LinkFindings.duplicateName(name, firstIn: other)
            invalid.obstacles.append(
                definition.source.diagnostic(finding, at: SourceLocation(file: definition.source.path)))
            return invalid
        }
    }

    /// Everything that is wrong with a definition and with what it names, all at once.
    static func lint(
        _ definition: Definition, at opened: OpenRevision, context: RepositoryContext, installation: Installation,
        overrides: [String: JSONValue] = [:]
    ) throws -> (linked: LinkedPipeline?, diagnostics: [Diagnostic]) {
        guard !definition.source.bytes.isEmpty || definition.obstacles.isEmpty else {
            return (nil, definition.obstacles)
        }
        let (linked, diagnostics) = try PipelineLinker.lint(
            definition.source, tree: opened.tree, plugins: finder(context: context, installation: installation),
            configuration: context.configuration.seen(by: opened.revision), overrides: overrides,
            isTrusted: opened.revision.isTrusted)
        return (definition.obstacles.isEmpty ? linked : nil, definition.obstacles + diagnostics)
    }

    /// A plan, or throws `InvalidDefinition` with everything that is wrong.
    func plan(
        _ definition: Definition, at opened: OpenRevision, trigger: Trigger, changed: ChangedPaths,
        options: RunOptions, run: RunID? = nil, question: PlanQuestion = PlanQuestion()
    ) throws -> Plan {
        let (linked, diagnostics) = try Self.lint(
            definition, at: opened, context: context, installation: installation, overrides: options.overrides)
        guard let linked else { throw InvalidDefinition(diagnostics: diagnostics) }
        var planning = planningContext(
            opened, trigger: trigger, changed: changed, options: options, run: run, before: question.before)
        planning.changes = question.changes
        planning.answers = question.answers
        ExecutorOutlook(context: context, state: services.folder).add(to: &planning, for: linked)
        planning.wantsKeyParts = question.wantsKeyParts
        do {
            return try Planner.plan(linked, in: planning)
        } catch PlanningError.invalid(let found) {
            throw InvalidDefinition(diagnostics: diagnostics + found.map(definition.source.withExcerpt))
        } catch PlanningError.tree(let error) {
            throw error
        } catch PlanningError.records(let error) {
            throw error
        }
    }

    private func planningContext(
        _ opened: OpenRevision, trigger: Trigger, changed: ChangedPaths, options: RunOptions, run: RunID?,
        before: RunHead?
    ) -> PlanningContext {
        let (artifacts, git, store, now) = (services.artifacts, context.git, services.store, services.clock.now())
        let repository = context.repository.gitDirectory
        return PlanningContext(
            tree: opened.tree, cache: services.store.results(before: before?.id),
            environments: environments(isTrusted: opened.revision.isTrusted),
            configuration: context.configuration.seen(by: opened.revision),
            pool: context.configuration.local ?? Machine.pool(),
            trigger: trigger, revision: opened.revision, repository: repository,
            changed: changed, options: options, now: before?.started ?? now, searchPath: context.searchPath,
            requirements: requirements(in: opened.tree),
            history: { kind, limit in
                (try? store.samples(
                    of: kind, repository: repository, before: before?.id, limit: limit,
                    onlyTrusted: opened.revision.isTrusted)) ?? []
            },
            standings: { (accounts) throws(StoreError) in try store.standings(of: accounts, without: run, at: now) },
            hasArtifact: { artifacts.contains($0) },
            isAncestor: { (try? git.isAncestor($0, of: $1)) == true })
    }
}
