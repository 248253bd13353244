import SluiceModel

/// `sluice plan --json`.
package struct PlanJSON: Encodable {
    private let schema = "sluice.plan/v1"
    private let pipeline, trigger: String
    private let revision: RevisionJSON
    private let degraded: Bool
    private let decision: DecisionJSON
    private let stages: [Stage]
    private let diagnostics: [DiagnosticJSON]

    package init(_ plan: Plan) {
        pipeline = plan.pipeline.name
        trigger = plan.trigger.rawValue
        revision = RevisionJSON(plan.revision)
        degraded = plan.isDegraded
        decision = DecisionJSON(plan.decision)
        stages = plan.stages.map(Stage.init)
        diagnostics = plan.diagnostics.map(DiagnosticJSON.init)
    }

    private struct Stage: Encodable {
        let name: String
        let needs: [String]
        let profile: OrNull<String>
        let degraded: Bool
        let cache: CacheJSON
        let condition: String
        /// Of the chosen profile, as are `demand` and `use`.
        let estimate: OrNull<EstimateJSON>
        let start: OrNull<Double>
        let demand, use: [String: Amount]
        let decision: OrNull<DecisionJSON>

        init(_ stage: Plan.Stage) {
            let chosen = stage.chosenProfile
            name = stage.name
            needs = stage.needs
            profile = OrNull(chosen?.profile.name)
            degraded = chosen?.profile.isDegraded ?? false
            cache = CacheJSON(stage.cache)
            condition = stage.condition.rawValue
            estimate = OrNull(chosen.map { EstimateJSON($0.estimate) })
            start = OrNull(stage.start)
            demand = chosen.map { Self.amounts(of: $0.request) } ?? [:]
            use = chosen?.useByName ?? [:]
            decision = OrNull(stage.decision.map(DecisionJSON.init))
        }

        private static func amounts(of request: ResourceRequest) -> [String: Amount] {
            var amounts = request.custom.mapValues { Amount($0) }
            amounts["cpus"] = request.cpus
            amounts["memory"] = Amount(request.memory)
            amounts["gpus"] = Amount(request.gpus)
            amounts["disk"] = request.disk.map { Amount($0) }
            amounts["network"] = request.network.map { Amount($0) }
            return amounts
        }

        private enum CodingKeys: String, CodingKey {
            case name, needs, profile, degraded, cache, condition, estimate, demand, use, decision
            case start = "start_s"
        }
    }
}
