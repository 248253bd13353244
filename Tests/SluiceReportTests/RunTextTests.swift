import SluiceModel
import SluiceReport
import Testing

@Suite struct RunTextTests {
    @Test("a run's page shows everything from its commit to its warnings")
    func succeeded() throws {
        let record = try Build.succeeded()
        try expectGolden("run-succeeded.txt", RunText.lines(record, width: 110, style: .plain))
        try expectGolden("run-succeeded-colour.txt", RunText.lines(record, width: 110, style: .coloured))
        try expectGolden("run-succeeded-ending.txt", RunText.ending(record, width: 110, style: .plain))
    }

    @Test("a failed run shows the error with class, code, hint and the end of stderr, with nothing in it obeyed")
    func failed() throws {
        let record = try Build.failed()
        try expectGolden("run-failed.txt", RunText.lines(record, width: 110, style: .plain))
        try expectGolden("run-failed-ascii.txt", RunText.ending(record, width: 80, style: .ascii))
    }

    @Test("a refused run shows the verdict and the limits, no stage, and its reason once")
    func refused() throws {
        let decision = try Build.refused()
        let record = RunRecord(
            head: try Build.head(),
            events: Build.events([
                (1, .rejected(diagnostics: [], decision: decision)),
                (1, .runEnded(outcome: .refused, reason: decision.explanation.first)),
            ]))
        try expectGolden("run-refused.txt", RunText.ending(record, width: 100, style: .plain))
    }

    @Test("a degraded run says so at its head, and why under its decisions")
    func degraded() throws {
        var decision = try Build.admitted()
        decision.verdict = .degrade
        decision.explanation = ["runs as sample: large would need cost 0.42, 0.30 is left"]
        let stage = RunEvent.Planned.Stage(
            name: "train", needs: [], profile: "sample", cache: CacheState(state: .miss), decision: decision,
            estimate: nil, start: 0)
        let record = RunRecord(
            head: try Build.head(),
            events: Build.events([(2, .planned(.init(decision: decision, isDegraded: true, stages: [stage])))]))
        try expectGolden("run-degraded.txt", RunText.lines(record, width: 100, style: .plain))
    }

    @Test("a list of runs is newest first with its outcomes and ages")
    func list() throws {
        let heads = [
            try Build.head(40, state: .ended, outcome: .failed, queued: -90_000, started: -90_000, ended: -89_000),
            try Build.head(42, state: .running, started: 3),
            try Build.head(
                41, state: .ended, outcome: .succeeded, started: -3000, ended: -2400, reference: "refs/tags/v1"),
        ]
        try expectGolden("runs.txt", RunListText.lines(heads, now: Build.after(63), width: 100, style: .plain))
    }

    @Test("the status tells what runs, what waits and for what, whose runner died, and whether a worker is there")
    func status() throws {
        let running = RunRecord(
            head: try Build.head(),
            events: Build.events([(2, try Build.planned()), (2, try Build.started("train"))]))
        let waiting = RunRecord(
            head: try Build.head(43, pipeline: "fraud"),
            events: Build.events([(2, .waiting(reason: "2 cpus that run 42 holds"))]))
        let died = RunRecord(head: try Build.head(45, state: .running, started: 0))
        let status = QueueStatus(
            active: [running, waiting, RunRecord(head: try Build.head(44)), died], left: [died.head.id],
            recent: [try Build.head(41, state: .ended, outcome: .succeeded, started: -3000, ended: -2400)],
            workers: 2)
        try expectGolden("status.txt", StatusText.lines(status, now: Build.after(125), width: 100, style: .plain))
        let idle = QueueStatus(active: [], workers: 0)
        #expect(
            StatusText.lines(idle, now: Build.noon, width: 80, style: .plain) == ["nothing to do  no worker is running"]
        )
    }
}
