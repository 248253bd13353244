import BudgetOptimizer
import SluiceModel
import SluicePlanning

/// Who goes first, and what the first one without room is promised.
extension RunState {
    /// The schedule that holds, and when it was made.
    struct Scheduled: Sendable {
        var schedule: RunSchedule
        var made: Timestamp
        /// Why it does not hold any more.
        var drift: String?
        /// When something that runs would be too late.
        var nextCheck: Timestamp?
    }

    /// Equal runs are scheduled equally.
    private static let seed: UInt64 = 1

    /// Before the first stage starts, and again whenever reality has drifted from what was expected.
    mutating func keepSchedule(at now: Timestamp) {
        guard halt?.isFinal != true else { return scheduled = nil }
        if !isScheduled {
            isScheduled = true
            _ = schedule(at: now)
        } else if let drift = scheduled?.drift ?? overrun(at: now), schedule(at: now) {
            let order = scheduled?.schedule.order ?? []
            effects.record([.replanned(reason: drift, order: order.map { plan.stages[$0].name })])
        }
    }

    /// What runs now may become too late for what is expected.
    mutating func checkSchedule(at now: Timestamp) {
        let next = nextCheck(after: now)
        scheduled?.nextCheck = next
    }

    /// A stage has ended: was it to be then?
    mutating func noteEnd(of index: Int, at now: Timestamp) {
        guard let known = scheduled, known.drift == nil else { return }
        guard let drift = known.schedule.drift(of: index, actual: known.passed(at: now), hasEnded: true) else { return }
        let name = plan.stages[index].name
        scheduled?.drift = "\(name) \(drift)"
    }

    private func overrun(at now: Timestamp) -> String? {
        guard let scheduled else { return nil }
        for index in running.keys.sorted() {
            if let drift = scheduled.schedule.drift(of: index, actual: scheduled.passed(at: now), hasEnded: false) {
                return "\(plan.stages[index].name) \(drift)"
            }
        }
        return nil
    }

    private func nextCheck(after now: Timestamp) -> Timestamp? {
        guard let scheduled else { return nil }
        let times = running.keys.compactMap { scheduled.schedule.latestEnd(of: $0) }
        return times.map { Timestamp(milliseconds: scheduled.made.milliseconds + Int64($0)) }.filter { $0 > now }.min()
    }

    /// Whether the order has changed among those that are still to start.
    private mutating func schedule(at now: Timestamp) -> Bool {
        let current = ready.order
        guard
            let schedule = RunSchedule(of: plan, progress: progress(at: now), current: current, seed: Self.seed)
        else {
            scheduled = nil
            return false
        }
        scheduled = Scheduled(schedule: schedule, made: now)
        let planned = Set(schedule.order)
        guard current.filter(planned.contains) != schedule.order else { return false }
        ready.reorder(schedule.order)
        return true
    }

    /// The first that asks for more than is free gets the next place, where the schedule says so or there is none; what
    /// follows may not move it back.
    mutating func promise(_ index: Int, at now: Timestamp) {
        guard promised == nil, scheduled?.schedule.keepsPlaces ?? true else { return }
        let stage = plan.stages[index]
        let ends = running.map { other, attempt in
            let profile = plan.stages[other].profiles[attempt.profile]
            return (end: expectedEnd(profile, attempt.progress(at: now), at: now), request: profile.request)
        }
        promised = Reservation(for: stage.profiles[stage.chosen ?? 0].request, free: free, running: ends)
    }

    /// Whether one that has room would move the promised one back.
    func isHeldBack(_ profile: Plan.PricedProfile, at now: Timestamp) -> Bool {
        guard let promised else { return false }
        return !promised.admits(profile.request, end: expectedEnd(profile, at: now))
    }

    /// Milliseconds; `attempt`: nil where it starts now.
    func expectedEnd(
        _ profile: Plan.PricedProfile, _ attempt: RunProgress.Running? = nil, at now: Timestamp
    ) -> Int64 {
        now.milliseconds + Int64(RunSchedule.remaining(profile, attempt))
    }
}

extension RunState.Scheduled {
    /// Milliseconds since it was made.
    func passed(at now: Timestamp) -> Int { Int(max(0, now.milliseconds - made.milliseconds)) }
}
