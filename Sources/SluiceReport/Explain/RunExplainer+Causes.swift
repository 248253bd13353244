import SluiceModel

/// Reasons of single stages. Stages with the same reason are named together.
extension RunExplainer {
    /// What went wrong, and what was tried.
    var troubles: [Explanation.Cause] { stages.filter(\.hasFailed).map(trouble) + retries }

    /// Why stages ran, did not run, or need not.
    var ordinaryCauses: [Explanation.Cause] { skips + degradations + misses + hits + replans }

    /// `failed after 3 attempts: connection reset`.
    func failure(of stage: RunRecord.Stage) -> String {
        guard let end = stage.end else { return "" }
        if let why = stage.futility, end.outcome == .overLimit { return "was stopped early: \(why)" }
        let check = stage.checks.first(where: \.isFatal)
        let why = check.map(sentence) ?? end.reason ?? stage.error?.message
        let attempts = stage.attempts.count > 1 ? " after \(stage.attempts.count) attempts" : ""
        let verb: String
        switch end.outcome {
        case .timedOut: verb = "ran out of time"
        case .overLimit: verb = "went over its limit"
        case .cancelled: verb = "was cancelled"
        case .lost: verb = "was lost"
        case .failed, .succeeded, .skipped, .cached: verb = check == nil ? "failed" : "failed its check"
        }
        return verb + attempts + (why.map { ": \($0)" } ?? "")
    }

    private func sentence(_ check: CheckResult) -> String {
        let value = check.value.map { "is \(HumanUnits.metric($0))" } ?? "was not reported"
        return "\(check.metric) \(value), wanted \(check.limit)"
    }

    /// The failure of one stage with what its attempts left behind.
    func trouble(_ stage: RunRecord.Stage) -> Explanation.Cause {
        let result = stage.lastEnded?.ended?.result
        var lines = ["\(stage.name) \(failure(of: stage))"]
        // What more would have cost says more of a failure for want of memory than anything that it printed.
        lines += stage.warnings.last { $0.hasPrefix(RunRecord.Stage.refusedEscalation) }.map { [$0] } ?? []
        if let error = stage.error {
            if let last = error.stderr.last(where: { !$0.isEmpty && $0 != error.message }) {
                lines.append("stderr: \(Self.brief(last))")
            }
            if let hint = error.hint { lines.append("hint: \(hint)") }
            let ending = result?.signal ?? result?.exit.map { "exit \($0)" }
            let facts = ["class \(error.errorClass.rawValue)", error.code, ending]
            lines.append(facts.compactMap(\.self).joined(separator: ", "))
        }
        if stage.checks.contains(where: \.isFatal) { lines = Array(lines.prefix(1)) }
        return Explanation.Cause(.failed, [stage.name], lines)
    }

    /// Waits that are over: for how long, and who held what.
    var pastWaits: [Explanation.Cause] {
        record.waits.compactMap { wait in
            guard let until = wait.until, until > wait.since else { return nil }
            let time = HumanUnits.duration(until.seconds(since: wait.since))
            // Who held it still matters; when there might have been room does not.
            let wasHeld = wait.decision?.holders?.isEmpty == false
            let held = wait.decision.map { lines(of: $0, without: wait.reason).prefix(wasHeld ? 1 : 0) } ?? []
            return Explanation.Cause(
                .waiting, [], ["it waited \(time) for \(wait.reason)"] + held, decision: wait.decision)
        }
    }

    /// What waits in an executor's queue now, and why.
    var queues: [Explanation.Cause] {
        var groups: [(place: String, names: [String], line: String)] = []
        for stage in stages {
            guard let attempt = stage.queued else { continue }
            let place = QueueText.place(attempt) + (QueueText.reason(attempt) ?? "")
            if let index = groups.firstIndex(where: { $0.place == place }) {
                groups[index].names.append(stage.name)
            } else {
                groups.append((place, [stage.name], QueueText.waiting(attempt, now: surroundings.now)))
            }
        }
        return groups.map { group in
            let verb = group.names.count == 1 ? "waits" : "wait"
            return .init(.waiting, group.names, ["\(StageNames.list(group.names)) \(verb)\(group.line)"])
        }
    }

    /// What an executor let wait before it began.
    var pastQueues: [Explanation.Cause] {
        stages.compactMap { stage in
            guard let waited = stage.attempts.last.flatMap(QueueText.waited) else { return nil }
            return .init(.waiting, [stage.name], ["\(label([stage.name])) waited \(waited)"])
        }
    }

    /// A line of somebody else's, short enough to stay one.
    private static func brief(_ text: String) -> String {
        DisplayWidth.of(text) <= 120 ? text : DisplayWidth.prefix(of: text, columns: 119) + "…"
    }

    var retries: [Explanation.Cause] {
        stages.compactMap { stage in
            // One that was scheduled and then refused, or is to come, is none.
            let retries = stage.retries.filter { $0.number <= stage.attempts.count }
            guard !retries.isEmpty else { return nil }
            let count = retries.count == 1 ? "once" : "\(retries.count) times"
            let delays = StageNames.list(retries.map { HumanUnits.duration($0.delay) })
            var reasons: [String] = []
            for retry in retries where !reasons.contains(retry.reason) { reasons.append(retry.reason) }
            let more = reasons.count > 2 ? "; and \(reasons.count - 2) more" : ""
            return Explanation.Cause(
                .retried, [stage.name],
                [
                    "\(label([stage.name])) was tried again \(count), after \(delays): "
                        + reasons.prefix(2).joined(separator: "; ") + more
                ])
        }
    }

    /// Why the plan chose worse profiles, and what was lost; of single stages, what those lost.
    var degradations: [Explanation.Cause] {
        let worse = stages.filter { $0.decision?.verdict == .degrade }
        guard !worse.isEmpty else { return [] }
        let ofRun = record.decision.flatMap { $0.verdict == .degrade ? $0 : nil }
        if wanted == nil || stages.count > 1, let ofRun {
            return [Explanation.Cause(.degraded, worse.map(\.name), ofRun.explanation, decision: ofRun)]
        }
        return worse.map { stage in
            var lines = stage.decision?.explanation ?? []
            if let first = lines.first, first.hasPrefix(stage.name + " ") {
                lines[0] = label([stage.name]) + first.dropFirst(stage.name.count)
            }
            return Explanation.Cause(.degraded, [stage.name], lines, decision: stage.decision)
        }
    }

    /// Why stages that ran could not take an earlier result: own reasons first, then who follows them.
    var misses: [Explanation.Cause] {
        let ran = stages.filter { !$0.attempts.isEmpty && $0.queued == nil }
        let own = grouped(ran.filter { $0.cache.upstream == nil && $0.cache.reason != nil }) { stage in
            (stage.cache.state == .off ? .cacheOff : .cacheMiss, "ran: \(stage.cache.reason ?? "")")
        }
        let followers = ran.filter { $0.cache.upstream != nil }
        guard !followers.isEmpty else { return own }
        let roots = wanted == nil ? [] : followers.compactMap { root(behind: $0) }
        let told = Set(roots.map(\.name)).sorted().compactMap { name in roots.first { $0.name == name } }
        let behind = grouped(followers) { stage in (.cacheMiss, "ran because \(stage.cache.upstream ?? "") ran") }
        return own + behind
            + told.map { root in
                Explanation.Cause(.cacheMiss, [root.name], ["\(root.name) ran: \(root.cache.reason ?? "")"])
            }
    }

    /// The stage with which the chain of results that were not there began.
    private func root(behind stage: RunRecord.Stage) -> RunRecord.Stage? {
        var current = stage
        var steps = 0
        while let name = current.cache.upstream, let next = record.stage(named: name), steps < record.stages.count {
            current = next
            steps += 1
        }
        return current.name == stage.name || current.cache.reason == nil ? nil : current
    }

    var hits: [Explanation.Cause] {
        grouped(stages.filter { $0.end?.outcome == .cached }) { stage in
            (.cacheHit, "was reused: \(stage.end?.reason ?? stage.cache.reason ?? "")")
        }
    }

    /// Whatever stands between them, the stages behind a failed one did not run because of that one.
    var skips: [Explanation.Cause] {
        let skipped = stages.filter { $0.end?.outcome == .skipped && $0.decision?.verdict != .refuse }
        return grouped(skipped) { stage in
            let culprit = ancestors(of: stage).first(where: \.hasFailed)
            let why = culprit.map { "\($0.name) did not end well" } ?? stage.end?.reason ?? ""
            return (.skipped, "did not run: \(why)")
        }
    }

    /// Where it took clearly longer than expected.
    var estimates: [Explanation.Cause] {
        stages.compactMap { stage in
            guard let estimate = stage.estimate, let actual = stage.actual, estimate.duration > .zero else {
                return nil
            }
            let ratio = actual / estimate.duration.inSeconds
            guard ratio > 1.2 else { return nil }
            let factor = DecimalText.significant(ratio, digits: 2)
            return Explanation.Cause(
                .estimate, [stage.name],
                [
                    "\(label([stage.name])) took \(factor) times its estimate of \(HumanUnits.duration(estimate.duration))"
                        + " (\(EstimateText.source(estimate)))"
                ])
        }
    }

    /// Of the run: what went in another order than planned.
    private var replans: [Explanation.Cause] {
        guard wanted == nil else { return [] }
        return record.replans.map { .init(.replanned, [], [ReplanText.line($0.reason, $0.order)]) }
    }

    /// What is asked for needs no name again.
    private func label(_ names: [String]) -> String {
        stages.count == 1 && names == [stages[0].name] && wanted != nil ? "it" : StageNames.list(names)
    }

    private func grouped(
        _ stages: [RunRecord.Stage], by reason: (RunRecord.Stage) -> (kind: Explanation.Kind, text: String)
    ) -> [Explanation.Cause] {
        var groups: [(kind: Explanation.Kind, text: String, names: [String])] = []
        for stage in stages {
            let (kind, text) = reason(stage)
            if let index = groups.firstIndex(where: { $0.kind == kind && $0.text == text }) {
                groups[index].names.append(stage.name)
            } else {
                groups.append((kind, text, [stage.name]))
            }
        }
        return groups.map { group in
            let isPlural = group.names.count > 1 && group.text.hasPrefix("was ")
            let text = isPlural ? "were " + group.text.dropFirst(4) : group.text
            return Explanation.Cause(group.kind, group.names, ["\(label(group.names)) \(text)"])
        }
    }
}
