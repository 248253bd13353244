import SluiceModel
import SluicePlanning

/// Runs one attempt from the filling of its folders to the collection of its outputs. Blocks its thread.
struct AttemptRunner: Sendable {
    let run: RunID
    let ports: RunPorts
    let order: AttemptOrder
    let folder: AttemptFolder
    let executor: any Executor
    /// It was handed over by a runner that died: its folders are filled.
    var isTakenUp = false

    /// What can be taken up again until its end is recorded keeps its folders: whoever records it discards them.
    func run(
        cancellation: Cancellation, observe: @escaping @Sendable (AttemptEvent) -> Void
    ) -> AttemptReport {
        var report: AttemptReport
        do throws(PreparationError) {
            let snapshot = isTakenUp ? nil : try fillWorkspace(unless: cancellation)
            let request = isTakenUp ? try requestAgain() : try prepare(unless: cancellation)
            let warnings =
                isTakenUp ? [] : cleanUpAfterLost(request, cancellation: cancellation, observe: observe)
            var result = executor.execute(request, cancellation: cancellation, observe: observe)
            result.warnings = warnings + result.warnings
            result.snapshot = snapshot
            report = collect(result, request, unless: cancellation)
        } catch {
            report = AttemptReport(number: order.number, result: error.result)
        }
        report = measured(report)
        bringHome(&report)
        report.settle = settling(keepingOutputs: report.result.outcome != .succeeded)
        guard !executor.holds(folder.name) else { return report }
        report.settle()
        report.settle = {}
        return report
    }

    private func settling(keepingOutputs: Bool) -> @Sendable () -> Void {
        { [ports, folder, executor] in
            executor.forget(folder.name)
            ports.workspaces.discard(folder, keepingOutputs: keepingOutputs)
        }
    }

    /// Before anybody hears of its end: whoever does looks for its log here.
    private func bringHome(_ report: inout AttemptReport) {
        guard folder.shared != nil else { return }
        do throws(StoreError) {
            try ports.workspaces.bringHome(folder)
        } catch {
            report.result.warnings.append("its log is still at \(folder.log): \(error.message)")
        }
    }

    /// With what was stored, and with what nothing measures and is charged as declared.
    private func measured(_ report: AttemptReport) -> AttemptReport {
        guard report.result.usage.wall > 0 else { return report }
        var report = report
        report.result.usage.stored = report.artifacts.reduce(0) { $0 + $1.size }
        if order.profile.profile.egress != nil { report.result.usage.declared.append(BudgetResource.egress.rawValue) }
        return report
    }

    /// The runner that should have called `cleanup` after the attempt before this one died: it is called now, with
    /// the same start. Its failure is a warning.
    private func cleanUpAfterLost(
        _ request: AttemptRequest, cancellation: Cancellation, observe: @escaping @Sendable (AttemptEvent) -> Void
    ) -> [String] {
        guard order.followsLost, request.wantsCleanup else { return [] }
        var cleanup = request
        cleanup.verb = .cleanup
        cleanup.wantsCleanup = false
        cleanup.heartbeat = nil
        cleanup.metricsPath = nil
        cleanup.timeout = .seconds(30)
        let result = ports.executors.local.execute(cleanup, cancellation: cancellation, observe: observe)
        guard result.outcome != .succeeded, result.outcome != .skipped else { return [] }
        let why = result.error?.message ?? result.reason ?? result.outcome.rawValue
        return ["cleanup after the lost attempt failed: \(why)"]
    }

    /// Asks what the attempt would take, on this machine whatever executor it is for. Its log is all that stays.
    func estimate(within limit: Duration, cancellation: Cancellation) -> AttemptResult {
        do throws(PreparationError) {
            try makeFolders()
            // Always a copy: a tree laid over another would stay with this thread, which goes on to drive the run.
            try during("the workspace") { () throws(GitError) in
                try ports.tree.snapshot(sources, into: folder.workspace)
            }
            var request = try prepare(unless: cancellation)
            request.verb = .estimate
            request.timeout = limit
            request.grace = .seconds(1)
            request.heartbeat = nil
            request.metricsPath = nil
            request.wantsCleanup = false
            request.checkpoints = nil
            request.sandbox.network = .unwanted
            request.limits.log = 64 << 10
            return executor.execute(request, cancellation: cancellation) { _ in }
        } catch {
            return error.result
        }
    }

    private func collect(
        _ result: AttemptResult, _ request: AttemptRequest, unless cancellation: Cancellation
    ) -> AttemptReport {
        guard result.outcome == .succeeded else { return AttemptReport(number: order.number, result: result) }
        do throws(ArtifactError) {
            let artifacts = try OutputCollector(ports: ports, order: order, folder: folder).collect(
                request, unless: cancellation)
            return AttemptReport(number: order.number, result: result, artifacts: artifacts)
        } catch {
            var failed = result
            if cancellation.state.killNow, let reason = cancellation.state.reason {
                failed.outcome = reason.outcome
                failed.reason = reason.rawValue
                return AttemptReport(number: order.number, result: failed)
            }
            failed.outcome = .failed
            // What a stage made wrong is its own fault; what we could not store is not.
            let isOurs = error.code == .failed || error.code == .corrupt
            failed.error = AttemptError(
                errorClass: isOurs ? .internal : .user, code: error.code.rawValue, message: error.message)
            return AttemptReport(number: order.number, result: failed)
        }
    }

    private func fillWorkspace(unless cancellation: Cancellation) throws(PreparationError) -> SnapshotKind? {
        try makeFolders()
        let kind = try during("the workspace") { () throws(GitError) in
            try ports.workspaces.fill(
                folder, on: executor.name, with: sources, of: ports.tree, unless: cancellation)
        }
        try cancellation.check()
        return kind
    }

    private func prepare(unless cancellation: Cancellation) throws(PreparationError) -> AttemptRequest {
        let filler = InputFiller(ports: ports, folder: folder)
        let inputs = try filler.fill(order.binding.inputs, unless: cancellation)
        for output in order.definition.outputs {
            guard let parent = output.path.flatMap({ $0.lastIndex(of: "/").map($0.prefix(upTo:)) }) else { continue }
            try during("the workspace") { () throws(StoreError) in
                try ports.workspaces.makeFolder(folder.workspace + "/" + parent)
            }
        }
        return try request(inputs: inputs, program: program)
    }

    /// What other machines share may be away for a while.
    private func makeFolders() throws(PreparationError) {
        do throws(StoreError) {
            try ports.workspaces.create(folder)
        } catch {
            throw PreparationError(
                attemptError: AttemptError(
                    errorClass: .transient, code: "attempt.folders", message: error.message, hint: error.hint))
        }
    }

    /// The request of an attempt whose folders are filled.
    private func requestAgain() throws(PreparationError) -> AttemptRequest {
        let inputs = InputFiller(ports: ports, folder: folder).filled(order.binding.inputs)
        // What it runs was handed over with it.
        return try request(inputs: inputs) { _ in .script("") }
    }

    private var outputs: [AttemptRequest.Output] {
        order.definition.outputs.map { output in
            AttemptRequest.Output(name: output.name, type: output.type, path: path(of: output))
        }
    }

    /// Without what the stage is to make itself: no output exists before, so that an old one is never taken for new.
    private var sources: [TreeEntry] {
        let made =
            order.definition.outputs.compactMap(\.path) + [order.definition.definition.metricsPath].compactMap(\.self)
        guard !made.isEmpty else { return order.definition.sources }
        return order.definition.sources.filter { entry in
            !made.contains { entry.path == $0 || entry.path.hasPrefix($0 + "/") }
        }
    }

    private func path(of output: Pipeline.Stage.Output) -> String {
        output.path.map { folder.workspace + "/" + $0 } ?? folder.outputs + "/" + output.name
    }

    private func request(
        inputs: [AttemptRequest.Input],
        program: (BindingPaths) throws(PreparationError) -> AttemptRequest.Program
    ) throws(PreparationError) -> AttemptRequest {
        let stage = order.definition
        let paths = BindingPaths(
            inputs: Dictionary(uniqueKeysWithValues: inputs.map { ($0.name, $0.items.map(\.path)) }),
            outputs: Dictionary(uniqueKeysWithValues: outputs.map { ($0.name, $0.path) }))
        return AttemptRequest(
            run: run, stage: stage.name, number: order.number, wire: stage.wire, verb: .run,
            program: try program(paths), params: order.binding.params(paths: paths), inputs: inputs, outputs: outputs,
            metricsPath: stage.definition.metricsPath, environment: order.binding.environment(paths: paths),
            searchPath: ports.searchPath,
            folders: AttemptRequest.Folders(
                workspace: folder.workspace, scratch: folder.scratch, home: folder.home,
                temporary: folder.temporary, log: folder.log),
            commit: order.commit,
            grant: Grant(profile: order.profile.profile.name, request: order.profile.request),
            timeout: stage.definition.timeout, heartbeat: stage.definition.heartbeat,
            grace: stage.definition.grace ?? stage.plugin?.manifest.grace ?? .seconds(10),
            seed: stage.definition.seed ?? 0, deployment: try deployment(),
            wantsCleanup: stage.plugin?.manifest.verbs.contains(.cleanup) ?? false,
            sandbox: SandboxPolicy(isStrict: !order.commit.trusted, network: network), secrets: try secrets(),
            checkpoints: stage.wire == .sluice1 ? folder.checkpoints : nil)
    }

    private var network: SandboxPolicy.Network {
        guard let plugin = order.definition.plugin else { return .unsaid }
        return plugin.manifest.effects == .pure && !plugin.manifest.isDeploy ? .unwanted : .wanted
    }

    private func secrets() throws(PreparationError) -> [Secret] {
        let names = order.definition.secrets.map(\.name)
        guard !names.isEmpty else { return [] }
        do {
            return try ports.secrets(names)
        } catch {
            throw PreparationError(
                attemptError: AttemptError(
                    errorClass: .config, code: "secret.unavailable", message: error.message, hint: error.hint))
        }
    }

    private func program(_ paths: BindingPaths) throws(PreparationError) -> AttemptRequest.Program {
        guard let plugin = order.definition.plugin else {
            return .script(order.binding.script(paths: paths) ?? "")
        }
        let folder = try PluginFreezer(ports: ports, folder: folder).folder(of: plugin)
        return .plugin(command: plugin.manifest.command, folder: folder, python: try environment())
    }

    private func environment() throws(PreparationError) -> String? {
        guard let built = order.environment, let shared = folder.shared else { return order.environment }
        return try during("the Python environment") { () throws(PluginError) in
            try ports.environments.copy(built, below: shared + "/environments")
        }
    }

    private func deployment() throws(PreparationError) -> String? {
        guard order.definition.isDeploy else { return nil }
        guard order.commit.trusted else {
            throw PreparationError(
                attemptError: AttemptError(
                    errorClass: .config, code: "attempt.preparation",
                    message: "\(order.definition.name) deploys, and its reference is not trusted"))
        }
        return try during("the deployment's folder") { () throws(StoreError) in
            try ports.workspaces.deployment(
                repository: order.repository, pipeline: order.pipeline,
                reference: order.commit.reference ?? order.commit.oid, on: executor.name)
        }
    }
}

/// Why an attempt was not even started: how it ends.
struct PreparationError: Error {
    var result: AttemptResult

    init(attemptError: AttemptError) { result = AttemptResult(outcome: .failed, error: attemptError) }

    init(stopped reason: CancelReason) { result = .stopped(reason) }
}

extension Cancellation {
    /// Throws once there is a reason not to start.
    func check() throws(PreparationError) {
        if let reason = state.reason { throw PreparationError(stopped: reason) }
    }
}

/// Runs one step of a preparation and says which it was when it fails.
func during<Value, Failure: Error>(
    _ what: String, _ step: () throws(Failure) -> Value
) throws(PreparationError) -> Value {
    do {
        return try step()
    } catch {
        throw PreparationError(
            attemptError: AttemptError(
                errorClass: .internal, code: "attempt.preparation", message: "\(what) could not be made: \(error)"))
    }
}
