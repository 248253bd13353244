/// Everything that is known of a run: its head and the fold of its events. `runs show --json` prints it.
package struct RunRecord: Sendable, Equatable {
    package var head: RunHead
    package var decision: GateDecision?
    package var diagnostics: [Diagnostic] = []
    /// In the plan's order.
    package var stages: [Stage] = []
    package var warnings: [String] = []
    /// Why the run ended as it did, where the stages do not say it.
    package var reason: String?
    package var waitingFor: String?
    /// Every time that it waited, in order.
    package var waits: [Wait] = []
    /// Every time that the order of what was left changed.
    package var replans: [Replan] = []
    /// Exact sums over all attempts, by budget resource.
    package var usage: [String: Amount] = [:]

    package init(head: RunHead) { self.head = head }

    package init(head: RunHead, events: [RunEvent]) {
        self.init(head: head)
        for event in events { apply(event) }
    }

    package struct Stage: Sendable, Equatable {
        package var name: String
        package var needs: [String]
        package var profile: String?
        /// nil until it has ended.
        package var end: RunEvent.StageEnd?
        package var cache: CacheState
        package var decision: GateDecision?
        package var estimate: Plan.Estimate?
        package var attempts: [Attempt] = []
        package var checks: [CheckResult] = []
        package var warnings: [String] = []
        /// Further attempts and why they were granted, in order.
        package var retries: [Retry] = []
        /// Why an attempt was stopped early: what was left of the run did not fit behind it any more.
        package var futility: String?

        package init(
            name: String, needs: [String], profile: String?, cache: CacheState, decision: GateDecision?,
            estimate: Plan.Estimate?
        ) {
            self.name = name
            self.needs = needs
            self.profile = profile
            self.cache = cache
            self.decision = decision
            self.estimate = estimate
        }

        /// How a warning begins that says why an attempt that lacked something was not tried again with more.
        package static let refusedEscalation = "no escalated retry: "

        /// The attempt that has not ended, if any: it runs, or waits in its executor's queue.
        package var open: Attempt? { attempts.last { $0.ended == nil } }

        /// The attempt that waits in its executor's queue, if any.
        package var queued: Attempt? { end == nil ? open.flatMap { $0.isQueued ? $0 : nil } : nil }

        /// The attempt that runs, if any.
        package var running: Attempt? { end == nil ? open.flatMap { $0.isQueued ? nil : $0 } : nil }
    }

    package struct Attempt: Sendable, Equatable {
        package var started: RunEvent.Started
        /// When it was given to its executor.
        package var startTime: Timestamp
        /// When its executor began with it; nil: not yet, or it has no queue.
        package var began: Timestamp?
        /// Why its executor let it wait, one reason after the other.
        package var waits: [Wait] = []
        package var ended: RunEvent.Ended?
        package var endTime: Timestamp?

        package init(started: RunEvent.Started, startTime: Timestamp) {
            self.started = started
            self.startTime = startTime
        }

        /// Whether its executor has not begun with it.
        package var isQueued: Bool {
            ended == nil && began == nil && started.executor != ResourceRequest.local
        }
    }

    /// One wait for something outside of the run, or for an executor.
    package struct Wait: Sendable, Equatable {
        package var reason: String
        package var since: Timestamp
        /// nil while it waits.
        package var until: Timestamp?
        /// The gate's, where that made it wait: who holds what.
        package var decision: GateDecision?

        package init(reason: String, since: Timestamp, until: Timestamp? = nil, decision: GateDecision? = nil) {
            self.reason = reason
            self.since = since
            self.until = until
            self.decision = decision
        }

        /// `team.cost` of `team.cost: 0.42 asked, 0.03 left of 1`
        var subject: Substring { reason.prefix { $0 != ":" } }
    }

    package struct Replan: Sendable, Equatable {
        package var time: Timestamp
        /// `train ended 3 min late`
        package var reason: String
        /// What had not started, the first first.
        package var order: [String]

        package init(time: Timestamp, reason: String, order: [String]) {
            self.time = time
            self.reason = reason
            self.order = order
        }
    }

    package struct Retry: Sendable, Equatable {
        /// The attempt that follows.
        package var number: Int
        /// Seconds until then.
        package var delay: Double
        package var reason: String

        package init(number: Int, delay: Double, reason: String) {
            self.number = number
            self.delay = delay
            self.reason = reason
        }
    }

    package func stage(named name: String) -> Stage? { stages.first { $0.name == name } }

    /// An instance, or all instances of a stage with a matrix; none where there is no such stage.
    package func stages(named name: String) -> [Stage] {
        stages.filter { $0.name == name || StageNames.base(of: $0.name) == name }
    }
}
