import GRDB
import SluiceModel
import Testing

@testable import SluiceStore

@Suite struct EstimateStoreTests {
    private let sandbox: StateSandbox
    private let store: Store
    private let time = StateSandbox.time

    init() throws {
        sandbox = try StateSandbox()
        store = try sandbox.store()
    }

    private func attempt(
        _ stage: String, plugin: String?, wall: Double, outcome: Outcome = .succeeded, estimate: Double? = nil,
        profile: String = "small"
    ) throws {
        let run = try store.begin(try StateSandbox.newRun(), at: time).head.id
        var started = JournalSamples.started(1, profile: profile)
        started.plugin = plugin
        started.dataBytes = 1000
        started.estimate = estimate.map {
            Plan.Estimate(
                duration: .milliseconds(Int64($0 * 1000)), source: .history, basis: .init(quantile: 0.9, samples: 5))
        }
        try store.append(
            [
                .attemptStarted(stage: stage, started),
                .attemptEnded(stage: stage, JournalSamples.ended(1, outcome, wall: wall)),
            ], to: run, at: time)
    }

    @Test("the history of a plugin with a profile has its succeeded attempts, newest first, whatever the stage")
    func samples() throws {
        try attempt("train[m=a]", plugin: "fit", wall: 3)
        try attempt("train[m=b]", plugin: "fit", wall: 4, outcome: .failed)
        try attempt("again", plugin: "fit", wall: 5)
        try attempt("again", plugin: "fit", wall: 6, profile: "large")
        try attempt("other", plugin: nil, wall: 7)
        let kind = WorkKind(work: "fit", profile: "small")
        let found = try store.samples(of: kind, repository: "/srv/a.git", limit: 9)
        #expect(
            found == [
                WorkSample(pipeline: "p", stage: "again", wall: 5, dataBytes: 1000, memoryPeak: 7),
                WorkSample(pipeline: "p", stage: "train[m=a]", wall: 3, dataBytes: 1000, memoryPeak: 7),
            ])
        #expect(try store.samples(of: kind, repository: "/srv/a.git", limit: 1).map(\.wall) == [5])
        #expect(try store.samples(of: kind, repository: "/srv/a.git", before: RunID(3), limit: 9).map(\.wall) == [3])
        #expect(try store.samples(of: kind, repository: "/srv/b.git", limit: 9).isEmpty)
        let script = WorkKind(work: "stage:other", profile: "small")
        #expect(try store.samples(of: script, repository: "/srv/a.git", limit: 9).map(\.wall) == [7])
    }

    @Test("coverage counts the attempts that took no longer than estimated")
    func coverage() throws {
        for (wall, estimate) in [(1.0, 2.0), (2, 2), (4, 2), (9, nil)] {
            try attempt("train", plugin: "fit", wall: wall, estimate: estimate)
        }
        let coverage = try #require(try store.estimateCoverage(runs: 1000).first)
        #expect(coverage.kind == WorkKind(work: "fit", profile: "small") && coverage.source == .history)
        #expect(coverage.attempts == 3 && coverage.covered == 2 && coverage.quantile == 0.9)
        #expect(abs(coverage.meanRatio - 3.5 / 3) < 1e-9)
        #expect(try store.estimateCoverage(runs: 2).first?.attempts == 1)
    }

    @Test("the history of a kind of work is found through its index")
    func isIndexed() throws {
        let plan = try store.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    EXPLAIN QUERY PLAN SELECT wall_s FROM attempts WHERE repository = 'r' AND work = 'w'
                    AND profile = 'p' AND outcome = 'succeeded' AND run < 9 ORDER BY run DESC LIMIT 5
                    """
            ).map { $0["detail"] as String }
        }
        #expect(plan.count == 1 && plan[0].contains("attempts_history"), "\(plan)")
    }
}
