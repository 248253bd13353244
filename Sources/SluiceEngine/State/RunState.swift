import BudgetOptimizer
import SluiceModel
import SluicePlanning

/// Where a run stands, and what follows from what happens: a pure reducer over its plan.
///
/// It never waits, reads a clock or touches a port. `RunDriver` feeds it `Happening`s and carries out the
/// `Effect`s that it answers with. Every stage goes through these phases:
///
///     waiting ─► preparing ─► ready ─► running ─► ended
///        │         │  ▲         ▲        │          ▲
///        │         │  following └ backingOff ◄──┘   │
///        └─────────┴──── skipped, cached, refused ──┘
///
/// No happening costs a look at every stage: what must be found again is kept by what it is looked for.
package struct RunState: Sendable {
    /// What was decided before the run. Only what is decided anew while it runs changes in it: the profile of a
    /// stage that needed none, and that the run became degraded.
    package internal(set) var plan: Plan
    package let options: RunOptions
    var nodes: [Node]
    let indexByName: [String: Int]
    /// Indices of a definition's instances, by its name.
    let instances: [String: [Int]]
    /// All that the pools have.
    let pool: PoolCapacities
    /// What they have left beside the running attempts.
    var free: PoolCapacities
    /// Stages whose needs have all ended and that nobody has looked at yet.
    var frontier: [Int] = []
    var ready: ReadyQueue
    var backoffs = SortedList<Wake>()
    var running: [Int: RunningAttempt] = [:]
    /// By definition, where `max_parallel` counts.
    var runningInstances: [String: Int] = [:]
    /// Who is at work on a cache key.
    var leaders: [Digest: Int] = [:]
    /// Look-ups without an answer. They are answered at once, and nothing starts before: so what starts is what plan
    /// priority says, not what was looked up first.
    var pendingLookUps = 0
    /// By the digest of the plugin that asks for one.
    var environments: [String: PythonEnvironment] = [:]
    /// Deploys of which nobody knows how they ended.
    var lostDeploys: [Int] = []
    var halt: Halt?
    var ended: Set<Int> = []
    /// How ended stages ended, by name: for bindings and conditions.
    var results: [String: RunEvent.StageEnd] = [:]
    /// Exact, over all ended attempts.
    var used: [BudgetResource: Amount] = [:]
    /// `wall` counts from here.
    var firstAttempt: Timestamp?
    var outcome: RunOutcome?
    /// What it does while its accounts have no room.
    let patience: Patience
    var accounts = AccountsState()
    /// What attempts of other runs hold of the pool, as last seen, and whether it was seen just now.
    var outside: [PoolHold] = []
    /// nil where the order does not matter, or is the plan's.
    var scheduled: Scheduled?
    /// Whether a schedule was asked for.
    var isScheduled = false
    /// The place of the first stage that has no room, while stages are being started.
    var promised: Reservation<PoolCapacities>?
    /// When what runs now would be for nothing, where stages asked to be stopped then.
    var futileFrom: Timestamp?
    /// What the current call answers with.
    var effects = EffectList()

    package init(plan: Plan, options: RunOptions, patience: Patience = .stays) {
        self.plan = plan
        self.options = options
        self.patience = patience
        let names = plan.stages.enumerated().map { ($1.name, $0) }
        let indexByName = Dictionary(names) { first, _ in first }
        self.indexByName = indexByName
        instances = Dictionary(grouping: plan.stages.indices) { plan.stages[$0].definition.name }
        pool = PoolCapacities(plan)
        free = pool
        ready = ReadyQueue(plan.stages)
        nodes = plan.stages.map { stage in Node(unmet: stage.needs.count(where: { indexByName[$0] != nil })) }
        for (index, stage) in plan.stages.enumerated() {
            for need in stage.needs.compactMap({ indexByName[$0] }) { nodes[need].dependents.append(index) }
        }
    }

    /// How the run ended; nil while it goes on.
    package var end: RunOutcome? { outcome }

    /// When something must be looked at again though nothing happens: the end of the nearest backoff, the next look at
    /// accounts or a pool that others hold, when something that runs is too late for the schedule, or for nothing.
    package var nextWake: Timestamp? {
        [backoffs.first?.time, accounts.nextLook, scheduled?.nextCheck, futileFrom].compactMap(\.self).min()
    }

    struct Node: Sendable {
        var phase = Phase.waiting
        /// Needed stages that have not ended.
        var unmet: Int
        var dependents: [Int] = []
        /// Attempts that were started so far.
        var attempts = 0
        /// Whether the last of them was lost.
        var isLost = false
        var end: RunEvent.StageEnd?
        var bound: Bound?
        /// The attempt that goes on although its runner died.
        var takenUp: TakenUp?
        /// How the last attempt failed, while another one is to come.
        var failure: AttemptResult?
        /// What the next attempt asks for beyond the last one.
        var escalation: Escalation?
        /// Why its attempt was stopped: nothing that it would make fits the run any more.
        var futility: String?
        /// Stages that wait for this one because they would make the same.
        var followers = SortedList<Int>()
    }

    enum Phase: Sendable {
        case waiting
        /// Its environment is being built, or its key is being looked up.
        case preparing
        case ready
        case backingOff(after: AttemptResult)
        /// Another stage of this run is at work on the same key.
        case following
        case running(RunningAttempt)
        case ended
    }

    /// A stage's ingredients for one of its profiles.
    struct Bound: Sendable {
        var profile: Int
        var binding: Binding
    }

    struct RunningAttempt: Sendable {
        var number: Int
        var profile: Int
        var started: Timestamp
        /// nil while it waits in its executor's queue.
        var began: Timestamp?
        /// Why it waits there, as last recorded.
        var waitsFor: String?
        /// Asked to stop: it is not tried again.
        var isCancelled = false
        /// How things were before, should it turn out that it may not start.
        var before = Before()

        struct Before: Sendable {
            var wasLost = false
            var wasDegraded = false
            var firstAttempt: Timestamp?
            var failure: AttemptResult?
            var escalation: Escalation?
        }
    }

    /// An attempt that an executor holds for a runner that died.
    struct TakenUp: Sendable {
        var number: Int
        var started: Timestamp
        var began: Timestamp?
        var decision: GateDecision
    }

    /// The end of a stage's backoff.
    struct Wake: Comparable, Sendable {
        var time: Timestamp
        var stage: Int

        static func < (left: Self, right: Self) -> Bool { (left.time, left.stage) < (right.time, right.stage) }
    }

    /// An environment that several stages may want: asked for once in a run.
    enum PythonEnvironment: Sendable {
        case asked(by: [Int])
        case answered(Result<ProvidedEnvironment, PluginError>)
    }
}
