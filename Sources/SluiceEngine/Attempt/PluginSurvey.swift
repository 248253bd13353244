import SluiceModel
import SluicePlanning

/// Asks plugins what their stages would take, before the plan is made that the gate judges.
///
/// That runs code of the commit: it is for trusted references, and for whoever carries a run out, never for a verdict
/// (docs/adr/0016-plugins-are-asked-before-a-run.md). No answer is worth a run: what goes wrong is a warning.
package struct PluginSurvey: Sendable {
    /// What plugins said, and what went wrong.
    package struct Findings: Sendable, Equatable {
        package var estimates: PluginEstimates = [:]
        package var warnings: [String] = []
    }

    /// What one call may take, and all calls of a run together.
    private static let callTime: Duration = .seconds(10)
    private static let allTime: Duration = .seconds(30)
    /// What a stage reads is copied for the question, as for an attempt: more than this is not worth an answer.
    private static let mostBytes: Int64 = 256 << 20
    private static let mostFiles = 4096

    private let run: RunID
    private let ports: RunPorts
    private let cancellation: Cancellation

    package init(run: RunID, ports: RunPorts, cancellation: Cancellation) {
        self.run = run
        self.ports = ports
        self.cancellation = cancellation
    }

    /// Blocks its thread. Stages that other stages' results are missing for are not asked about, nor deploys.
    package func ask(about plan: Plan) -> Findings {
        var findings = Findings()
        guard plan.revision.isTrusted else { return findings }
        let end = ports.clock.now().milliseconds + Self.allTime.wholeMilliseconds
        // One that fails once is not asked again: a matrix would only say the same a thousand times.
        var silent: Set<String> = []
        for stage in plan.stages where stage.canBeAsked {
            for (index, priced) in stage.profiles.enumerated() where priced.estimate.isWorseThanAsking {
                let plugin = stage.plugin?.manifest.name ?? ""
                guard findings.estimates[stage.name]?[priced.profile.name] == nil, !silent.contains(plugin) else {
                    continue
                }
                guard ports.clock.now().milliseconds < end else {
                    findings.warnings.append(
                        "estimate.time: the plugins' answers took \(Self.allTime): nobody else is asked")
                    return findings
                }
                guard let result = call(stage, index, in: plan) else { continue }
                // Ended by the cancel: it says nothing of the plugin.
                guard cancellation.state.reason == nil else { return findings }
                if !findings.take(result, of: stage, priced.profile.name) { silent.insert(plugin) }
            }
        }
        return findings
    }

    /// nil where it cannot be asked yet; what is wrong with the stage itself is the run's to say.
    private func call(_ stage: Plan.Stage, _ profile: Int, in plan: Plan) -> AttemptResult? {
        guard let plugin = stage.plugin, let environment = environment(of: plugin) else { return nil }
        let lock = plugin.manifest.wantsPython ? environment.lock : nil
        guard
            let binding = try? StageBinding.bind(
                stage, profile: profile, in: plan, results: plan.knownResults, environmentLock: lock),
            let bytes = bytes(of: stage, binding), bytes <= Self.mostBytes
        else { return nil }
        let folder = ports.workspaces.folder(run: run, stage: stage.name, number: 0, on: ResourceRequest.local)
        defer { ports.workspaces.discard(folder, keepingOutputs: false) }
        let order = AttemptOrder(
            asking: stage, profile, binding, environment: plugin.manifest.wantsPython ? environment.folder : nil, plan)
        let runner = AttemptRunner(
            run: run, ports: ports, order: order, folder: folder, executor: ports.executors.local)
        return runner.estimate(within: Self.callTime, cancellation: cancellation)
    }

    /// nil where there is none yet: nothing is built for a question.
    private func environment(of plugin: ResolvedPlugin) -> ProvidedEnvironment? {
        guard plugin.manifest.wantsPython else { return ProvidedEnvironment(folder: "", lock: "", buildSeconds: 0) }
        do throws(PluginError) {
            let bytes = try ports.requirements(plugin)
            let identity = try ports.environments.identity(of: bytes, searchPath: ports.searchPath)
            guard identity.lock != nil else { return nil }
            return try ports.environments.provide(identity, requirements: bytes) { _ in }
        } catch {
            return nil
        }
    }

    /// What would be copied; nil: too many files to look at.
    private func bytes(of stage: Plan.Stage, _ binding: Binding) -> Int64? {
        var entries = stage.sources
        var sum: Int64 = 0
        for item in binding.inputs.flatMap(\.items) {
            switch item.content {
            case .artifact(let artifact): sum += artifact.size
            case .tree(let files, _): entries += files
            case .external: break
            }
        }
        guard entries.count <= Self.mostFiles else { return nil }
        for entry in entries {
            guard let size = try? ports.tree.size(of: entry) else { return nil }
            sum += size
        }
        return sum
    }
}

extension PluginSurvey.Findings {
    /// Whether it answered the question.
    fileprivate mutating func take(_ result: AttemptResult, of stage: Plan.Stage, _ profile: String) -> Bool {
        guard result.outcome == .succeeded else {
            let why = result.error.map { "\($0.code): \($0.message)" } ?? result.reason ?? result.outcome.rawValue
            return warn("estimate.failed", stage, why)
        }
        guard let answer = result.answer else { return warn("estimate.failed", stage, "it sent no `estimate`") }
        let (estimates, faults) = PluginAnswer.read(answer, about: stage.profiles.map(\.profile.name))
        self.estimates[stage.name, default: [:]].merge(estimates) { first, _ in first }
        if let fault = faults.first { return warn("estimate.invalid", stage, fault) }
        guard self.estimates[stage.name]?[profile] == nil else { return true }
        return warn("estimate.invalid", stage, "it says nothing of profile `\(profile)`")
    }

    private mutating func warn(_ code: String, _ stage: Plan.Stage, _ why: String) -> Bool {
        let plugin = stage.plugin?.manifest.name ?? stage.name
        warnings.append("\(code): \(plugin) does not say what \(stage.name) would take: \(why)")
        return false
    }
}

extension Plan.Stage {
    /// Whether its plugin answers, and it may have to run.
    fileprivate var canBeAsked: Bool {
        guard let plugin, plugin.manifest.verbs.contains(.estimate) else { return false }
        return plugin.manifest.wire == .sluice1 && !isDeploy && condition != .fails && cache.state != .hit
    }
}

extension Plan.Estimate {
    /// Whatever was declared or assumed, and too few attempts.
    fileprivate var isWorseThanAsking: Bool { source != .history || median == nil }
}

extension AttemptOrder {
    /// For a question: without secrets, and no attempt of the record.
    fileprivate init(asking stage: Plan.Stage, _ profile: Int, _ binding: Binding, environment: String?, _ plan: Plan) {
        var definition = stage
        definition.secrets = []
        let priced = stage.profiles[profile]
        self.init(
            stage: 0, definition: definition, number: 1, profile: priced, binding: binding,
            environment: environment, decision: plan.decision, followsLost: false,
            commit: AttemptRequest.Commit(
                oid: plan.revision.oid.hex, reference: plan.revision.reference?.name,
                trusted: plan.revision.isTrusted),
            pipeline: plan.pipeline.name, repository: plan.repository,
            holding: PoolAsk(pool: priced.request.executor, capacity: plan.pool, request: priced.request))
    }
}
