import SluiceModel
import SluicePlanning

/// A planned pipeline as another engine is to see it: stages with what engines have words for. The rest stays in the
/// commit, where `sluice attempt` reads it.
package struct ExportedPipeline: Sendable {
    package var name: String
    package var description: String?
    /// The definition's path in the commit.
    package var path: String
    package var commit: String
    package var reference: String?
    package var overrides: [String: JSONValue]
    package var stages: [ExportedStage]
    /// That its profiles name.
    package var executors: [String]
    /// As it was planned, for what a target cannot say.
    let plan: Plan

    /// Each stage takes its preferred profile: the gate, which would choose, is not there.
    package init(_ plan: Plan, overrides: [String: JSONValue], executors: [String] = []) {
        self.executors = executors
        name = plan.pipeline.name
        description = plan.pipeline.description
        path = plan.pipeline.path
        commit = plan.revision.oid.hex
        reference = plan.revision.reference?.name
        self.overrides = overrides
        self.plan = plan
        let slugs = StageSlugs.unique(plan.stages.map(\.name))
        let tolerant = Set(plan.pipeline.stages.filter { $0.matrix?.failFast == false }.map(\.name))
        stages = plan.stages.map { stage in
            let isChoice = stage.definition.select.map { tolerant.contains($0.from.value) } ?? false
            return ExportedStage(stage, slugs: slugs, choosesAmongFailed: isChoice)
        }
    }

    /// Whether a condition asks what was changed.
    var readsChanges: Bool {
        plan.pipeline.stages.contains { $0.condition.map { Self.readsChanges($0.value) } ?? false }
    }

    private static func readsChanges(_ condition: String) -> Bool {
        (try? Expression(parsing: condition))?.root.contains { if case .changed = $0 { true } else { false } } ?? false
    }

    var secretNames: [String] { Set(stages.flatMap(\.secrets)).sorted() }

    /// The arguments that are the same for every stage, but for what the engine fills in.
    var overrideArguments: [String] {
        overrides.sorted { $0.key < $1.key }.map { "--set=" + JSONArgument.override($0.key, $0.value) }
    }
}

package struct ExportedStage: Sendable {
    /// Of the instance.
    package var name: String
    /// In letters, digits and dashes; what engines call it.
    package var slug: String
    /// Slugs.
    package var needs: [String]
    package var runsAfterFailure: Bool
    package var profile: String
    package var request: ResourceRequest
    package var timeout: Duration
    package var grace: Duration
    package var retry: RetryPolicy
    package var isDeploy: Bool
    package var secrets: [String]
    let planned: Plan.Stage

    /// `choosesAmongFailed`: it selects among instances of which some may fail.
    init(_ stage: Plan.Stage, slugs: [String: String], choosesAmongFailed: Bool) {
        let preferred = stage.profiles.first
        name = stage.name
        slug = slugs[stage.name] ?? stage.name
        needs = stage.needs.compactMap { slugs[$0] }
        runsAfterFailure = stage.definition.after == .any || choosesAmongFailed
        profile = preferred?.profile.name ?? "default"
        request = preferred?.request ?? ResourceRequest()
        timeout = stage.definition.timeout
        grace = stage.definition.grace ?? stage.plugin?.manifest.grace ?? .seconds(10)
        retry = stage.definition.retry
        isDeploy = stage.isDeploy
        secrets = stage.secrets.map(\.name)
        planned = stage
    }

    /// Further attempts; a deploy gets none.
    var retries: Int { isDeploy ? 0 : retry.limit }

    /// Seconds after which an engine may end what `sluice attempt` should have ended itself: the stage's timeout and
    /// grace, and a quarter of an hour for a Python environment and for artifacts, which the timeout does not count. Engines
    /// count in 32 bits.
    var deadline: Int64 { min((timeout + grace).wholeSeconds, Int64(Int32.max) - 900) + 900 }

    /// `stage NAME --profile P`: what `sluice attempt` is to run.
    var arguments: [String] { ["stage", JSONArgument.name(name), "--profile", profile] }
}

extension Triggers.Filter {
    /// Whether any push can pass it.
    var isEver: Bool { !branches.isEmpty || !tags.isEmpty }
}

extension Expression.Node {
    /// Whether it or a part of it is such a node.
    func contains(_ isWanted: (Expression.Kind) -> Bool) -> Bool {
        isWanted(kind) || parts.contains { $0.contains(isWanted) }
    }

    private var parts: [Expression.Node] {
        switch kind {
        case .literal, .name, .changed, .budgetLeft: []
        case .list(let nodes), .all(let nodes), .any(let nodes): nodes
        case .not(let node): [node]
        case .comparison(_, let left, let right), .contains(let left, let right), .startsWith(let left, let right),
            .matches(let left, let right):
            [left, right]
        }
    }
}

extension Duration {
    /// Rounded up.
    var wholeSeconds: Int64 { components.seconds + (components.attoseconds > 0 ? 1 : 0) }
}
