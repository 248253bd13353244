import SluiceModel

/// Checks what goes into one stage: against the manifest, the other stages and the files of the commit.
struct StageInputLinker {
    /// A folder with more files is not searched for pointers to the end.
    private static let maximumPointers = 2000

    let stage: Pipeline.Stage
    let linked: LinkedPipeline
    let context: LinkContext
    private var manifest: PluginManifest? { linked.plugins[stage.name]?.manifest }

    init(stage: Pipeline.Stage, linked: LinkedPipeline, context: LinkContext) {
        self.stage = stage
        self.linked = linked
        self.context = context
    }

    func check() throws(GitError) {
        if let manifest { checkMissing(manifest) }
        for input in stage.inputs where !context.findings.isFull {
            let declared = manifest?.inputs.first { $0.name == input.name }
            if let manifest, declared == nil { reportUnknown(input, manifest) }
            switch input.source.value {
            case .external(let path): checkExternal(path, at: input.source.location)
            case .output(let other, let output): checkOutput(other, output, input, declared)
            case .path(let path): try checkPath(path, input, declared)
            }
        }
    }

    private func checkMissing(_ manifest: PluginManifest) {
        for input in manifest.inputs
        where input.isRequired && !stage.inputs.contains(where: { $0.name == input.name }) {
            let root = context.root.nearest(to: ["stages", stage.name])
            let place =
                root["inputs"] == nil ? stage.location : context.root.keyLocation(of: ["stages", stage.name, "inputs"])
            context.findings.add(LinkFindings.missingInput(input, plugin: manifest.name), at: place)
        }
    }

    private func reportUnknown(_ input: Pipeline.Stage.Input, _ manifest: PluginManifest) {
        let finding = LinkFindings.unknownInput(
            input.name, plugin: manifest.name, known: manifest.inputs.map(\.name))
        context.findings.add(finding, at: context.root.keyLocation(of: ["stages", stage.name, "inputs", input.name]))
    }

    private func checkExternal(_ path: String, at location: SourceLocation) {
        let isAllowed = context.configuration.allowedInputs.contains {
            path == $0 || path.hasPrefix($0 == "/" ? $0 : $0 + "/")
        }
        if isAllowed { return }
        context.findings.add(
            LinkFindings.notAllowed(path, allowed: context.configuration.allowedInputs), at: location)
    }

    private func checkOutput(
        _ other: String, _ output: String, _ input: Pipeline.Stage.Input, _ declared: PluginManifest.Input?
    ) {
        guard let producer = context.stages[other] else { return }
        let isKnown = isResolved(producer)
        guard let made = producer.outputs.first(where: { $0.name == output }) else {
            if isKnown {
                let finding = LinkFindings.unknownOutput(output, of: other, known: producer.outputs.map(\.name))
                context.findings.add(finding, at: input.source.location)
            }
            return
        }
        if let declared, !ArtifactType.fits(made.type, declared.type) {
            let finding = LinkFindings.inputType(
                input.name, made.type, from: "\(other).\(output)", wanted: declared.type,
                fitting: outputs(of: declared.type))
            context.findings.add(finding, at: input.source.location)
        }
        let isList = producer.matrix != nil && stage.select?.from.value != other
        checkMany(isList, input, declared, LinkFindings.matrixNeedsSelect(other, input: input.name))
    }

    private func outputs(of type: ArtifactType) -> [String] {
        linked.pipeline.stages.filter { $0.name != stage.name }.flatMap { other in
            other.outputs.filter { $0.type == type }.map { "\(other.name).\($0.name)" }
        }
    }

    /// Whether the stage's outputs are all known: its plugin was found.
    private func isResolved(_ stage: Pipeline.Stage) -> Bool {
        if case .run = stage.action.value { return true }
        return linked.plugins[stage.name] != nil
    }

    private func checkMany(
        _ isList: Bool, _ input: Pipeline.Stage.Input, _ declared: PluginManifest.Input?, _ finding: Finding
    ) {
        if isList, let declared, !declared.isMany { context.findings.add(finding, at: input.source.location) }
    }

    private func checkPath(
        _ path: String, _ input: Pipeline.Stage.Input, _ declared: PluginManifest.Input?
    ) throws(GitError) {
        // What `${…}` stands for is known when the plan is made.
        if path.contains("${") { return }
        let location = input.source.location
        let glob = Glob(path)
        if glob.isLiteral {
            let hint = stageHint(path)
            if let hint, try context.tree.entry(at: path) == nil {
                return context.findings.add(hint, at: location)
            }
            guard let entry = try TreeFiles(context: context).entry(path, what: "the input", at: location) else {
                return
            }
            let files = entry.kind == .folder ? try context.tree.entries(under: path) : [entry]
            return try checkFiles(files, at: location)
        }
        guard let matching = try context.entries(matching: glob) else {
            return context.findings.add(LinkFindings.tooManyPatterns, at: location)
        }
        if matching.isEmpty { context.findings.add(LinkFindings.emptyGlob(path), at: location) }
        checkMany(true, input, declared, LinkFindings.globIsMany(path, input: input.name))
        try checkFiles(matching, at: location)
    }

    /// `prepar.train` looks like the output of a stage and is no file.
    private func stageHint(_ path: String) -> Finding? {
        let parts = path.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ Names.isName(String($0)) }) else { return nil }
        let names = linked.pipeline.stages.map(\.name)
        guard NearestName.nearest(to: String(parts[0]), of: names) != nil else { return nil }
        return PipelineFindings.unknownStage(String(parts[0]), known: names)
    }

    /// Links and submodules hold no data of this commit, and a pointer is not the file that it stands for.
    private func checkFiles(_ entries: [TreeEntry], at location: SourceLocation) throws(GitError) {
        for entry in entries.prefix(Self.maximumPointers) {
            switch entry.kind {
            case .link: return context.findings.add(LinkFindings.link(entry.path, "the input"), at: location)
            case .submodule: return context.findings.add(LinkFindings.submodule(entry.path, "the input"), at: location)
            case .folder: continue
            case .file, .executable:
                if try context.isPointer(entry) {
                    return context.findings.add(LinkFindings.pointer(entry.path), at: location)
                }
            }
        }
    }
}
