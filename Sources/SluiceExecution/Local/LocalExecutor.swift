import Glibc
import SluiceModel

/// Runs attempts as processes of this machine, each under its own supervisor.
///
/// `execute` blocks its thread until the program, its descendants and its supervisor are gone. Descriptors 0, 1 and
/// 2 are all that a program gets; everything that it starts is found and killed, wherever it hides.
package struct LocalExecutor: Executor {
    package let name = "local"
    /// What the verb `cleanup` gets, and what is left of it when somebody is impatient.
    private static let cleanupTime: Duration = .seconds(30)
    private static let impatientCleanupTime: Duration = .seconds(5)

    private let stateFolder: String?
    private let groups: ControlGroups?
    private let devices: GPUDevices
    private let sandbox: SandboxSettings

    /// `stateFolder` is where the folders of records lie; without it nothing is known of earlier runners.
    /// `devices` are the GPUs that attempts may be given.
    package init(
        stateFolder: String? = nil, enforcement: EnforcementChoice = .auto, devices: [String] = Machine.devices(),
        sandbox: SandboxSettings = SandboxSettings(.off)
    ) {
        self.sandbox = sandbox
        self.stateFolder = stateFolder
        groups = enforcement == .auto ? .ofThisProcess : nil
        self.devices = GPUDevices(names: devices, stateFolder: stateFolder)
        _ = Supervisors.ofThisProcess
    }

    package func endLeftovers(of folder: String) {
        guard let stateFolder else { return }
        let home = "\(stateFolder)/\(folder)/home"
        LeftGroups(key: AttemptGroup.key(home: home)).end()
        Leftovers(home: home).end()
    }

    package func execute(
        _ request: AttemptRequest, cancellation: Cancellation, observe: @escaping @Sendable (AttemptEvent) -> Void
    ) -> AttemptResult {
        if let reason = cancellation.state.reason { return .stopped(reason) }
        let wait = DeviceWait(devices: devices, cancellation: cancellation, observe: observe)
        let held: GPUDevices.Hold
        switch wait.hold(request.verb == .estimate ? 0 : request.grant.request.gpus) {
        case .success(let hold): held = hold
        case .failure(let refusal): return refusal.result
        }
        let bounded = sandbox.untrusted.bounded(request)
        var result = withExtendedLifetime(held) { execute(bounded, on: held.names, cancellation, observe) }
        result.devices = held.names
        result.warnings += sandbox.untrusted.excesses(of: request)
        return result
    }

    private func execute(
        _ request: AttemptRequest, on devices: [String], _ cancellation: Cancellation,
        _ observe: @escaping @Sendable (AttemptEvent) -> Void
    ) -> AttemptResult {
        let attempt = LocalAttempt(
            request: request, groups: groups, devices: devices, sandbox: sandbox, cancellation: cancellation,
            observe: observe)
        var (result, wasStarted) = attempt.run()
        if wasStarted, request.wantsCleanup, request.verb == .run {
            let isImpatient = cancellation.state.killNow
            result.warnings += cleanUp(after: request, on: devices, isImpatient: isImpatient, observe: observe)
        }
        if result.outcome == .succeeded, let folder = request.checkpoints { Checkpoints(folder: folder).remove() }
        return result
    }

    /// Its failure is a warning.
    private func cleanUp(
        after request: AttemptRequest, on devices: [String], isImpatient: Bool,
        observe: @escaping @Sendable (AttemptEvent) -> Void
    ) -> [String] {
        var cleanup = request
        cleanup.verb = .cleanup
        cleanup.heartbeat = nil
        cleanup.metricsPath = nil
        cleanup.timeout = isImpatient ? Self.impatientCleanupTime : Self.cleanupTime
        cleanup.grace = min(request.grace, .seconds(2))
        let (result, _) = LocalAttempt(
            request: cleanup, groups: groups, devices: devices, sandbox: sandbox, cancellation: Cancellation(),
            observe: observe
        ).run()
        guard result.outcome != .succeeded, result.outcome != .skipped else { return [] }
        let why = result.error?.message ?? result.reason ?? result.outcome.rawValue
        return ["cleanup failed (\(result.outcome.rawValue)): \(why)"]
    }
}

/// One call of one verb: token, environment, confinement, process, loop.
struct LocalAttempt {
    let request: AttemptRequest
    let groups: ControlGroups?
    /// Its own GPUs.
    let devices: [String]
    let sandbox: SandboxSettings
    let cancellation: Cancellation
    let observe: @Sendable (AttemptEvent) -> Void

    /// The result, and whether any code of the plugin has run.
    func run() -> (result: AttemptResult, wasStarted: Bool) {
        let environment = AttemptEnvironment.build(for: request, devices: devices)
        switch ProgramResolver.resolve(request, path: environment.variables["PATH"] ?? "") {
        case .failure(let error):
            let failure = AttemptError(
                errorClass: .config, code: "plugin.not_executable", message: error.message, hint: error.hint)
            return (AttemptResult(outcome: .failed, error: failure), false)
        case .success(let program):
            return run(program, environment.variables, environment.warnings)
        }
    }

    private func refused(_ error: PluginError) -> (result: AttemptResult, wasStarted: Bool) {
        let failure = AttemptError(
            errorClass: .config, code: "sandbox.unavailable",
            message: "it may run in a strict sandbox only: \(error.message)", hint: error.hint)
        return (AttemptResult(outcome: .failed, error: failure), false)
    }

    private func run(
        _ program: ProgramResolver.Resolved, _ variables: [String: String], _ warnings: [String]
    ) -> (result: AttemptResult, wasStarted: Bool) {
        let wall = SandboxWall(for: request, devices: devices, sandbox)
        if case .refused(let error) = wall { return refused(error) }
        let confinement = Confinement(request.held, groups, isWalled: wall.prefix != nil)
        guard let process = SupervisedProcess(launch(program, variables, confinement, wall)) else {
            let message = "no process could be started: \(errorText(errno))"
            confinement.group?.remove()
            let failure = AttemptError(errorClass: .transient, code: "runner.no_process", message: message)
            return (AttemptResult(outcome: .failed, error: failure), false)
        }
        let now = MonotonicClock.now()
        let token = Token.random()
        let recorder = AttemptRecorder(request: request, token: token, observe: observe, now: now)
        let session = AttemptSession(request: request, token: token, listener: recorder, now: now)
        let watch = LimitWatch(
            limits: confinement.limits, group: confinement.group, supervisor: process.pid, disk: confinement.disk,
            now: now)
        let loop = AttemptLoop(
            session: session, process: process, cancellation: cancellation, watch: watch,
            probe: GPUProbe(devices: devices, searchPath: request.searchPath, now: now))
        var result = loop.run()
        readMetrics(into: &result)
        result.sandbox = wall.sandbox
        result.warnings = warnings + wall.warnings + confinement.warnings + result.warnings + recorder.finish()
        let wasStarted = !Self.notStarted.contains(result.error?.code ?? "")
        return (result, wasStarted)
    }

    private static let notStarted: Set = ["plugin.not_executable", "runner.no_group", "sandbox.failed"]

    private func launch(
        _ program: ProgramResolver.Resolved, _ variables: [String: String], _ confinement: Confinement,
        _ wall: SandboxWall
    ) -> ProcessLaunch {
        let grace = request.grace.wholeMilliseconds
        var launch = ProcessLaunch(
            path: program.path, arguments: program.arguments, environment: variables,
            folder: request.folders.workspace, orphanTerminate: request.wire == .sluice1 ? grace * 7 / 10 : 0,
            orphanKill: grace)
        confinement.apply(to: &launch)
        launch.wall = wall.prefix
        launch.mayGainPrivileges = !wall.sandbox.noNewPrivileges
        return launch
    }

    private func readMetrics(into result: inout AttemptResult) {
        guard result.outcome == .succeeded, let path = request.metricsPath else { return }
        switch CommandMetrics.read(path, in: request.folders.workspace) {
        case .metrics(let metrics):
            let mask = SecretMask(request.secrets)
            for (name, value) in metrics { result.metrics[mask?.masked(name) ?? name] = value }
        case .failure(let message): result.warnings.append("metrics: \(message)")
        }
    }
}

extension AttemptRequest {
    /// What it is held to: its grant, and for a question little, whatever the grant is that the question is about.
    fileprivate var held: AttemptRequest {
        guard verb == .estimate else { return self }
        var copy = self
        copy.grant.request.cpus = min(grant.request.cpus, Amount(1))
        copy.grant.request.memory = min(grant.request.memory, 512 << 20)
        copy.grant.request.disk = min(grant.request.disk ?? 64 << 20, 64 << 20)
        return copy
    }
}
