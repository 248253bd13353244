import SluiceModel

/// Turns instances into stages of a plan: edges, inputs and sources frozen by oid, profiles priced.
struct StageResolver {
    let linked: LinkedPipeline
    let configuration: OperatorConfiguration
    private let unreachable: [String: String]
    private let queueWait: PlanningContext.QueueWait
    private var estimates: HistoryEstimates
    private let answers: PluginEstimates
    private var sizes: DataSizes
    let facts: PlanFacts
    /// Names of instances by stage.
    let instances: [String: [String]]
    let definitions: [String: Pipeline.Stage]
    var tree: TreeIndex
    private(set) var diagnostics: [Diagnostic] = []
    /// The files of a `run` stage that says nothing: everything but definitions, plugins and params.
    private var defaultSources: [TreeEntry]?
    /// Stages whose submodules were looked for.
    private var noted: Set<String> = []

    init(
        linked: LinkedPipeline, context: PlanningContext, facts: PlanFacts, instances: [String: [String]]
    ) {
        self.linked = linked
        configuration = context.configuration
        unreachable = context.unreachable
        queueWait = context.queueWait
        estimates = HistoryEstimates(context.history, pipeline: linked.pipeline)
        answers = context.answers
        sizes = DataSizes(context.tree)
        self.facts = facts
        self.instances = instances
        definitions = Dictionary(linked.pipeline.stages.map { ($0.name, $0) }) { first, _ in first }
        tree = TreeIndex(context.tree)
    }

    /// All instances of a stage. What is the same for all of them is found once and shared.
    mutating func resolve(
        _ definition: Pipeline.Stage, into named: [StageInstance]
    ) throws(PlanningError) -> [Plan.Stage] {
        let definition = reachable(definition)
        let plugin = linked.plugins[definition.name]
        let prototype = Plan.Stage(
            name: definition.name, definition: definition, cells: [], plugin: plugin, needs: needs(of: definition),
            inputs: [], outputs: Self.outputs(of: definition, plugin), sources: try sources(of: definition, plugin),
            condition: .unknown, cache: CacheState(state: .miss), profiles: [])
        let secrets = plugin.map { definition.secretNames(of: $0.manifest) } ?? []
        var stages: [Plan.Stage] = []
        for instance in named {
            var stage = prototype
            stage.secrets = secrets.map { SecretUse(name: $0, version: configuration.secrets[$0]?.version ?? "1") }
            stage.name = instance.name
            stage.cells = instance.cells
            fillPaths(of: &stage)
            for input in definition.inputs {
                if let resolved = try resolve(input, of: stage) { stage.inputs.append(resolved) }
            }
            stage.dataBytes = sizes.bytes(of: stage)
            stage.profiles = definition.profiles.map { priced($0, of: stage) }
            let readsOutside = stage.inputs.contains { if case .external = $0.source { true } else { false } }
            // Nobody knows when such a file changes: only a person's word makes its results reusable.
            if readsOutside, definition.cache == nil { stage.definition.cache = .off }
            // What the network gave to trusted code is not what this code could have got.
            if !facts.revision.isTrusted, plugin?.manifest.effects == .network { stage.definition.cache = .off }
            stages.append(stage)
        }
        return stages
    }

    /// With those of its profiles whose executor can be used now.
    private mutating func reachable(_ definition: Pipeline.Stage) -> Pipeline.Stage {
        var definition = definition
        let all = definition.profiles
        definition.profiles.removeAll { unreachable[$0.profile.request.executor] != nil }
        if definition.profiles.isEmpty, let name = all.first?.profile.request.executor {
            report(
                "plan.unreachable-executor",
                "stage `\(definition.name)` has only profiles on executors that cannot be used now; "
                    + "`\(name)`: \(unreachable[name] ?? "")", at: definition.location)
        }
        return definition
    }

    private mutating func priced(_ profile: StageProfile, of stage: Plan.Stage) -> Plan.PricedProfile {
        Pricing.price(
            profile, plugin: stage.plugin, measured: estimates.estimate(stage, profile: profile.name),
            said: said(profile.name, of: stage), configuration: configuration,
            queueWait: queueWait(profile.profile.request) ?? .zero)
    }

    /// By the stage's plugin.
    private func said(_ profile: String, of stage: Plan.Stage) -> Plan.Estimate? {
        answers[stage.name]?[profile].map { answer in
            Plan.Estimate(
                duration: answer.duration(quantile: linked.pipeline.budget.estimateQuantile), source: .plugin,
                memory: answer.memory)
        }
    }

    /// `${…}` in the paths of outputs and metrics.
    private mutating func fillPaths(of stage: inout Plan.Stage) {
        let location = stage.definition.location
        if let text = stage.definition.metricsPath, text.contains("${") {
            stage.definition.metricsPath = path(text, of: stage, at: location)
        }
        for index in stage.outputs.indices {
            guard let text = stage.outputs[index].path, text.contains("${") else { continue }
            stage.outputs[index].path = path(text, of: stage, at: location)
        }
    }

    /// All instances of what is needed; a text that names one instance needs that one.
    private mutating func needs(of definition: Pipeline.Stage) -> [String] {
        var seen: Set<String> = []
        var names: [String] = []
        func add(_ name: String) { if seen.insert(name).inserted { names.append(name) } }
        for input in definition.inputs {
            if case .output(let other, _) = input.source.value { instances[other, default: []].forEach(add) }
        }
        if let select = definition.select { instances[select.from.value, default: []].forEach(add) }
        for need in definition.needs { instances[need.value, default: []].forEach(add) }
        for name in StageGraph.readStages(of: definition) {
            if let all = instances[name] {
                all.forEach(add)
            } else if instances[String(name.prefix { $0 != "[" })]?.contains(name) == true {
                add(name)
            } else {
                report("pipeline.unknown-stage", "there is no stage `\(name)`", at: definition.location)
            }
        }
        return names
    }

    /// The linker has merged the manifest's into them.
    private static func outputs(
        of definition: Pipeline.Stage, _ plugin: ResolvedPlugin?
    ) -> [Pipeline.Stage.Output] {
        guard definition.outputs.isEmpty else { return definition.outputs }
        return (plugin?.manifest.outputs ?? []).map { Pipeline.Stage.Output(name: $0.name, type: $0.type) }
    }

    private mutating func sources(
        of definition: Pipeline.Stage, _ plugin: ResolvedPlugin?
    ) throws(PlanningError) -> [TreeEntry] {
        let globs = plugin.map { $0.manifest.sources + (definition.sources ?? []) } ?? definition.sources
        try noteSubmodules(of: definition, matching: globs)
        if let globs { return try tree.files(matching: globs) }
        if let defaultSources { return defaultSources }
        var hidden: String?
        if case .file(let path) = linked.pipeline.params { hidden = path.value }
        let entries = try tree.entries(under: "").filter { entry in
            entry.isRegular && !entry.path.hasPrefix("pipelines/") && !entry.path.hasPrefix("plugins/")
                && entry.path != hidden
        }
        defaultSources = entries
        return entries
    }

    /// A stage that sees a folder of another repository sees it empty, or not at all: said once, and not an error, for
    /// many need nothing of it.
    private mutating func noteSubmodules(
        of definition: Pipeline.Stage, matching globs: [Glob]?
    ) throws(PlanningError) {
        guard globs?.isEmpty != true, noted.insert(definition.name).inserted else { return }
        let submodules = try tree.entries(under: "").filter { $0.kind == .submodule }
        let seen = submodules.filter { module in
            globs?.contains { $0.matches(module.path) || $0.matches(module.path + "/file") } ?? true
        }
        guard let first = seen.first else { return }
        let others = seen.count > 1 ? " and \(seen.count - 1) more" : ""
        diagnostics.append(
            Diagnostic(
                severity: .note, id: "input.submodule",
                message: "\(definition.name) sees nothing of the submodule `\(first.path)`\(others)",
                location: definition.location, hint: "files of submodules are not in the commit: commit what it needs"))
    }

    mutating func report(_ id: String, _ message: String, at location: SourceLocation, hint: String? = nil) {
        diagnostics.append(Diagnostic(id: id, message: message, location: location, hint: hint))
    }
}
