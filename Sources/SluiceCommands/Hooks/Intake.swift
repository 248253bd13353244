import Glibc
import SluiceGit
import SluiceModel
import SluicePlanning
import SluiceReport
import SluiceStore

/// Turns what hooks wrote into the spool into queued runs: each event once, whoever gets to it first.
struct Intake: Sendable {
    let services: StateServices
    let installation: Installation

    /// What one event came to.
    struct Outcome: Sendable {
        var event: IntakeEvent
        var runs: [RunHead] = []
        /// Older runs of their groups, which end now.
        var superseded: [RunHead] = []
        /// For the person who pushed: what ran nothing, and why.
        var remarks: [String] = []
    }

    /// Queues everything in the spool. Called by hooks, the worker and `status`.
    @discardableResult
    func drain() throws -> [Outcome] {
        var outcomes: [Outcome] = []
        let problems = try Spool(folder: services.folder).drain { (item) throws(StoreError) in
            outcomes.append(try take(item.event, of: item.user))
        }
        for problem in problems { Console.tell("sluice: \(problem)") }
        return outcomes
    }

    /// Takes one event in; what was taken in before comes to the same once more. An event whose repository or commits
    /// cannot be read makes no runs: it is told, and not tried for ever.
    func take(_ event: IntakeEvent, of user: UInt32) throws(StoreError) -> Outcome {
        var outcome = Outcome(event: event)
        var runs: [NewRun] = []
        do {
            let context = try RepositoryContext.open(at: event.repository.gitDirectory)
            for update in event.updates where try isBelievable(update, of: user, context) {
                runs += try newRuns(for: update, event, context, &outcome.remarks)
            }
            if runs.isEmpty, let only = PushOptions(event.options).pipeline {
                outcome.remarks += SafeText.lines("there is no pipeline `\(only)` for this push: nothing is queued")
            }
            let most = context.configuration.maxRunsPerPush
            if runs.count > most {
                outcome.remarks += ["this push asks for \(runs.count) runs, more than \(most): none is queued"]
                runs = []
            }
            outcome.runs = try services.store.enqueue(event, runs: runs)
            outcome.superseded = try services.store.superseded(by: outcome.runs.map(\.id))
            guard context.git.isBare else { return outcome }
            for run in outcome.runs { try pin(run, context) }
            for run in outcome.superseded where run.state == .ended { try context.git.unpin(run: run.id.number) }
        } catch let error as StoreError {
            throw error
        } catch {
            outcome.remarks.append(ErrorText.describe(error))
            outcome.runs = try services.store.enqueue(event, runs: [])
        }
        return outcome
    }

    /// A worker that was faster than we has unpinned already: then nobody else would.
    private func pin(_ run: RunHead, _ context: RepositoryContext) throws {
        try context.git.pin(run.revision.oid, forRun: run.id.number)
        guard try services.store.record(of: run.id).head.state == .ended else { return }
        try context.git.unpin(run: run.id.number)
    }

    /// Our own hooks' events are. Another user may write what he likes into a shared spool: his count for
    /// repositories that we installed a hook in, and for what really is on the reference.
    private func isBelievable(
        _ update: IntakeEvent.Update, of user: UInt32, _ context: RepositoryContext
    ) throws -> Bool {
        guard user != geteuid() else { return true }
        guard try services.folder.registeredRepositories().contains(context.repository.gitDirectory) else {
            Console.tell("sluice: user \(user) names a repository without our hook; nothing runs")
            return false
        }
        return context.git.isReachable(update.new) { $0 == update.reference }
    }

    private func newRuns(
        for update: IntakeEvent.Update, _ event: IntakeEvent, _ context: RepositoryContext, _ remarks: inout [String]
    ) throws -> [NewRun] {
        let reference = update.reference
        guard !update.new.isZero, !reference.isBookkeeping, reference.branch != nil || reference.tag != nil else {
            return []
        }
        let opener = RevisionOpener(context: context)
        let opened: OpenRevision
        do {
            opened = try opener.open(update.new, reference: reference)
        } catch let error as GitError where error.code == .notACommit {
            remarks.append("\(reference.name): \(error.message); nothing to run")
            return []
        }
        let previous = update.old.isZero ? nil : update.old
        let changed = try opener.changes(to: opened.revision, from: previous, trigger: .push, since: nil)
        return try PlanMaker.definitions(in: opened.tree).compactMap { definition in
            guard isWanted(definition, reference, changed, PushOptions(event.options)) else { return nil }
            return NewRun(
                pipeline: definition.name, path: definition.source.path, repository: context.repository,
                revision: opened.revision, trigger: .push, previous: previous,
                priority: Self.priority(of: definition, opened.revision),
                concurrency: definition.pipeline?.concurrency ?? Concurrency())
        }
    }

    /// What is not trusted may step back, and never pushes itself to the front.
    private static func priority(of definition: Definition, _ revision: Revision) -> Int {
        let priority = definition.pipeline?.priority ?? 0
        return revision.isTrusted ? priority : min(0, priority)
    }

    /// A definition that cannot be read is wanted on every branch: nobody knows what it would have said, and a
    /// person must hear of it.
    private func isWanted(
        _ definition: Definition, _ reference: Reference, _ changed: ChangedPaths, _ options: PushOptions
    ) -> Bool {
        if let only = options.pipeline, only != definition.name { return false }
        guard let pipeline = definition.pipeline else { return reference.branch != nil }
        guard let filter = pipeline.triggers.push else { return false }
        return filter.accepts(reference) && filter.accepts(changed: changed.known)
    }
}

extension ChangedPaths {
    /// nil: everything.
    var known: [String]? {
        guard case .paths(let paths) = self else { return nil }
        return paths
    }
}
