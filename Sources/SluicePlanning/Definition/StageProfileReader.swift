import SluiceModel

/// Reads the ways to run a stage: `profile`, `profiles` or `resources`, else the default.
struct StageProfileReader {
    /// The profile of a stage that names none, where `defaults` names none either; its request is the manifest's.
    static let defaultName = "default"

    let stage: StageReader
    private var map: MapReader { stage.map }
    private var findings: Findings { stage.findings }
    private var policies: PolicyReader { PolicyReader(findings: findings) }

    init(stage: StageReader) { self.stage = stage }

    /// The stage's own `executor` is for those of its profiles that name none.
    func profiles() -> [StageProfile] {
        var profiles = named()
        guard let executor = ProfileReader(findings: findings).executor(map) else { return profiles }
        for index in profiles.indices where profiles[index].profile.request.pool == nil {
            profiles[index].profile.request.pool = executor
        }
        return profiles
    }

    private func named() -> [StageProfile] {
        let said = ["profile", "profiles", "resources"].filter(map.has)
        if said.count > 1 { findings.add(PipelineFindings.severalRequests(said), at: map.keyLocation(said[1])) }
        let own = StageProfile.Declared(map)
        if let node = map["profiles"], node.items != nil || node.entries != nil {
            let profiles = list(node, own)
            if !profiles.isEmpty { return profiles }
        }
        let profile = single()
        return [declaring(own, StageProfile(name: profile.name, profile: profile))]
    }

    private func single() -> Profile {
        if let node = map["resources"] {
            return ProfileReader(findings: findings).profile(node, named: "inline", "`resources`")
        }
        let word = map["profile"] ?? map["profiles"].flatMap { $0.text == nil ? nil : $0 }
        let named = word.flatMap { policies.profile($0, among: stage.profiles) }
        return named ?? stage.defaults.profile ?? Profile(name: Self.defaultName, request: ResourceRequest())
    }

    private func list(_ node: YAMLNode, _ own: StageProfile.Declared) -> [StageProfile] {
        guard let items = node.items, !items.isEmpty else {
            findings.add(PipelineFindings.profileList, at: node)
            return []
        }
        var taken: [String: SourceLocation] = [:]
        return items.enumerated().compactMap { position, item in
            guard var profile = entry(item, position, own) else { return nil }
            let isNamed = item["name"] != nil
            if isNamed, let earlier = taken[profile.name] {
                findings.add(PipelineFindings.profileTwice(profile.name, earlier: earlier.line), at: item)
            }
            // The same profile may be used twice, say with less data; later entries are numbered.
            if !isNamed, taken[profile.name] != nil { profile.name += "-\(position + 1)" }
            taken[profile.name] = item.location
            return profile
        }
    }

    private func entry(_ node: YAMLNode, _ position: Int, _ own: StageProfile.Declared) -> StageProfile? {
        let penalty = Amount(Int64(position))
        if node.entries == nil {
            return policies.profile(node, among: stage.profiles).map {
                declaring(own, StageProfile(name: $0.name, profile: $0, penalty: penalty))
            }
        }
        let keys = ["use", "name", "with", "estimate", "egress", "storage", "penalty", "degraded"]
        let map = MapReader(node, "an entry of `profiles`", keys: keys, in: findings)
        let with = map["with"]
        if let with { stage.templates.check(with) }
        let used = map.required("use", example: "{ use: small }")
        guard let profile = used.flatMap({ policies.profile($0, among: stage.profiles) }) else { return nil }
        guard case .object(let members) = MapReader(named: with, "`with`", in: findings).json else { return nil }
        let entry = StageProfile(
            name: name(map) ?? profile.name, profile: profile, with: members,
            penalty: map.amount("penalty") ?? penalty, isDegraded: map.boolean("degraded") ?? false)
        return declaring(StageProfile.Declared(map).over(own), entry)
    }

    private func declaring(_ declared: StageProfile.Declared, _ profile: StageProfile) -> StageProfile {
        var profile = profile
        profile.estimate = declared.estimate
        profile.egress = declared.egress
        profile.storage = declared.storage
        return profile
    }

    private func name(_ map: MapReader) -> String? {
        guard let name = map.string("name"),
            stage.values.isName(name, at: map["name"]?.location ?? map.location, kind: "a profile")
        else { return nil }
        return name
    }
}

extension StageProfile {
    /// What a pipeline expects of an attempt: what an entry of `profiles` leaves out, the stage says.
    fileprivate struct Declared {
        var estimate: Duration?
        var egress, storage: Int64?

        init(_ map: MapReader) {
            estimate = map.duration("estimate")
            egress = map.size("egress")
            storage = map.size("storage")
        }

        func over(_ stage: Declared) -> Declared {
            var copy = self
            copy.estimate = estimate ?? stage.estimate
            copy.egress = egress ?? stage.egress
            copy.storage = storage ?? stage.storage
            return copy
        }
    }
}
