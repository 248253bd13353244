import SluiceModel

/// Keeps of every stage the profiles whose executor this machine's operator knows, so that one pipeline serves a laptop
/// and a cluster.
struct ExecutorLinker {
    let context: LinkContext

    func apply(to linked: inout LinkedPipeline) {
        guard !context.configuration.placesAllHere else { return placeAllHere(in: &linked) }
        let known = Set(context.configuration.executors.map(\.name))
        var told: Set<String> = []
        for index in linked.pipeline.stages.indices {
            let stage = linked.pipeline.stages[index]
            let missing = stage.profiles.filter { $0.profile.request.pool.map { !known.contains($0) } ?? false }
            guard let name = missing.first?.profile.request.pool else { continue }
            guard missing.count < stage.profiles.count else {
                let finding = LinkFindings.noExecutor(name, stage: stage.name, known: known.sorted())
                context.findings.add(finding, at: stage.location)
                continue
            }
            linked.pipeline.stages[index].profiles.removeAll { profile in missing.contains(profile) }
            for profile in missing where told.insert(profile.profile.request.executor).inserted {
                let finding = LinkFindings.unknownExecutor(profile.profile.request.executor, known: known.sorted())
                context.findings.add(finding, at: place(of: profile.profile, stage.name))
            }
        }
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
