import SluiceModel

/// The wording of what a pipeline gets wrong about its surroundings: plugins, params, files, other stages.
package enum LinkFindings {
    // MARK: The operator's accounts

    /// Where the operator has none at all, as on the machine of whoever writes the pipeline, nothing is charged.
    static func unknownAccount(_ name: String, known: [String]) -> Finding {
        guard !known.isEmpty else {
            return Finding(
                "pipeline.unknown-account", "the operator of this machine has no account `\(name)`, and no other",
                hint: "nothing is charged on it here; accounts stand in the operator's sluice.yaml",
                severity: .warning)
        }
        return Finding(
            "pipeline.unknown-account", "the operator has no account `\(name)`",
            hint: NearestName.hint(for: name, of: known, kind: "accounts"))
    }

    // MARK: The operator's executors

    static func unknownExecutor(_ name: String, known: [String]) -> Finding {
        Finding(
            "pipeline.unknown-executor",
            "the operator has no executor `\(name)`: profiles on it do not count here", hint: executorHint(name, known),
            severity: .warning)
    }

    static func noExecutor(_ name: String, stage: String, known: [String]) -> Finding {
        Finding(
            "pipeline.unknown-executor",
            "the operator has no executor `\(name)`, and stage `\(stage)` has no profile on another one",
            hint: executorHint(name, known))
    }

    static func forgetsDeploy(_ executor: String, stage: String) -> Finding {
        Finding(
            "pipeline.deploy-executor",
            "stage `\(stage)` deploys, and executor `\(executor)` keeps nothing: its profiles on it do not count",
            hint: deployHint, severity: .warning)
    }

    static func noExecutorKeepsDeploy(_ executor: String, stage: String) -> Finding {
        Finding(
            "pipeline.deploy-executor",
            "stage `\(stage)` deploys, executor `\(executor)` keeps nothing, and it has no profile on one that does",
            hint: deployHint)
    }

    private static let deployHint =
        "a deploy needs a folder that stays: let it run on `local`, or give the executor a `shared_root` in sluice.yaml"

    private static func executorHint(_ name: String, _ known: [String]) -> String? {
        known.isEmpty
            ? "executors stand in the operator's sluice.yaml; `local` is always there"
            : NearestName.hint(for: name, of: known + [ResourceRequest.local], kind: "executors")
    }

    // MARK: Files of the commit

    static func notFound(_ path: String, _ what: String, hint: String?) -> Finding {
        Finding(
            "input.not-found", "\(what) `\(path)` is not in the commit",
            hint: hint ?? "add it with `git add`; what is ignored or only on disk is no part of a commit")
    }

    static func behindLink(_ path: String, link: String) -> Finding {
        Finding(
            "input.link", "`\(path)` lies behind the symbolic link `\(link)`",
            hint: "links are not followed: name the target")
    }

    static func link(_ path: String, _ what: String) -> Finding {
        Finding(
            "input.link", "\(what) `\(path)` is a symbolic link",
            hint: "links are not followed: name the target, or commit the file itself")
    }

    static func submodule(_ path: String, _ what: String) -> Finding {
        Finding(
            "input.submodule", "\(what) `\(path)` is in a submodule, whose files are not in this commit",
            hint: what == "the input"
                ? "commit the files themselves, or name them as `{ file: /absolute/path }` where the operator allows it"
                : "commit the files themselves")
    }

    static func folder(_ path: String, _ what: String) -> Finding {
        Finding("input.folder", "\(what) `\(path)` is a folder", hint: "name a file in it")
    }

    static func fileTooLarge(_ path: String) -> Finding {
        Finding("yaml.too-large", "`\(path)` is larger than 1 MiB")
    }

    static func pointer(_ path: String) -> Finding {
        Finding(
            "input.lfs-pointer", "`\(path)` is a Git LFS pointer; the data itself is not in the commit",
            hint: "`git lfs migrate export --include=\"\(path)\"` puts it there, "
                + "or use `{ file: /absolute/path }` where the operator allows it")
    }

    static func emptyGlob(_ glob: String) -> Finding {
        Finding(
            "input.not-found", "no file of the commit matches `\(glob)`", hint: "`*` stops at `/`, `**` does not")
    }

    static let tooManyPatterns = Finding(
        "input.too-many-patterns", "the patterns of all inputs together are too many for this commit",
        hint: "name folders instead of patterns")

    static func notAllowed(_ path: String, allowed: [String]) -> Finding {
        let folders = allowed.map { "`\($0)`" }.joined(separator: ", ")
        return Finding(
            "input.not-allowed", "the operator does not allow the file `\(path)` as an input",
            hint: allowed.isEmpty
                ? "the operator lists folders under `inputs: { allow: [...] }` in sluice.yaml"
                : "allowed are files below \(folders)")
    }

    // MARK: Params

    static func unknownOverride(_ name: String, known: [String]) -> Finding {
        Finding(
            "pipeline.unknown-param", "`--set \(name)` names no param",
            hint: NearestName.hint(for: name, of: known, kind: "params") ?? "the pipeline has no params")
    }

    static func paramsAreNoMap(_ found: String) -> Finding {
        Finding("params.wrong-type", "a params file should be a map, this is \(found)", hint: "for example `seed: 7`")
    }

    static func unknownParam(_ name: String, known: [String]) -> Finding {
        Finding(
            "pipeline.unknown-param", "there is no param `\(name)`",
            hint: NearestName.hint(for: name, of: known, kind: "params") ?? "add `params:` at the top level")
    }

    static func param(_ violation: SchemaViolation, plugin: String, isMissing: Bool) -> Finding {
        if violation.isUnknownKey {
            return Finding(
                "pipeline.unknown-param", "plugin `\(plugin)` has no param `\(violation.path)`", hint: violation.hint)
        }
        let subject = violation.path.isEmpty ? "`with`" : "`\(violation.path)`"
        if isMissing {
            return Finding(
                "pipeline.missing-param", "\(subject) \(violation.message) for plugin `\(plugin)`", hint: violation.hint
            )
        }
        return Finding("pipeline.bad-param", "\(subject) \(violation.message)", hint: violation.hint)
    }

    // MARK: Options

    static func noStage(_ name: String, in pipeline: Pipeline, known: [String]) -> Diagnostic {
        Diagnostic(
            id: "plan.unknown-stage", message: "there is no stage `\(name)` in \(pipeline.name)",
            location: SourceLocation(file: pipeline.path), hint: NearestName.hint(for: name, of: known, kind: "stages"))
    }

    static func noProfile(_ name: String, in pipeline: Pipeline, known: [String]) -> Diagnostic {
        Diagnostic(
            id: "plan.unknown-profile", message: "no stage of \(pipeline.name) has a profile `\(name)`",
            location: SourceLocation(file: pipeline.path),
            hint: NearestName.hint(for: name, of: known, kind: "profiles"))
    }

    // MARK: Plugins

    static func unknownPlugin(_ name: String, known: [String]) -> Finding {
        Finding(
            "pipeline.unknown-plugin", "there is no plugin `\(name)`",
            hint: NearestName.hint(for: name, of: Array(Set(known)), kind: "plugins")
                ?? "a plugin is a folder with a `plugin.yaml`: `plugins/\(name)/` of the commit, or of the operator's folders"
        )
    }

    static func pluginName(_ name: String) -> Finding {
        Finding(
            "pipeline.unknown-plugin", "`\(name)` cannot be a plugin's name",
            hint: "write a name like `train-sklearn`, or `./path` from the repository's root")
    }

    static func unusablePlugin(_ name: String, _ error: PluginError) -> Finding {
        Finding("plugin.unusable", "the plugin `\(name)` cannot be used: \(error.message)", hint: error.hint)
    }

    static func noManifest(_ path: String) -> Finding {
        Finding(
            "plugin.no-manifest", "`\(path)` is no folder with a `plugin.yaml`",
            hint: "a plugin is a folder with that manifest and an executable")
    }

    static func linkOutside(_ path: String, _ target: String) -> Finding {
        Finding(
            "plugin.link-outside", "the link `\(path)` leads out of its plugin's folder, to `\(target)`",
            hint: "a plugin is frozen with all of its files: put the file into the folder")
    }

    static func nameMismatch(_ name: String, folder: String) -> Finding {
        Finding(
            "plugin.name-mismatch", "the plugin in folder `\(folder)` calls itself `\(name)`",
            hint: "give the folder and the manifest's `name` the same name")
    }

    static func shadowed(_ name: String, by folder: PluginFolder, _ other: PluginFolder, isTrusted: Bool) -> Finding {
        let owner = other.origin == .bundled ? "the bundled plugin" : "the operator's plugin"
        return Finding(
            "plugin.shadowed", "`\(folder.path)` of the commit hides \(owner) of the name `\(name)`",
            hint: isTrusted
                ? "rename it if that is not meant"
                : "this reference is not trusted: rename the plugin, its folder and `uses`",
            severity: isTrusted ? .warning : .error)
    }

    static func secret(
        _ name: String, _ plugin: ResolvedPlugin, rule: SecretRule?, isTrusted: Bool
    ) -> Finding {
        Finding(
            "secret.not_granted",
            "plugin `\(plugin.manifest.name)` asks for the secret `\(name)`, which is not granted",
            hint: grantHint(name, plugin.folder, rule: rule, isTrusted: isTrusted))
    }

    private static func grantHint(
        _ name: String, _ folder: PluginFolder, rule: SecretRule?, isTrusted: Bool
    ) -> String {
        guard isTrusted else { return "this reference is not trusted: secrets are for trusted ones only" }
        guard rule != nil else { return "the operator's configuration has no `secrets: { \(name): … }`" }
        let grant = folder.origin == .tree ? folder.digest : folder.name
        let why = folder.origin == .tree ? "a plugin of the commit is granted by its digest: " : ""
        return "\(why)the operator adds `\(grant)` to `plugins` of the secret"
    }

    static func unknownSecret(_ name: String, plugin: String?) -> Finding {
        Finding(
            "secret.undeclared",
            plugin.map { "plugin `\($0)` does not ask for the secret `\(name)`" }
                ?? "a `run` line gets no secrets",
            hint: plugin == nil ? "write a plugin whose manifest names it" : "name it under `secrets` of its manifest")
    }

    // MARK: Ends

    static func missingInput(_ input: PluginManifest.Input, plugin: String) -> Finding {
        Finding(
            "pipeline.missing-input", "plugin `\(plugin)` needs the input `\(input.name)`",
            hint: "add `\(input.name): STAGE.OUTPUT` or a path of the commit (type \(input.type.rawValue)) to `inputs`")
    }

    static func unknownInput(_ name: String, plugin: String, known: [String]) -> Finding {
        Finding(
            "pipeline.unknown-input", "plugin `\(plugin)` has no input `\(name)`",
            hint: NearestName.hint(for: name, of: known, kind: "inputs") ?? "it has none at all")
    }

    static func noSuchInput(_ name: String, stage: String, known: [String]) -> Finding {
        Finding(
            "pipeline.unknown-input", "stage `\(stage)` has no input `\(name)`",
            hint: NearestName.hint(for: name, of: known, kind: "inputs") ?? "add it to `inputs`")
    }

    static func unknownOutput(_ name: String, of stage: String, known: [String]) -> Finding {
        Finding(
            "pipeline.unknown-output", "stage `\(stage)` has no output `\(name)`",
            hint: NearestName.hint(for: name, of: known, kind: "outputs") ?? "declare it under `outputs` of `\(stage)`")
    }

    /// `fitting` are the outputs of other stages that would fit.
    static func inputType(
        _ name: String, _ type: ArtifactType, from: String, wanted: ArtifactType, fitting: [String]
    ) -> Finding {
        let names = fitting.prefix(8).map { "`\($0)`" }.joined(separator: ", ")
        return Finding(
            "pipeline.type-mismatch",
            "input `\(name)` takes a \(wanted.rawValue), `\(from)` is a \(type.rawValue)",
            hint: fitting.isEmpty ? "no other stage makes a \(wanted.rawValue)" : "there is \(names)")
    }

    static func outputType(_ name: String, _ type: ArtifactType, declared: ArtifactType, plugin: String) -> Finding {
        Finding(
            "pipeline.type-mismatch",
            "output `\(name)` of plugin `\(plugin)` is a \(declared.rawValue), not a \(type.rawValue)",
            hint: "leave it out here: outputs come from the manifest")
    }

    static func matrixNeedsSelect(_ stage: String, input: String) -> Finding {
        Finding(
            "pipeline.matrix-needs-select", "stage `\(stage)` has a matrix, and input `\(input)` takes one artifact",
            hint: "add `select: { from: \(stage), metric: METRIC, direction: maximize }`")
    }

    static func matrixResult(_ stage: String) -> Finding {
        Finding(
            "pipeline.matrix-needs-select", "stage `\(stage)` has a matrix, so it has no single result",
            hint: "add `select: { from: \(stage), metric: METRIC, direction: maximize }`")
    }

    static func globIsMany(_ glob: String, input: String) -> Finding {
        Finding(
            "pipeline.type-mismatch", "`\(glob)` stands for a list of files, and input `\(input)` takes one",
            hint: "name one file or its folder")
    }

    static func metricsPath(plugin: String) -> Finding {
        Finding(
            "pipeline.metrics-path", "plugin `\(plugin)` sends its metrics itself, `metrics` has no meaning here",
            hint: "`metrics` is for `run` and for plugins with `protocol: command`")
    }

    static func unknownMetric(_ name: String, plugin: String, known: [String]) -> Finding {
        Finding(
            "pipeline.unknown-metric", "plugin `\(plugin)` declares no metric `\(name)`",
            hint: NearestName.hint(for: name, of: known, kind: "metrics"), severity: .warning)
    }

    static func cacheOfDeploy(_ stage: String) -> Finding {
        Finding(
            "pipeline.cache-of-deploy", "stage `\(stage)` deploys: it is never restored from the cache",
            hint: "leave `cache` out", severity: .warning)
    }

    // MARK: Names and order

    static func unknownAxis(_ name: String, stage: String, known: [String]) -> Finding {
        Finding(
            "pipeline.unknown-axis", "stage `\(stage)` has no matrix axis `\(name)`",
            hint: NearestName.hint(for: name, of: known, kind: "axes") ?? "it has no `matrix`")
    }

    static func notUpstream(_ other: String, of stage: String) -> Finding {
        Finding(
            "pipeline.not-upstream",
            other == stage
                ? "stage `\(stage)` reads its own result"
                : "stage `\(stage)` reads a result of `\(other)` without waiting for it",
            hint: other == stage ? "a later stage can read it" : "add `needs: [\(other)]`")
    }

    static func conditionIsFalse(_ stage: String) -> Finding {
        Finding(
            "pipeline.unreachable-stage", "stage `\(stage)` never runs: its condition is always false",
            hint: "remove the stage, or make the condition depend on something", severity: .warning)
    }

    static func dataNeverComes(_ stage: String, from other: String) -> Finding {
        Finding(
            "pipeline.unreachable-stage", "stage `\(stage)` never runs: it needs data of `\(other)`, which never runs",
            hint: "change the condition of `\(other)`, or take the data from elsewhere", severity: .warning)
    }

    // MARK: The folder of definitions

    static let pipelineLink = Finding(
        "pipeline.link", "the definition is a symbolic link", hint: "links are not followed: commit the file itself")
    static let pipelineSubmodule = Finding(
        "pipeline.submodule", "a submodule stands where a definition is expected", hint: "commit a file")
    static let definitionTooLarge = Finding("yaml.too-large", "the file is larger than 1 MiB")

    package static func duplicateName(_ name: String, firstIn path: String) -> Finding {
        Finding(
            "pipeline.duplicate-name", "the pipeline `\(name)` is defined in \(path) already",
            hint: "give every pipeline a name of its own")
    }

    static func pipelinesFolder(_ kind: TreeEntry.Kind) -> Finding {
        kind == .link
            ? Finding(
                "pipeline.link", "`pipelines` is a symbolic link", hint: "links are not followed: commit the folder")
            : Finding(
                "pipeline.submodule", "`pipelines` is a submodule", hint: "definitions are files of the commit itself")
    }
}
