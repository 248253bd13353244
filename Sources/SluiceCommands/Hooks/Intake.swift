import Glibc
import SluiceGit
import SluiceModel
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
            let most = context.configuration.mostRunsPerPush
            var wanted = WantedRuns(context: context, event: event)
            for update in event.updates where wanted.runs.count <= most {
                if try isBelievable(update, of: user, context) { try wanted.add(update) }
            }
            outcome.remarks += wanted.remarks
            runs = wanted.runs
            if runs.isEmpty, let only = PushOptions(event.options).pipeline {
                outcome.remarks += SafeText.lines("there is no pipeline `\(only)` for this push: nothing is queued")
            }
            if runs.count > most {
                outcome.remarks.append("this push asks for more than \(most) runs: none is queued")
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
}

extension ChangedPaths {
    /// nil: everything.
    var known: [String]? {
        guard case .paths(let paths) = self else { return nil }
        return paths
    }
}
