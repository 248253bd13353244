import SluiceGit
import SluiceModel
import SluicePlanning
import SluiceReport
import SluiceStore

/// `pre-push`: plan and gate of what is about to be pushed; nothing runs unless the person's own configuration asks.
struct PrePush {
    let installation: Installation
    let home: String
    /// Ctrl-C ends a run with its stages' grace.
    let signals: RunSignals

    /// `git config sluice.prePush`.
    enum Mode: String, CaseIterable {
        /// Stops the push where something is not valid or not admitted.
        case check
        case warn
        /// As `check`, and runs what is admitted before the push goes on.
        case run
    }

    /// Whether the push may go on.
    func judge(_ input: [UInt8]) throws -> Bool {
        let context = try RepositoryContext.openInHook()
        let mode = try mode(of: context)
        let services = try StateServices.open(home: home)
        let updates = HookInput.parsePrePush(input).updates
        var isGood = true
        for update in updates where !update.localOID.isZero {
            let reference = update.remote
            guard reference.branch != nil || reference.tag != nil else { continue }
            isGood = try judge(update, reference, mode, context, services) && isGood
        }
        return isGood || mode == .warn
    }

    private func mode(of context: RepositoryContext) throws -> Mode {
        guard let text = context.git.configuration("sluice.prePush") else { return .check }
        guard let mode = Mode(rawValue: text) else {
            throw CommandFailure(
                .usage, "git config sluice.prePush is `\(text)`", hint: "one of check, warn, run")
        }
        return mode
    }

    private func judge(
        _ update: PrePushUpdate, _ reference: Reference, _ mode: Mode, _ context: RepositoryContext,
        _ services: StateServices
    ) throws -> Bool {
        let opener = RevisionOpener(context: context)
        let opened: OpenRevision
        do {
            opened = try opener.open(update.localOID, reference: reference)
        } catch let error as GitError where error.code == .notACommit {
            return true
        }
        let previous = update.remoteOID.isZero ? nil : update.remoteOID
        let changed = try opener.changes(to: opened.revision, from: previous, trigger: .prePush, since: nil)
        let maker = PlanMaker(context: context, services: services, installation: installation)
        var isGood = true
        for definition in try PlanMaker.definitions(in: opened.tree) {
            if let filter = definition.pipeline?.triggers.prePush {
                guard filter.accepts(reference), filter.accepts(changed: changed.known) else { continue }
            } else if definition.pipeline != nil {
                continue
            }
            guard try judge(definition, opened, changed, maker) else {
                isGood = false
                continue
            }
            guard mode == .run, definition.pipeline != nil else { continue }
            isGood = try run(definition, opened, previous, context, services) && isGood
        }
        return isGood
    }

    private func judge(
        _ definition: Definition, _ opened: OpenRevision, _ changed: ChangedPaths, _ maker: PlanMaker
    ) throws -> Bool {
        do {
            let plan = try maker.plan(
                definition, at: opened, trigger: .prePush, changed: changed, options: RunOptions())
            for line in HookText.prePush(plan, style: Output.style(forTerminal: Console.tellsTerminal)) {
                Console.tell(line)
            }
            return plan.decision.isAdmitted
        } catch let invalid as InvalidDefinition {
            Diagnostics.tell(invalid.diagnostics)
            return !invalid.diagnostics.contains { $0.severity == .error }
        }
    }

    /// Carries a pipeline out in the foreground: whether it succeeded.
    private func run(
        _ definition: Definition, _ opened: OpenRevision, _ previous: ObjectID?, _ context: RepositoryContext,
        _ services: StateServices
    ) throws -> Bool {
        let run = NewRun(
            pipeline: definition.name, path: definition.source.path, repository: context.repository,
            revision: opened.revision, trigger: .prePush, previous: previous)
        let begun = try services.store.begin(run, at: services.clock.now())
        defer { withExtendedLifetime(begun.lock) {} }
        let session = RunSession(
            context: context, services: services, installation: installation,
            observers: [PlainObserver(style: .plain, showsLogs: false)],
            willDrive: { [signals] in signals.forward(to: $0) })
        let outcome = try session.carryOut(begun.head)
        if outcome == nil { Console.tell("sluice: run \(begun.head.id) waits") }
        return outcome == .succeeded
    }
}
