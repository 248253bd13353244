import SluiceModel
import Testing

@testable import SluiceEngine

@Suite("What a failure means for the rest")
struct FailureTests {
    private let twoBranches = [
        Sketch.stage("a"), Sketch.stage("b"), Sketch.stage("after-a", needs: ["a"]),
        Sketch.stage("after-b", needs: ["b"]),
    ]

    @Test("a failed stage skips what needs it and stops what has not started; what runs goes on")
    func stops() {
        var drill = Drill.of(twoBranches)
        drill.end("a", .failed, error: .user)
        #expect(drill.reason(of: "a") == "it broke")
        #expect(drill.reason(of: "after-a") == "upstream: a failed")
        #expect(drill.atWork == ["b"])
        drill.end("b")
        #expect(drill.reason(of: "after-b") == "a failed")
        #expect(drill.outcome == .failed)
        #expect(drill.violations.isEmpty)
    }

    @Test("keepGoing runs what does not depend on the failed stage")
    func keepGoing() {
        var drill = Drill.of(twoBranches, options: RunOptions(keepGoing: true))
        drill.end("a", .timedOut)
        drill.end("b")
        #expect(drill.reason(of: "after-a") == "upstream: a timed out")
        drill.end("after-b")
        #expect(drill.ends["after-b"] == .succeeded)
        #expect(drill.outcome == .failed)
    }

    @Test("`after: any` runs however its needs ended, also in a run that has failed")
    func afterAny() {
        var drill = Drill.of([
            Sketch.stage("a"), Sketch.stage("b", needs: ["a"]),
            Sketch.stage("report", needs: ["b"]).changed { $0.definition.after = .any },
        ])
        drill.end("a", .failed)
        #expect(drill.atWork == ["report"])
        drill.end("report")
        #expect(drill.ends == ["a": .failed, "b": .skipped, "report": .succeeded])
        #expect(drill.outcome == .failed)
    }

    @Test("`after: any` is tried again in a run that has failed")
    func afterAnyRetries() {
        var drill = Drill.of([
            Sketch.stage("a"), Sketch.stage("report", needs: ["a"]).retrying(1).changed { $0.definition.after = .any },
        ])
        drill.end("a", .failed)
        drill.end("report", .failed, error: .transient)
        drill.pass(seconds: 10)
        #expect(drill.atWork == ["report"])
    }

    @Test("not even `after: any` runs without the data that it reads")
    func afterAnyWithoutData() {
        var drill = Drill.of([
            Sketch.stage("a").making("out"),
            Sketch.stage("b").reading("x", of: [("a", "out")]).changed { $0.definition.after = .any },
        ])
        drill.end("a", .failed)
        #expect(drill.reason(of: "b") == "upstream: a failed")
    }

    @Test("with fail_fast a failed instance cancels its siblings and skips those that wait")
    func failFast() {
        var drill = Drill.of(Sketch.matrix("m", count: 4), cpus: 2)
        drill.end("m[i=1]", .failed)
        #expect(drill.cancelled == ["m[i=0]"])
        #expect(drill.reason(of: "m[i=2]") == "m[i=1] failed and fail_fast is on")
        drill.end("m[i=0]", .cancelled)
        #expect(drill.outcome == .failed)
        #expect(drill.violations.isEmpty)
    }

    @Test("a cancelled sibling is not tried again, whatever it ended with")
    func failFastRetry() {
        let stages = Sketch.matrix("m", count: 2).map { $0.retrying(3) }
        var drill = Drill.of(stages, options: RunOptions(keepGoing: true))
        drill.end("m[i=0]", .failed, error: .user)
        drill.end("m[i=1]", .failed, error: .transient)
        #expect(drill.outcome == .failed)
    }

    @Test("without fail_fast the others go on and select takes the best of the good ones")
    func select() throws {
        let stages = Sketch.matrix("m", count: 4, failFast: false).map { $0.making("out") }
        var drill = Drill.of(stages + [Sketch.stage("pick").selecting(from: "m", count: 4)], cpus: 1)
        drill.end("m[i=0]", metrics: ["auc": 0.7], content: "zero")
        drill.end("m[i=1]", .failed)
        drill.end("m[i=2]", metrics: ["auc": 0.9], content: "two")
        drill.end("m[i=3]", metrics: ["auc": 0.8], content: "three")
        let best = try #require(drill.running["pick"]?.binding.inputs.first?.items.first)
        #expect(best.instance == "m[i=2]")
        drill.end("pick")
        #expect(drill.outcome == .failed)
    }

    @Test("select has nothing to choose from when no instance ended well")
    func selectNothing() {
        var drill = Drill.of(
            Sketch.matrix("m", count: 2, failFast: false) + [Sketch.stage("pick").selecting(from: "m", count: 2)])
        drill.end("m[i=0]", .failed)
        drill.end("m[i=1]", .failed)
        #expect(drill.reason(of: "pick") == "upstream: no instance of m ended well")
        #expect(drill.outcome == .failed)
    }

    @Test("with fail_fast a failed instance is a failed matrix for select, also when the run keeps going")
    func selectFailFast() {
        var drill = Drill.of(
            Sketch.matrix("m", count: 2).map { $0.making("out") } + [
                Sketch.stage("pick").selecting(from: "m", count: 2)
            ],
            options: RunOptions(keepGoing: true))
        drill.end("m[i=0]", metrics: ["auc": 1])
        drill.end("m[i=1]", .failed)
        #expect(drill.reason(of: "pick") == "upstream: m[i=1] failed")
    }

    @Test("what reads a metric that nobody made fails with a reason")
    func bindingError() {
        var drill = Drill.of(
            Sketch.matrix("m", count: 2).map { $0.making("out") } + [
                Sketch.stage("pick").selecting(from: "m", count: 2)
            ])
        drill.end("m[i=0]")
        drill.end("m[i=1]")
        #expect(drill.reason(of: "pick") == "no instance of m ended well with metric auc")
        #expect(drill.outcome == .failed)
    }

    @Test("an output that its stage did not make fails the stage that reads it")
    func missingOutput() {
        var drill = Drill.of([Sketch.stage("a"), Sketch.stage("b").reading("x", of: [("a", "out")])])
        drill.end("a")
        #expect(drill.reason(of: "b") == "a made no output out, which b reads")
    }

    @Test("an environment that cannot be built fails every stage that wants it, and is asked for once")
    func environmentFails() {
        let python = Sketch.plugin("py", wantsPython: true)
        var drill = Drill(Sketch.plan([Sketch.stage("a").using(python), Sketch.stage("b").using(python)]))
        drill.environment = .failure(PluginError(.environmentFailed, "no such package", hint: "pin it"))
        drill.send(.begin)
        #expect(drill.reason(of: "a") == "no such package")
        #expect(drill.ends == ["a": .failed, "b": .failed])
        #expect(drill.record.stage(named: "a")?.warnings == ["no such package (pin it)"])
        #expect(drill.environmentsAsked == 1)
        #expect(drill.outcome == .failed)
    }

    @Test("an environment is built once and said to be, and serves those whose asker is gone")
    func environmentShared() {
        let python = Sketch.plugin("py", wantsPython: true)
        let matrix = Sketch.matrix("m", count: 2).map { stage in
            stage.name == "m[i=0]" ? stage.using(python) : stage
        }
        var drill = Drill(
            Sketch.plan(matrix + [Sketch.stage("b").using(python)]), options: RunOptions(keepGoing: true))
        drill.environment = nil
        drill.send(.begin)
        drill.end("m[i=1]", .failed)
        #expect(drill.ends["m[i=0]"] == .skipped)
        drill.answerEnvironments(.success(ProvidedEnvironment(folder: "/env", lock: "l", buildSeconds: 2.04)))
        #expect(drill.running["b"]?.environment == "/env")
        #expect(drill.record.stages[0].warnings == ["python environment built in 2.0 s, not charged"])
    }
}
