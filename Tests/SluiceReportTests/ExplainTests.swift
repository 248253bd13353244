import SluiceModel
import SluiceReport
import Testing

/// What `sluice explain` says of each cause, byte for byte.
@Suite struct ExplainTests {
    private func expectText(
        _ name: String, _ record: RunRecord, stage: String? = nil, _ surroundings: Surroundings? = nil
    ) throws {
        let explainer = try #require(
            RunExplainer(record, stage: stage, surroundings: surroundings ?? Surroundings(now: Build.after(900))))
        let explanation = explainer.explanation()
        let lines = ExplanationText.lines(explanation, width: 100, style: .plain)
        #expect(lines.count <= 6, "\(lines)")
        #expect(explanation.causes.allSatisfy { $0.lines.count <= 4 })
        try expectGolden("explain-\(name).txt", lines)
    }

    private func record(_ kinds: [(Double, RunEvent.Kind)], _ change: (inout RunHead) -> Void = { _ in }) throws
        -> RunRecord
    {
        var head = try Build.head()
        change(&head)
        return RunRecord(head: head, events: Build.events(kinds))
    }

    @Test("a run that succeeded says what it took, what was tried again, and why stages ran")
    func succeeded() throws {
        try expectText("succeeded", Build.succeeded())
        try expectText("succeeded-stage", Build.succeeded(), stage: "train")
    }

    @Test("a failed run says which stage failed how, with the hint, and what did not run because of it")
    func failed() throws {
        try expectText("failed", Build.failed())
        try expectText("failed-stage", Build.failed(), stage: "train")
        try expectText("skipped-stage", Build.failed(), stage: "deploy")
        try expectText("cached-stage", Build.succeeded(), stage: "prepare")
    }

    @Test("an error of an earlier attempt is not why a later one was cancelled")
    func cancelledAfterLoss() throws {
        let lost = AttemptError(errorClass: .transient, code: "attempt.lost", message: "the runner died")
        let cancelled = AttemptResult(outcome: .cancelled, reason: "user", signal: "SIGTERM")
        let record = try record([
            (2, Build.planned()), (2, Build.started("train")),
            (5, Build.ended("train", wall: 3, cost: "0", error: lost)),
            (6, Build.started("train", 2)),
            (9, .attemptEnded(stage: "train", .init(number: 2, result: cancelled, used: [:]))),
            (9, .stageEnded(stage: "train", .init(outcome: .cancelled, reason: "user"))),
            (9, .runEnded(outcome: .cancelled, reason: "cancelled (user)")),
        ])
        let explainer = try #require(RunExplainer(record, surroundings: Surroundings(now: Build.after(900))))
        let text = ExplanationText.lines(explainer.explanation(), width: 100, style: .plain).joined(separator: "\n")
        #expect(
            text.contains("train was cancelled after 2 attempts: user") && !text.contains("attempt.lost"), "\(text)")
        let ending = RunText.ending(record, width: 100, style: .plain).joined(separator: "\n")
        #expect(ending.contains("train, attempt 2, SIGTERM") && !ending.contains("the runner died"), "\(ending)")
    }

    @Test("a failed check says the value and what was wanted")
    func failedCheck() throws {
        let failing = try record([
            (2, Build.planned()), (3, Build.started("evaluate")),
            (9, Build.ended("evaluate", wall: 6, cost: "0.01", metrics: ["auc": 0.91])),
            (9, .checkJudged(stage: "evaluate", Build.check("auc", 0.91, ">= 0.95", .fail))),
            (9, .stageEnded(stage: "evaluate", .init(outcome: .failed, reason: "check auc >= 0.95: it is 0.91"))),
            (9, .runEnded(outcome: .failed, reason: nil)),
        ])
        try expectText("check", failing)
    }

    @Test("a refused run says which limit does not suffice, by how much, and the smallest fix")
    func refused() throws {
        let refused = try record([
            (1, .planned(.init(decision: Build.refused(), isDegraded: false, stages: []))),
            (1, .runEnded(outcome: .refused, reason: "cost: at least 0.42 needed")),
        ])
        try expectText("refused", refused)
        var uncommitted = refused
        uncommitted.head.revision.isWorktree = true
        let explainer = try #require(RunExplainer(uncommitted, surroundings: Surroundings(now: Build.after(900))))
        #expect(explainer.explanation().next == nil, "nobody kept its files, so nothing can be asked of it")
        let stage = RunEvent.Planned.Stage(
            name: "train", needs: [], profile: nil, cache: CacheState(state: .miss), decision: nil, estimate: nil,
            start: nil)
        let planned = try record([
            (1, .planned(.init(decision: Build.refused(), isDegraded: false, stages: [stage]))),
            (1, .runEnded(outcome: .refused, reason: "cost")),
        ])
        try expectText("refused-stage", planned, stage: "train")
        let untrusted = try record([
            (1, .rejected(diagnostics: [], decision: .policy("deploy deploys, and refs/heads/fix is not trusted"))),
            (1, .runEnded(outcome: .refused, reason: "deploy deploys, and refs/heads/fix is not trusted")),
        ])
        try expectText("refused-policy", untrusted)
    }

    @Test("a run that is refused in its middle says before which stage")
    func refusedLate() throws {
        let late = try record([
            (2, Build.planned()), (2, Build.started("train", profile: "large")),
            (99, Build.ended("train", wall: 97, cost: "0.41")),
            (99, .stageEnded(stage: "train", .init(outcome: .succeeded))),
            (
                99,
                .stageEnded(
                    stage: "evaluate", .init(outcome: .skipped, reason: "refused: no", decision: Build.refused()))
            ),
            (99, .runEnded(outcome: .refused, reason: "refused: no")),
        ])
        try expectText("refused-late", late)
        try expectText("refused-late-stage", late, stage: "evaluate")
    }

    @Test("a definition with errors is named with file, line and hint")
    func invalid() throws {
        let invalid = try record([
            (1, .rejected(diagnostics: [Build.diagnostic(.error)], decision: .policy("the definition is not valid"))),
            (1, .runEnded(outcome: .refused, reason: "the definition is not valid")),
        ])
        try expectText("invalid", invalid)
    }

    @Test("a degraded run declares its loss")
    func degraded() throws {
        var decision = try Build.admitted()
        decision.verdict = .degrade
        decision.explanation = [
            "train runs as small instead of large: penalty 2, marks the run degraded"
        ]
        let stage = RunEvent.Planned.Stage(
            name: "train", needs: [], profile: "small", cache: CacheState(state: .miss, reason: "first run"),
            decision: decision, estimate: nil, start: 0)
        let degraded = try record([
            (1, .planned(.init(decision: decision, isDegraded: true, stages: [stage]))),
            (
                1,
                .attemptStarted(
                    stage: "train",
                    .init(number: 1, profile: "small", executor: "local", decision: decision, folder: "f"))
            ),
            (9, Build.ended("train", wall: 8, cost: "0.1")),
            (9, .stageEnded(stage: "train", .init(outcome: .succeeded))),
            (9, .runEnded(outcome: .succeeded, reason: nil)),
        ])
        try expectText("degraded", degraded)
    }

    @Test("a queued run says what is before it, and that no worker is running")
    func queued() throws {
        let queued = try record([])
        let ahead = [try Build.head(40, state: .running), try Build.head(41, state: .waiting, pipeline: "fraud")]
        try expectText("queued", queued, Surroundings(now: Build.after(75), ahead: ahead))
        try expectText("queued-alone", queued, Surroundings(now: Build.after(75), hasWorker: false))
    }

    @Test("a run that waits says what for, and still reads true when it is over")
    func waiting() throws {
        let kinds: [(Double, RunEvent.Kind)] = [
            (2, try Build.planned()), (3, .waiting(reason: "the python environment of train to be built")),
        ]
        try expectText("waiting", record(kinds) { $0.state = .waiting })
        let later: [(Double, RunEvent.Kind)] = [
            (90, try Build.started("train")), (95, .stageEnded(stage: "train", .init(outcome: .succeeded))),
            (95, .runEnded(outcome: .succeeded, reason: nil)),
        ]
        try expectText("waited-environment", record(kinds + later))
    }

    @Test("a stage in an executor's queue says in which, since when and why, and afterwards how long")
    func queuedStage() throws {
        let first = "other jobs hold what it needs (Resources)"
        let kinds: [(Double, RunEvent.Kind)] = [
            (2, try Build.planned()), (3, try Build.started("train", executor: "cluster")),
            (4, .attemptQueued(stage: "train", number: 1, reason: "jobs before it come first (Priority)")),
            (90, .attemptQueued(stage: "train", number: 1, reason: first)),
        ]
        try expectText("in-queue-stage", record(kinds), stage: "train")
        try expectText("in-queue", record(kinds) { $0.state = .running })
        let status = QueueStatus(active: [try record(kinds) { $0.state = .running }], workers: 1)
        try expectGolden(
            "status-queued.txt", StatusText.lines(status, now: Build.after(125), width: 160, style: .plain))
        try expectGolden("run-queued.txt", RunText.lines(record(kinds), width: 100, style: .plain))
        let began = kinds + [(600, .attemptBegan(stage: "train", number: 1))]
        try expectText("began-stage", record(began), stage: "train")
        let ended: [(Double, RunEvent.Kind)] = [
            (700, try Build.ended("train", wall: 99, cost: "0.01")),
            (700, .stageEnded(stage: "train", .init(outcome: .succeeded))),
        ]
        try expectText("ended-queue-stage", record(began + ended), stage: "train")
    }

    @Test("a wait for an account says who holds what, and is remembered when it is over")
    func waitingForAccount() throws {
        var decision = try Build.admitted()
        decision.verdict = .wait
        decision.holders = [
            .init(
                run: RunID(41), pipeline: "fraud", scope: "team", resource: "cost", amount: try Build.amount("0.47"),
                until: Build.after(1200))
        ]
        decision.explanation = [
            "waits for team.cost: 0.42 asked, 0.03 left of 1 (0.5 used, 0.47 held)",
            "run 41 (fraud) holds 0.47 until about 2026-01-31 12:20 UTC", "there may be room at 2026-01-31 12:20 UTC",
        ]
        let reason = String(decision.explanation[0].dropFirst("waits for ".count))
        let kinds: [(Double, RunEvent.Kind)] = [(2, try Build.planned(decision)), (2, .waiting(reason: reason))]
        try expectText("waiting-account", record(kinds))
        let later: [(Double, RunEvent.Kind)] = [
            (700, try Build.planned()), (700, try Build.started("train", profile: "large")),
        ]
        try expectText("waited", record(kinds + later))
        let given = try record(kinds + [(2, .runEnded(outcome: .refused, reason: "held"))])
        try expectText("not-waited", given)
    }

    @Test("a wait before a stage in the middle of a run names who holds what and until when, for the stage too")
    func waitingInTheMiddle() throws {
        var decision = try Build.admitted()
        decision.verdict = .wait
        decision.explanation = [
            "waits for team.cost: 0.42 asked, 0.03 left of 1 (0.5 used, 0.47 held)",
            "run 41 (fraud) holds 0.47 until about 2026-01-31 12:20 UTC",
        ]
        let reason = String(decision.explanation[0].dropFirst("waits for ".count))
        let waiting = try record([
            (2, Build.planned()),
            (2, .stageEnded(stage: "prepare", .init(outcome: .cached, reason: "same inputs as in run 41"))),
            (2, .waiting(reason: reason, decision: decision)),
        ]) { $0.state = .running }
        try expectText("waiting-middle", waiting)
        try expectText("waiting-middle-stage", waiting, stage: "train")
        #expect(waiting.waits.map(\.decision) == [decision])
    }

    @Test("a retry that was refused more says what it would have cost, and is not counted as tried")
    func refusedEscalation() throws {
        let error = AttemptError(
            errorClass: .resource, code: "limit.memory", message: "memory: more than the 1 GiB granted",
            hint: "raise `memory` in the stage's profile")
        let refused = try record([
            (2, Build.planned()), (2, Build.started("train", profile: "large")),
            (7, Build.ended("train", wall: 5, cost: "0.01", error: error, signal: "SIGKILL")),
            (7, .retryScheduled(stage: "train", number: 2, delay: 1, reason: "over its grant")),
            (
                8,
                .warning(
                    stage: "train",
                    message: RunRecord.Stage.refusedEscalation
                        + "memory 2 GiB instead of 1 GiB would have taken cost 0.2 (before: 0.1): 0.15 left")
            ),
            (8, .stageEnded(stage: "train", .init(outcome: .overLimit, reason: error.message))),
            (8, .runEnded(outcome: .failed, reason: "train failed")),
        ])
        try expectText("refused-escalation", refused)
        try expectText("refused-escalation-stage", refused, stage: "train")
    }

    @Test("a running run says what runs since when, and what its other stages wait for")
    func running() throws {
        let running = try record([
            (2, Build.planned()),
            (2, .stageEnded(stage: "prepare", .init(outcome: .cached, reason: "same inputs as in run 41"))),
            (2, Build.started("train", profile: "large")),
        ]) { $0.state = .running }
        try expectText("running", running)
        try expectText("running-stage", running, stage: "train")
        try expectText("waiting-stage", running, stage: "deploy")
    }

    @Test("a stage that was tried again in vain says how often and why")
    func retried() throws {
        let error = AttemptError(
            errorClass: .transient, code: "data.unavailable", message: "the feature store did not answer",
            hint: "its status page is status.example.org", stderr: ["connecting", "timeout after 30 s"])
        var kinds: [(Double, RunEvent.Kind)] = [(2, try Build.planned())]
        for number in 1...3 {
            kinds.append((Double(number * 10), try Build.started("train", number, profile: "large")))
            kinds.append(
                (
                    Double(number * 10 + 5),
                    try Build.ended("train", number, wall: 5, cost: "0.01", error: error, exit: 20)
                ))
            guard number < 3 else { break }
            kinds.append(
                (
                    Double(number * 10 + 5),
                    .retryScheduled(
                        stage: "train", number: number + 1, delay: Double(number), reason: "transient: \(error.message)"
                    )
                ))
        }
        kinds.append((35, .stageEnded(stage: "train", .init(outcome: .failed, reason: error.message))))
        kinds.append((35, .runEnded(outcome: .failed, reason: "train failed")))
        try expectText("retried", record(kinds))
    }

    @Test("a matrix is explained as a whole and by instance; an unknown stage is not explained at all")
    func matrix() throws {
        let names = ["a", "b", "c"].map { "train[model=\($0)]" }
        let stages = names.map {
            RunEvent.Planned.Stage(
                name: $0, needs: [], profile: "small", cache: CacheState(state: .miss, reason: "first run"),
                decision: nil,
                estimate: Plan.Estimate(duration: .seconds(10), source: .declared), start: 0)
        }
        var kinds: [(Double, RunEvent.Kind)] = [
            (1, .planned(.init(decision: try Build.admitted(), isDegraded: false, stages: stages)))
        ]
        for (index, name) in names.enumerated() {
            kinds.append((2, try Build.started(name)))
            kinds.append(
                (
                    30,
                    try Build.ended(
                        name, wall: 28, cost: "0", error: index == 1 ? Build.crash : nil, exit: index == 1 ? 70 : 0)
                ))
            kinds.append(
                (
                    30,
                    .stageEnded(
                        stage: name,
                        .init(
                            outcome: index == 1 ? .failed : .succeeded, reason: index == 1 ? Build.crash.message : nil))
                ))
        }
        kinds.append((30, .runEnded(outcome: .failed, reason: nil)))
        let matrix = try record(kinds)
        try expectText("matrix", matrix, stage: "train")
        try expectText("matrix-instance", matrix, stage: "train[model=c]")
        #expect(RunExplainer(matrix, stage: "trian", surroundings: Surroundings(now: Build.noon)) == nil)
    }

    @Test("many causes leave room for a line that says how to see the rest")
    func many() throws {
        let names = (1...12).map { "s\($0)" }
        let stages = names.map {
            RunEvent.Planned.Stage(
                name: $0, needs: [], profile: "small",
                cache: CacheState(state: .miss, reason: "params.\($0) changed 1 → 2"),
                decision: nil, estimate: nil, start: 0)
        }
        var kinds: [(Double, RunEvent.Kind)] = [
            (1, .planned(.init(decision: try Build.admitted(), isDegraded: false, stages: stages)))
        ]
        for name in names {
            kinds.append((2, try Build.started(name)))
            kinds.append((3, try Build.ended(name, wall: 1, cost: "0")))
            kinds.append((3, .stageEnded(stage: name, .init(outcome: .succeeded))))
        }
        kinds.append((3, .runEnded(outcome: .succeeded, reason: nil)))
        try expectText("many", record(kinds))
    }

    @Test("long names are shortened in their middle until a line can be read at once; commands stay whole")
    func longNames() throws {
        let train = "train-gradient-boosting-on-customer-churn-with-cross-validation"
        let names = ["forest-of-500-trees", "logistic-regression"].map { "\(train)[estimator=\($0)]" }
        let loss = "\(names[1]) runs as small instead of large: penalty 3, marks the run degraded"
        let degraded = GateDecision(
            verdict: .degrade, profile: "small", method: "test",
            explanation: [loss, "the best profiles need cost 3.02, 2.5 is left: 0.52 short"])
        let stages = names.map {
            RunEvent.Planned.Stage(
                name: $0, needs: [], profile: "small", cache: CacheState(state: .miss, reason: "params.lr changed"),
                decision: $0 == names[1] ? degraded : nil, estimate: nil, start: 0)
        }
        var kinds: [(Double, RunEvent.Kind)] = [
            (1, .planned(.init(decision: degraded, isDegraded: true, stages: stages)))
        ]
        for (name, outcome) in zip(names, [Outcome.failed, .cached]) {
            kinds.append((3, .stageEnded(stage: name, .init(outcome: outcome, reason: "the same inputs as in run 1"))))
        }
        kinds.append((3, .runEnded(outcome: .failed, reason: nil)))
        let run = try record(kinds)
        try expectText("long-names", run)
        try expectText("long-names-stage", run, stage: train)
        try expectText("long-names-instance", run, stage: names[1])
        for stage in [nil, train, names[1]] {
            let explainer = try #require(RunExplainer(run, stage: stage, surroundings: Surroundings(now: Build.noon)))
            let lines = ExplanationText.lines(explainer.explanation(), width: 100, style: .plain)
            #expect(lines.allSatisfy { DisplayWidth.of($0) <= 100 || $0.hasPrefix("  next: ") }, "\(lines)")
        }
    }

    @Test("no text of a plugin reaches the terminal's ear")
    func hostile() throws {
        let evil = "\u{1b}[2J::error::owned\nnext"
        var error = Build.crash
        error.message = evil
        error.hint = evil
        let failed = try record([
            (2, Build.planned()), (2, Build.started("train")),
            (3, Build.ended("train", wall: 1, cost: "0", error: error, exit: 70)),
            (3, .stageEnded(stage: "train", .init(outcome: .failed, reason: evil))),
            (3, .runEnded(outcome: .failed, reason: evil)),
        ])
        let explainer = try #require(RunExplainer(failed, surroundings: Surroundings(now: Build.noon)))
        for line in ExplanationText.lines(explainer.explanation(), width: 100, style: .plain) {
            #expect(!line.contains("\u{1b}") && !line.contains("\n") && !line.hasPrefix("::"))
        }
    }

    @Test("the JSON has the answer, the lines, every cause and the decision")
    func json() throws {
        let refused = try record([
            (1, .planned(.init(decision: Build.refused(), isDegraded: false, stages: []))),
            (1, .runEnded(outcome: .refused, reason: "cost")),
        ])
        let explainer = try #require(RunExplainer(refused, surroundings: Surroundings(now: Build.noon)))
        let json = ExplainJSON(explainer.explanation(), decision: refused.decision)
        try expectGolden("explain-refused.json", [JSONText.encode(json, pretty: true)])
    }
}
