import SluiceModel
import SluicePlanning

/// What the world tells a `RunState`.
package enum Happening: Sendable {
    case begin
    /// The run holds its rest: it may start.
    case admitted
    /// How accounts and the pool stand now: what was asked for before does not hold.
    case looked(accounts: [AccountStanding]?, pool: [PoolHold]?)
    /// An attempt could not begin: accounts or the pool have moved since it was decided on.
    case notStarted(stage: Int, accounts: [AccountStanding]?, pool: [PoolHold]?)
    /// It was not there and is being built, which may take minutes.
    case environmentMissing(stage: Int)
    case environmentProvided(stage: Int, Result<ProvidedEnvironment, PluginError>)
    case lookedUp(stage: Int, CacheEntry?)
    case attemptEnded(stage: Int, AttemptReport)
    /// Its executor has not begun with it yet, and why.
    case attemptWaits(stage: Int, number: Int, reason: String)
    /// Its executor, which has a queue, has begun with it.
    case attemptBegan(stage: Int, number: Int)
    /// A person, a newer commit or the end of the process wants the run to end; the second time, at once.
    case cancel(CancelReason, killNow: Bool)
    /// Nothing happened, but time went on.
    case tick
}

/// What a `RunState` wants done; in this order.
enum Effect: Sendable {
    case record([RunEvent.Kind], Booking? = nil)
    /// Remember a stage's result and record the events, in one transaction.
    case complete(StageCompletion, [RunEvent.Kind], Booking? = nil)
    /// Answered by `.admitted` or `.looked`.
    case admit([RunEvent.Kind], Booking)
    /// Stand in line for accounts.
    case wait(asks: [String: [BudgetResource: Amount]], isParked: Bool, [RunEvent.Kind])
    /// Answered by `.looked`.
    case look([Account])
    /// Answered by `.environmentProvided`.
    case provideEnvironment(stage: Int, ResolvedPlugin)
    /// Answered by `.lookedUp`.
    case lookUp(stage: Int, key: Digest, ResultLookup.Query)
    /// Answered by `.attemptEnded`, or at once by `.notStarted`.
    case start(AttemptOrder)
    case cancelAttempt(stage: Int, CancelReason, killNow: Bool)
}

/// Everything that an attempt's thread needs to know.
struct AttemptOrder: Sendable {
    package var stage: Int
    package var definition: Plan.Stage
    package var number: Int
    package var profile: Plan.PricedProfile
    package var binding: Binding
    /// Folder of the Python environment.
    package var environment: String?
    package var decision: GateDecision
    /// Whether the attempt before this one was lost, so that nobody cleaned up after it.
    package var followsLost: Bool
    package var commit: AttemptRequest.Commit
    package var pipeline: String
    package var repository: String
    package var holding: PoolAsk
    /// It was handed over by a runner that died, and goes on: nothing has to be begun or booked.
    var isTakenUp = false
    /// Its share of the run's accounts; nil where the run has none.
    package var booking: Booking?
}

/// What an attempt's thread reports.
package struct AttemptReport: Sendable {
    package var number: Int
    package var result: AttemptResult
    /// Collected outputs; empty unless it succeeded.
    package var artifacts: [Artifact]
    /// Done once its end is recorded.
    var settle: @Sendable () -> Void = {}

    package init(number: Int, result: AttemptResult, artifacts: [Artifact] = []) {
        self.number = number
        self.result = result
        self.artifacts = artifacts
    }
}
