import SluiceModel
import SluicePlanning

/// Where a run stands, and what follows from what happens: a pure reducer over its plan.
///
/// It never waits, reads a clock or touches a port. `RunDriver` feeds it `Happening`s and carries out the
/// `Effect`s that it answers with. Every stage goes through these phases:
///
///     waiting ─► preparing ─► ready ─► running ─► ended
///        │           │          ▲        │          ▲
///        │           │          └ backingOff ◄──┘   │
///        └───────────┴── skipped, cached, refused ──┘
package struct RunState: Sendable {
    package let plan: Plan
    package let options: RunOptions
    var nodes: [Node]
    let indexByName: [String: Int]
    /// What the pool has left beside the running attempts.
    var free: PoolCapacity
    /// Stages whose needs have all ended and that nobody has looked at yet.
    var frontier: [Int] = []
    /// Stages that may start as soon as gate and pool allow, in plan priority.
    var ready: [Int] = []
    var halt: Halt?
    var endedCount = 0
    /// How ended stages ended, by name: for bindings and conditions.
    var results: [String: RunEvent.StageEnd] = [:]
    /// Exact, over all ended attempts.
    var used: [BudgetResource: Amount] = [:]
    /// `wall` counts from here.
    var firstAttempt: Timestamp?
    var outcome: RunOutcome?
    /// What the current call answers with.
    var effects: [Effect] = []

    package init(plan: Plan, options: RunOptions) {
        self.plan = plan
        self.options = options
        let names = plan.stages.enumerated().map { ($1.name, $0) }
        let indexByName = Dictionary(names) { first, _ in first }
        self.indexByName = indexByName
        free = PoolCapacity(plan.pool)
        nodes = plan.stages.map { stage in Node(unmet: stage.needs.count(where: { indexByName[$0] != nil })) }
        for (index, stage) in plan.stages.enumerated() {
            for need in stage.needs.compactMap({ indexByName[$0] }) { nodes[need].dependents.append(index) }
        }
    }

    /// How the run ended; nil while it goes on.
    package var end: RunOutcome? { outcome }

    /// When something must be looked at again though nothing happens: the end of the nearest backoff.
    package var nextWake: Timestamp? {
        nodes.compactMap { node in
            guard case .backingOff(let until) = node.phase else { return nil }
            return until
        }.min()
    }

    struct Node: Sendable {
        var phase = Phase.waiting
        /// Needed stages that have not ended.
        var unmet: Int
        var dependents: [Int] = []
        /// Attempts that were started so far.
        var attempts = 0
        var end: RunEvent.StageEnd?
        var environment: ProvidedEnvironment?
        var bound: Bound?
    }

    enum Phase: Sendable {
        case waiting
        /// Its environment is being built, or its key is being looked up.
        case preparing
        case ready
        case backingOff(until: Timestamp)
        /// Another stage of this run is at work on the same key.
        case following(Int)
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
    }

    /// Why nothing new starts.
    enum Halt: Sendable {
        case failed(stage: String)
        case refused(String)
        case cancelled(CancelReason)
        case lost(String)

        var reason: String {
            switch self {
            case .failed(let stage): "\(stage) failed"
            case .refused(let why): why
            case .cancelled(let reason): "cancelled (\(reason.rawValue))"
            case .lost(let why): why
            }
        }
    }
}
