import SluiceModel

/// How far a run is, for the decision before an attempt. Indices are those of the plan's stages.
package struct RunProgress: Sendable, Equatable {
    /// Stages that have ended, in whatever way.
    package var ended: Set<Int>
    /// Attempts that are at work, and what is reserved for them.
    package var running: [Int: Running]
    /// Exact, over all attempts that have ended.
    package var used: [BudgetResource: Amount]
    /// Since the first attempt.
    package var elapsed: Duration

    package init(
        ended: Set<Int> = [], running: [Int: Running] = [:], used: [BudgetResource: Amount] = [:],
        elapsed: Duration = .zero
    ) {
        self.ended = ended
        self.running = running
        self.used = used
        self.elapsed = elapsed
    }

    package struct Running: Sendable, Equatable {
        /// Index into the stage's profiles.
        package var profile: Int
        /// For how long it has run; not at all while it waits in its executor's queue.
        package var elapsed: Duration
        /// For how long it waits in its executor's queue; nil where it runs.
        package var queued: Duration?

        package init(profile: Int, elapsed: Duration, queued: Duration? = nil) {
            self.profile = profile
            self.elapsed = elapsed
            self.queued = queued
        }

        /// What is over of the time that was expected from when its executor got it until its end.
        func passed(of profile: Plan.PricedProfile) -> Duration {
            queued.map { min($0, profile.queueWait) } ?? profile.queueWait + elapsed
        }
    }

    /// What running attempts may still be charged with: their estimate, or what their time has cost already.
    func reserved(_ resource: BudgetResource, in plan: Plan) -> Amount {
        running.reduce(Amount.zero) { sum, attempt in
            let profiles = plan.stages[attempt.key].profiles
            guard profiles.indices.contains(attempt.value.profile) else { return sum }
            let profile = profiles[attempt.value.profile]
            let time = max(attempt.value.elapsed, profile.estimate.duration)
            guard resource != .wall else { return sum + Amount(seconds: time.inSeconds) }
            let use = Pricing.use(of: profile.request, price: profile.price, by: profile.profile, for: time)
            return sum + (use[resource] ?? .zero)
        }
    }
}
