import SluiceEngine
import SluiceModel
import SluicePlanning
import SluiceReport
import SluiceStore

/// One attempt at one stage of a run that another engine carries out: planned from the commit, fed from an exchange,
/// run under grant and contract, its result left there for the stages behind it.
///
/// The engine keeps the order and starts further attempts; everything about the attempt itself is as in `sluice run`:
/// the plan is narrowed to the stage and what it needs, and driven like an interrupted run of which that has ended.
struct StageAttempt {
    let context: RepositoryContext
    let exchange: Exchange
    let services: StateServices
    let installation: Installation
    let signals: RunSignals
    /// Of the instance.
    let stage: String

    /// What became of it, and whether the pipeline wants it tried again.
    enum Ending: Equatable {
        case well
        case skipped
        case failed(mayRetry: Bool)
        /// Refused, cancelled, lost: what the process ends with.
        case stopped(ExitStatus)
    }

    /// The caller holds the stage.
    func run(_ head: RunHead, observers: [any RunObserver]) throws -> Ending {
        let teller = ExchangeObserver(exchange: exchange, stage: stage)
        let session = RunSession(
            context: context, services: services, installation: installation, observers: observers + [teller],
            willDrive: { [signals] in signals.forward(to: $0) })
        let (whole, tree) = try session.plan(head)
        if case .planOnly(let why, let hint) = RunPermission.of(head.revision, in: context) {
            throw CommandFailure(.refused, why, hint: hint)
        }
        let history = try StageHistory(of: stage, in: whole, from: exchange)
        guard !history.endedWell else { return .well }
        try services.store.append(history.knownEvents, to: head.id, at: services.clock.now())
        guard
            let outcome = try session.drive(
                head, decided(history.plan), tree, from: history.record(head))
        else { preconditionFailure("a run in the foreground is not parked") }
        if let failure = teller.failure { throw failure }
        let ended = try services.store.record(of: head.id)
        return try ending(ended, outcome, whole, teller.end)
    }

    /// Decided on what is left to do, and without further attempts: those are the engine's.
    private func decided(_ narrowed: Plan) -> Plan {
        var plan = narrowed
        for index in plan.stages.indices { plan.stages[index].definition.retry.limit = 0 }
        plan.undecided = plan.stages
        Planner.decideAgain(&plan, accounts: plan.accounts)
        if plan.accounts.isEmpty { plan.undecided = [] }
        return plan
    }

    /// A stage that is to be tried again has not ended.
    private func ending(
        _ record: RunRecord, _ outcome: RunOutcome, _ plan: Plan, _ end: RunEvent?
    ) throws -> Ending {
        switch outcome {
        case .cancelled, .refused: return .stopped(RunEnding.status(of: record, outcome) ?? .internalError)
        case .lost, .succeeded, .failed: break
        }
        guard let end, let how = end.kind.end else { return .stopped(.internalError) }
        if mayRetry(record, how, plan) { return .failed(mayRetry: true) }
        try exchange.append(end, of: stage)
        switch how.outcome {
        case .succeeded, .cached: return .well
        case .skipped: return .skipped
        case .lost: return .stopped(.internalError)
        case .failed, .timedOut, .cancelled, .overLimit: return .failed(mayRetry: false)
        }
    }

    private func mayRetry(_ record: RunRecord, _ end: RunEvent.StageEnd, _ plan: Plan) -> Bool {
        guard !end.isSettled, let planned = plan.stage(named: stage),
            let last = record.stage(named: stage)?.attempts.last?.ended
        else { return false }
        return RetryDecision.next(
            after: last.result, attemptNumber: last.number, policy: planned.definition.retry,
            isDeploy: planned.isDeploy, seed: 0) != nil
    }
}
