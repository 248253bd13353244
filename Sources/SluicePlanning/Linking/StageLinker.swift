import SluiceModel

/// Checks one stage against its plugin's manifest: params, outputs, metrics.
struct StageLinker {
    let stage: Pipeline.Stage
    let linked: LinkedPipeline
    let context: LinkContext
    private var manifest: PluginManifest? { linked.plugins[stage.name]?.manifest }

    init(stage: Pipeline.Stage, linked: LinkedPipeline, context: LinkContext) {
        self.stage = stage
        self.linked = linked
        self.context = context
    }

    func check() {
        if let manifest {
            checkParams(manifest)
            checkOutputs(manifest)
            checkMetrics(manifest)
            checkPolicies(manifest)
        }
        checkSelect()
    }

    private func report(_ finding: Finding, at path: [String]) {
        context.findings.add(finding, at: context.root.keyLocation(of: ["stages", stage.name] + path))
    }

    /// Every profile's params, as far as they are literal.
    private func checkParams(_ manifest: PluginManifest) {
        guard let schema = manifest.params, case .object(let base) = stage.with.value else { return }
        for (position, profile) in stage.profiles.enumerated() {
            let merged = base.merging(profile.with) { _, own in own }
            for violation in schema.literalViolations(of: .object(merged)) {
                let isProfile = violation.steps.first.map { profile.with[$0] != nil } ?? false
                let place = isProfile ? ["profiles", String(position), "with"] : ["with"]
                report(violation, below: place, plugin: manifest.name)
            }
        }
    }

    private func report(_ violation: SchemaViolation, below place: [String], plugin: String) {
        let node = context.root.nearest(to: ["stages", stage.name] + place + violation.steps)
        let path = ["stages", stage.name] + place + violation.steps
        let isMissing = violation.message.hasPrefix("needs ")
        let hasWith = context.root.nearest(to: ["stages", stage.name])["with"] != nil
        let location =
            isMissing
            ? (hasWith ? node.location : stage.location)
            : violation.isUnknownKey ? context.root.keyLocation(of: path) : node.location
        context.findings.add(LinkFindings.param(violation, plugin: plugin, isMissing: isMissing), at: location)
    }

    /// What the stage narrows has to fit what the manifest says.
    private func checkOutputs(_ manifest: PluginManifest) {
        for output in manifest.outputs {
            guard let own = stage.outputs.first(where: { $0.name == output.name }),
                !ArtifactType.fits(own.type, output.type)
            else { continue }
            report(
                LinkFindings.outputType(output.name, own.type, declared: output.type, plugin: manifest.name),
                at: ["outputs", output.name])
        }
    }

    private func checkMetrics(_ manifest: PluginManifest) {
        if stage.metricsPath != nil, manifest.wire == .sluice1 {
            report(LinkFindings.metricsPath(plugin: manifest.name), at: ["metrics"])
        }
        guard !manifest.metrics.isEmpty, stage.metricsPath == nil else { return }
        for check in stage.checks where !check.metric.isEmpty && manifest.metrics[check.metric] == nil {
            let finding = LinkFindings.unknownMetric(
                check.metric, plugin: manifest.name, known: Array(manifest.metrics.keys))
            context.findings.add(finding, at: check.location)
        }
    }

    private func checkPolicies(_ manifest: PluginManifest) {
        if manifest.isDeploy, let cache = stage.cache, cache != .off {
            report(LinkFindings.cacheOfDeploy(stage.name), at: ["cache"])
        }
    }

    private func checkSelect() {
        guard let select = stage.select, let metrics = linked.plugins[select.from.value]?.manifest.metrics,
            !metrics.isEmpty, !select.metric.isEmpty, metrics[select.metric] == nil
        else { return }
        let plugin = linked.plugins[select.from.value]?.manifest.name ?? select.from.value
        report(
            LinkFindings.unknownMetric(select.metric, plugin: plugin, known: Array(metrics.keys)),
            at: ["select", "metric"])
    }
}

extension ArtifactType {
    /// `file` and `folder` say nothing of the content, so they fit everything.
    static func fits(_ left: ArtifactType, _ right: ArtifactType) -> Bool {
        let vague: Set<ArtifactType> = [.file, .folder]
        return left == right || vague.contains(left) || vague.contains(right)
    }
}
