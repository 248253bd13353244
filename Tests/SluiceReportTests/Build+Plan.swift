import SluiceModel

extension Build {
    static let place = SourceLocation(file: "pipelines/churn.yaml", line: 9, column: 3)

    static func profile(
        _ name: String, seconds: Int, cost: String, source: Plan.Estimate.Source, degraded: Bool = false
    ) throws -> Plan.PricedProfile {
        let request = ResourceRequest(cpus: Amount(2), memory: 1 << 30, custom: ["licence": 1])
        let base = Profile(name: name, request: request)
        let basis = source == .history ? Plan.Estimate.Basis(quantile: 0.9, samples: 23) : nil
        return Plan.PricedProfile(
            profile: StageProfile(name: name, profile: base, isDegraded: degraded), request: request,
            estimate: Plan.Estimate(duration: .seconds(seconds), source: source, basis: basis),
            use: [.cost: try amount(cost)])
    }

    static func stage(
        _ name: String, needs: [String], cache: CacheState, profiles: [Plan.PricedProfile], start: Double?,
        condition: Plan.Condition = .holds
    ) -> Plan.Stage {
        let definition = Pipeline.Stage(
            name: name, action: Located(.uses(name), at: place), profiles: profiles.map(\.profile), location: place)
        return Plan.Stage(
            name: name, definition: definition, cells: [], plugin: nil, needs: needs, inputs: [], outputs: [],
            sources: [], condition: condition, cache: cache, profiles: profiles, chosen: start == nil ? nil : 0,
            start: start)
    }

    static func stages(chosen: Bool) throws -> [Plan.Stage] {
        func start(_ seconds: Double) -> Double? { chosen ? seconds : nil }
        return [
            stage(
                "prepare", needs: [], cache: CacheState(state: .hit, reason: "from run 41"),
                profiles: [try profile("small", seconds: 30, cost: "0.01", source: .history)], start: nil),
            stage(
                "train", needs: ["prepare"], cache: CacheState(state: .miss, reason: "params.lr changed 0.1 → 0.2"),
                profiles: [try profile("large", seconds: 720, cost: "0.4", source: .declared)], start: start(0)),
            stage(
                "evaluate", needs: ["train"],
                cache: CacheState(state: .miss, reason: "needs train, which runs", upstream: "train"),
                profiles: [try profile("small", seconds: 65, cost: "0.02", source: .history)], start: start(720)),
            stage(
                "deploy", needs: ["evaluate"],
                cache: CacheState(state: .off, reason: "needs evaluate, which runs", upstream: "evaluate"),
                profiles: [try profile("small", seconds: 5, cost: "0", source: .manifest)], start: start(785)),
        ]
    }

    static func plan(
        stages: [Plan.Stage], decision: GateDecision, diagnostics: [Diagnostic] = [], revision: Revision? = nil,
        isDegraded: Bool = false
    ) throws -> Plan {
        Plan(
            pipeline: Pipeline(
                name: "churn", path: "pipelines/churn.yaml", stages: stages.map(\.definition)),
            revision: try revision ?? self.revision(), repository: "/srv/git/churn.git", trigger: .push,
            params: .emptyObject, changed: .everything, stages: stages, decision: decision,
            diagnostics: diagnostics, isDegraded: isDegraded, pool: ResourceRequest())
    }
}
