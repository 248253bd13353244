import SluiceModel

/// Keeps of every stage the profiles on which it can run by this machine's operator, so that one pipeline serves a laptop
/// and a cluster.
struct ExecutorLinker {
    let context: LinkContext

    func apply(to linked: inout LinkedPipeline) {
        guard !context.configuration.placesAllHere else { return placeAllHere(in: &linked) }
        dropUnknown(in: &linked.pipeline)
        dropForgetful(in: &linked)
    }

    private func dropUnknown(in pipeline: inout Pipeline) {
        let names = context.configuration.executors.map(\.name)
        let known = Set(names)
        var told: Set<String> = []
        for index in pipeline.stages.indices {
            let name = pipeline.stages[index].name
            let dropped = drop(from: &pipeline.stages[index]) {
                !known.contains($0)
            } orElse: { executor in
                LinkFindings.noExecutor(executor, stage: name, known: names.sorted())
            }
            for profile in dropped where told.insert(profile.request.executor).inserted {
                let finding = LinkFindings.unknownExecutor(profile.request.executor, known: names.sorted())
                context.findings.add(finding, at: place(of: profile, name))
            }
        }
    }

    /// A deploy has nothing to do where what it leaves goes with its attempt.
    private func dropForgetful(in linked: inout LinkedPipeline) {
        let forgetful = Set(context.configuration.executors.filter { !$0.keepsDeployments }.map(\.name))
        for index in linked.pipeline.stages.indices {
            let name = linked.pipeline.stages[index].name
            guard linked.plugins[name]?.manifest.isDeploy ?? false else { continue }
            let dropped = drop(from: &linked.pipeline.stages[index], where: forgetful.contains) { executor in
                LinkFindings.noExecutorKeepsDeploy(executor, stage: name)
            }
            var told: Set<String> = []
            for profile in dropped where told.insert(profile.request.executor).inserted {
                context.findings.add(
                    LinkFindings.forgetsDeploy(profile.request.executor, stage: name),
                    at: context.root.keyLocation(of: ["stages", name, "profiles"]))
            }
        }
    }

    /// What was dropped; where nothing would be left, all stay and an error says so.
    private func drop(
        from stage: inout Pipeline.Stage, where isImpossible: (_ executor: String) -> Bool,
        orElse error: (_ executor: String) -> Finding
    ) -> [Profile] {
        let impossible = stage.profiles.filter { $0.profile.request.pool.map(isImpossible) ?? false }
        guard let executor = impossible.first?.profile.request.pool else { return [] }
        guard impossible.count < stage.profiles.count else {
            context.findings.add(error(executor), at: stage.location)
            return []
        }
        stage.profiles.removeAll { impossible.contains($0) }
        return impossible.map(\.profile)
    }

    private func placeAllHere(in linked: inout LinkedPipeline) {
        for stage in linked.pipeline.stages.indices {
            for profile in linked.pipeline.stages[stage].profiles.indices {
                linked.pipeline.stages[stage].profiles[profile].profile.request.pool = nil
            }
        }
    }

    private func place(of profile: Profile, _ stage: String) -> SourceLocation {
        let shared = ["profiles", profile.name]
        let isShared = context.root.nearest(to: shared)["executor"] != nil
        return context.root.keyLocation(of: (isShared ? shared : ["stages", stage]) + ["executor"])
    }
}
