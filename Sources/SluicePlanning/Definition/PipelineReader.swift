import SluiceModel

/// Reads the top level.
struct PipelineReader {
    static let keys = [
        "schema", "name", "description", "params", "triggers", "profiles", "budget", "defaults", "priority",
        "concurrency", "stages",
    ]

    static let maximumStages = 20_000
    /// Names of `custom` in all requests.
    static let maximumCustom = 200

    let findings: Findings
    private var values: ValueReader { ValueReader(findings: findings) }

    init(findings: Findings) { self.findings = findings }

    func pipeline(_ root: YAMLNode) -> Pipeline? {
        let map = MapReader(root, "the pipeline", keys: Self.keys, in: findings)
        guard root.entries != nil else { return nil }
        checkSchema(map)
        let profiles = profiles(map["profiles"])
        let defaults = StageDefaults(map["defaults"], profiles: profiles, in: findings)
        return Pipeline(
            name: name(map), description: map.string("description"), path: findings.source.path,
            params: params(map["params"]), triggers: map["triggers"].map(triggers) ?? Triggers(), profiles: profiles,
            budget: map["budget"].map { BudgetReader(findings: findings).budget($0) } ?? BudgetPolicy(),
            priority: map.integer("priority", in: -1_000_000...1_000_000).map { Int($0) } ?? 0,
            concurrency: map["concurrency"].map(concurrency) ?? Concurrency(),
            stages: stages(map, profiles, defaults))
    }

    private func checkSchema(_ map: MapReader) {
        guard let node = map.required("schema", example: "schema: sluice/v1"),
            let schema = values.string(node, "`schema`"), schema != "sluice/v1"
        else { return }
        findings.add(PipelineFindings.schema(schema), at: node)
    }

    private func name(_ map: MapReader) -> String {
        guard let node = map.required("name", example: "name: train"), let name = values.string(node, "`name`") else {
            return ""
        }
        _ = values.isName(name, at: node.location, kind: "a pipeline")
        return name
    }

    private func params(_ node: YAMLNode?) -> Pipeline.Params {
        guard let node else { return .inline(.emptyObject) }
        if node.entries != nil { return .inline(node.json) }
        guard let path = values.string(node, "`params`", wanted: "a map, or the path of a file of the commit") else {
            return .inline(.emptyObject)
        }
        guard let path = TreePath.normalized(path) else {
            findings.add(PipelineFindings.badPath(path), at: node)
            return .inline(.emptyObject)
        }
        return .file(Located(path, at: node.location))
    }

    private func triggers(_ node: YAMLNode) -> Triggers {
        let map = MapReader(node, "`triggers`", keys: ["push", "pre_push", "pre_receive"], in: findings)
        let keys = ["branches", "tags", "paths"]
        let push = map["push"].map { MapReader($0, "`push`", keys: keys, in: findings) }
        let prePush = map["pre_push"].map { MapReader($0, "`pre_push`", keys: keys, in: findings) }
        let preReceive = map["pre_receive"].map {
            MapReader($0, "`pre_receive`", keys: keys + ["enforce"], in: findings)
        }
        return Triggers(
            push: push.map { filter($0, branches: []) }, prePush: prePush.map { filter($0, branches: [Glob("**")]) },
            preReceive: preReceive.map { filter($0, branches: [Glob("**")]) },
            isPreReceiveEnforced: preReceive?.boolean("enforce") ?? false)
    }

    private func concurrency(_ node: YAMLNode) -> Concurrency {
        let map = MapReader(node, "`concurrency`", keys: ["group", "on_new"], in: findings)
        return Concurrency(
            group: map.choice("group", Concurrency.Group.self) ?? .reference,
            onNew: map.choice("on_new", Concurrency.OnNew.self) ?? .queue)
    }

    /// Where nothing is said of branches, `branches` are meant.
    private func filter(_ map: MapReader, branches: [Glob]) -> Triggers.Filter {
        Triggers.Filter(
            branches: map.globs("branches") ?? branches, tags: map.globs("tags") ?? [], paths: map.globs("paths") ?? [])
    }

    private func profiles(_ node: YAMLNode?) -> [Profile] {
        MapReader(named: node, "`profiles`", in: findings).entries.map { entry in
            _ = values.isName(entry.key, at: entry.keyLocation, kind: "a profile")
            return ProfileReader(findings: findings).profile(entry.value, named: entry.key, "profile `\(entry.key)`")
        }
    }

    private func stages(_ map: MapReader, _ profiles: [Profile], _ defaults: StageDefaults) -> [Pipeline.Stage] {
        guard let node = map.required("stages") else { return [] }
        if node.items != nil {
            findings.add(PipelineFindings.stagesAreList, at: node)
            return []
        }
        let entries = MapReader(named: node, "`stages`", in: findings).entries
        if entries.isEmpty, node.entries != nil, !findings.hasErrors {
            findings.add(PipelineFindings.noStages, at: node)
        }
        guard entries.count <= Self.maximumStages else {
            findings.add(PipelineFindings.tooMany("stages", entries.count, limit: Self.maximumStages), at: node)
            return []
        }
        let names = Set(entries.map(\.key))
        let stages = entries.compactMap { entry -> Pipeline.Stage? in
            if findings.isFull { return nil }
            _ = values.isName(entry.key, at: entry.keyLocation, kind: "a stage")
            return StageReader(entry, names: names, profiles: profiles, defaults: defaults, in: findings).stage()
        }
        checkCustom(stages, at: node)
        return stages
    }

    /// Every name is a capacity that the gate looks at for every stage.
    private func checkCustom(_ stages: [Pipeline.Stage], at node: YAMLNode) {
        let names = Set(stages.flatMap { $0.profiles.flatMap(\.profile.request.custom.keys) })
        guard names.count > Self.maximumCustom else { return }
        findings.add(PipelineFindings.tooMany("names of `custom`", names.count, limit: Self.maximumCustom), at: node)
    }
}
