import SluiceModel

/// What a stage is after its plugin is known.
enum EffectiveStages {
    static func apply(to linked: inout LinkedPipeline) {
        for index in linked.pipeline.stages.indices {
            guard let manifest = linked.plugins[linked.pipeline.stages[index].name]?.manifest else { continue }
            linked.pipeline.stages[index].outputs = outputs(of: linked.pipeline.stages[index], manifest)
            guard let resources = manifest.resources else { continue }
            for profile in linked.pipeline.stages[index].profiles.indices
            where linked.pipeline.stages[index].profiles[profile].profile.name == StageProfileReader.defaultName {
                let pool = linked.pipeline.stages[index].profiles[profile].profile.request.pool
                linked.pipeline.stages[index].profiles[profile].profile.request = resources
                linked.pipeline.stages[index].profiles[profile].profile.request.pool = pool
            }
        }
    }

    /// The manifest's outputs, narrowed by the stage's, then those that the stage adds.
    private static func outputs(
        of stage: Pipeline.Stage, _ manifest: PluginManifest
    ) -> [Pipeline.Stage.Output] {
        let declared = manifest.outputs.map { output in
            stage.outputs.first { $0.name == output.name }
                ?? Pipeline.Stage.Output(name: output.name, type: output.type)
        }
        return declared + stage.outputs.filter { own in !declared.contains { $0.name == own.name } }
    }
}

extension Pipeline.Stage {
    /// The secrets that it gets of those that its plugin asks for.
    func secretNames(of manifest: PluginManifest) -> [String] {
        guard let secrets else { return manifest.secrets }
        return manifest.secrets.filter { name in secrets.contains { $0.value == name } }
    }
}
