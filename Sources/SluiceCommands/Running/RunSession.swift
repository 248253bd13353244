import SluiceEngine
import SluiceExecution
import SluiceGit
import SluiceModel
import SluicePlanning
import SluiceStore

/// Takes one queued or interrupted run to its end in this process.
struct RunSession: Sendable {
    let context: RepositoryContext
    let services: StateServices
    let installation: Installation
    var observers: [any RunObserver] = []
    /// Called with what cancels the run before anything starts, so that signals reach it.
    var willDrive: @Sendable (_ cancel: @escaping RunSignals.Cancel) -> Void = { _ in }

    /// What the run does while its accounts have no room.
    var patience = Patience.stays

    /// Blocks until the run has ended; its record says how. nil: it is parked. The caller holds the run's lock.
    func carryOut(_ head: RunHead, from record: RunRecord? = nil) throws -> RunOutcome? {
        let journal = services.store
        do {
            let (first, tree) = try plan(head)
            if case .planOnly(let why, let hint) = RunPermission.of(head.revision, in: context) {
                var decision = GateDecision.policy(why)
                decision.explanation.append(hint)
                return try reject(head, [], decision, in: journal)
            }
            if let asked = try journal.cancellation(of: head.id) {
                try UndrivenRun(head: head, services: services).cancel(asked.reason)
                return .cancelled
            }
            return try drive(head, first, tree, from: record, asksPlugins: true)
        } catch let invalid as InvalidDefinition {
            return try reject(head, invalid.diagnostics, .policy("the definition is not valid"), in: journal)
        } catch let error as GitError {
            let diagnostic = Diagnostic(
                id: "git.\(error.code.rawValue)", message: error.message,
                location: SourceLocation(file: head.path), hint: error.hint)
            return try reject(head, [diagnostic], .policy("the commit cannot be read"), in: journal)
        }
    }

    /// Drives a plan of the run that was made before. `asksPlugins`: it is made again with what they say, or said before.
    func drive(
        _ head: RunHead, _ first: Plan, _ tree: any TreeReader, from record: RunRecord? = nil, asksPlugins: Bool = false
    ) throws -> RunOutcome? {
        if head.revision.isTrusted { try context.requireSandbox() }
        let ports = try ports(tree: tree, isTrusted: head.revision.isTrusted)
        let driver = RunDriver(run: head.id, ports: ports, observers: observers)
        let questions = Cancellation()
        let stop: RunSignals.Cancel = { reason, killNow in
            questions.killNow(reason)
            driver.cancel(reason, killNow: killNow)
        }
        willDrive(stop)
        let watch = CancellationWatch(head.id, in: services.store, cancel: stop)
        defer {
            watch.stop()
            context.sweepElsewhere(after: head.id, of: services)
        }
        let begun = record.flatMap { $0.stages.isEmpty ? nil : $0 }
        var plan = first
        if asksPlugins {
            let survey = PluginSurvey(run: head.id, ports: ports, cancellation: questions)
            plan = try again(first, of: head, with: begun?.answers ?? ask(survey, about: first, for: head))
            if let reason = questions.state.reason, begun == nil { return try cancel(head, reason) }
        }
        guard let begun else { return try driver.execute(plan, options: head.options, patience: patience) }
        return try driver.resume(plan, options: head.options, patience: patience, from: begun)
    }

    /// What its plugins say that their stages would take; what went wrong is in the record.
    private func ask(_ survey: PluginSurvey, about plan: Plan, for head: RunHead) throws -> PluginEstimates {
        let findings = survey.ask(about: plan)
        let warnings = findings.warnings.map { RunEvent.Kind.warning(stage: nil, message: $0) }
        if !warnings.isEmpty { try tell(warnings, of: head, in: services.store) }
        return findings.estimates
    }

    /// Before it began: there is nothing to stop.
    private func cancel(_ head: RunHead, _ reason: CancelReason) throws -> RunOutcome {
        try tell(services.store.record(of: head.id).eventsOfCancellation(reason), of: head, in: services.store)
        return .cancelled
    }

    private func again(_ plan: Plan, of head: RunHead, with answers: PluginEstimates) throws -> Plan {
        answers.isEmpty ? plan : try self.plan(head, question: PlanQuestion(answers: answers)).plan
    }

    func plan(
        _ head: RunHead, question: PlanQuestion = PlanQuestion()
    ) throws -> (plan: Plan, tree: any TreeReader) {
        let maker = PlanMaker(context: context, services: services, installation: installation)
        let opened = try RevisionOpener(context: context).reopen(head.revision)
        let definitions = try PlanMaker.definitions(in: opened.tree)
        guard let definition = definitions.first(where: { $0.source.path == head.path }) else {
            throw GitError(.notFound, "\(head.path) is not in commit \(head.revision.oid.short)")
        }
        let changed = try RevisionOpener(context: context).changes(
            to: head.revision, from: head.previous, trigger: head.trigger, since: head.options.changedSince)
        let plan = try maker.plan(
            definition, at: opened, trigger: head.trigger, changed: changed, options: head.options, run: head.id,
            question: question)
        return (plan, opened.tree)
    }

    private func reject(
        _ head: RunHead, _ diagnostics: [Diagnostic], _ decision: GateDecision, in journal: Store
    ) throws -> RunOutcome {
        try tell(
            [
                .rejected(diagnostics: diagnostics, decision: decision),
                .runEnded(outcome: .refused, reason: decision.explanation.first),
            ], of: head, in: journal)
        return .refused
    }

    private func tell(_ kinds: [RunEvent.Kind], of head: RunHead, in journal: Store) throws {
        let events = try journal.append(kinds, to: head.id, at: services.clock.now())
        for event in events { for observer in observers { observer.recorded(event) } }
    }

    private func ports(tree: any TreeReader, isTrusted: Bool) throws -> RunPorts {
        let maker = PlanMaker(context: context, services: services, installation: installation)
        let shared = try context.configuration.sharedFolders(of: services.folder)
        return RunPorts(
            tree: tree, journal: services.store, ledger: services.store, cache: services.store,
            artifacts: services.artifacts,
            workspaces: AttemptFolders(
                folder: services.folder, lasting: services.lasting, shared: shared,
                trees: context.keptTrees(in: services.folder, isTrusted: isTrusted)),
            plugins: maker.finder,
            environments: maker.environments(isTrusted: isTrusted),
            executors: isTrusted ? executors.all : executors.onlyLocal,
            clock: SteadyClock(),
            requirements: maker.requirements(in: tree), searchPath: context.searchPath,
            secrets: { [sources = sources(isTrusted: isTrusted)] names throws(PluginError) in try sources.read(names) })
    }

    private var executors: MachineExecutors {
        MachineExecutors(context: context, services: services, installation: installation)
    }

    private func sources(isTrusted: Bool) -> SecretSources {
        SecretSources(isTrusted ? context.configuration.secrets : [:], environment: ProcessEnvironment.all)
    }
}
