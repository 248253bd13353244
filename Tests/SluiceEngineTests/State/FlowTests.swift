import SluiceModel
import Testing

@testable import SluiceEngine

@Suite("The order in which stages run")
struct FlowTests {
    @Test("a stage starts when everything that it needs has ended")
    func needs() {
        var drill = Drill.of([
            Sketch.stage("a"), Sketch.stage("b", needs: ["a"]), Sketch.stage("c", needs: ["a"]),
            Sketch.stage("d", needs: ["b", "c"]),
        ])
        #expect(drill.atWork == ["a"])
        drill.end("a")
        #expect(drill.atWork == ["b", "c"])
        drill.end("c")
        #expect(drill.atWork == ["b"])
        drill.end("b")
        drill.end("d")
        #expect(drill.outcome == .succeeded)
        #expect(drill.violations.isEmpty)
    }

    @Test("a plan without stages succeeds at once")
    func empty() {
        #expect(Drill.of([]).outcome == .succeeded)
    }

    @Test("stages run beside each other as far as the pool holds them")
    func capacity() {
        var drill = Drill.of((0..<5).map { Sketch.stage("s\($0)", cpus: 2) }, cpus: 4)
        #expect(drill.atWork == ["s0", "s1"])
        drill.end("s1")
        #expect(drill.atWork == ["s0", "s2"])
        #expect(drill.violations.isEmpty)
    }

    @Test("a small stage overtakes a large one that does not fit")
    func backFilling() {
        var drill = Drill.of(
            [Sketch.stage("first", cpus: 3), Sketch.stage("large", cpus: 4), Sketch.stage("small")], cpus: 4)
        #expect(drill.atWork == ["first", "small"])
        drill.end("first")
        #expect(drill.atWork == ["small"])
        drill.end("small")
        #expect(drill.atWork == ["large"])
    }

    @Test("the planned start decides who goes first, then the plan's order")
    func priority() {
        let starts: [Double?] = [nil, 5, 0, 5]
        let stages = starts.enumerated().map { number, start in
            Sketch.stage("s\(number)").changed { $0.start = start }
        }
        var drill = Drill.of(stages, cpus: 1)
        while let stage = drill.atWork.first { drill.end(stage) }
        #expect(drill.started == ["s2", "s1", "s3", "s0"])
    }

    @Test("a matrix runs no more instances at once than max_parallel, and others beside it")
    func maxParallel() {
        var drill = Drill.of(Sketch.matrix("m", count: 4, maxParallel: 2) + [Sketch.stage("other")], cpus: 8)
        #expect(drill.atWork == ["m[i=0]", "m[i=1]", "other"])
        drill.end("m[i=0]")
        #expect(drill.atWork == ["m[i=1]", "m[i=2]", "other"])
    }

    @Test("a condition that does not hold skips the stage and what needs its data, not what only comes after it")
    func conditionFails() {
        var drill = Drill.of([
            Sketch.stage("a").making("out").condition("reference == 'refs/heads/other'"),
            Sketch.stage("data").reading("x", of: [("a", "out")]), Sketch.stage("after", needs: ["a"]),
        ])
        #expect(drill.reason(of: "a") == "its condition does not hold")
        #expect(drill.reason(of: "data") == "upstream: a was skipped")
        #expect(drill.atWork == ["after"])
        drill.end("after")
        #expect(drill.outcome == .succeeded)
    }

    @Test("a condition on a metric is judged when the metric is known", arguments: [(0.9, true), (0.1, false)])
    func conditionLater(value: Double, runs: Bool) {
        var drill = Drill.of([
            Sketch.stage("a"), Sketch.stage("b", needs: ["a"]).condition("stages.a.metrics.auc > 0.5"),
        ])
        drill.end("a", metrics: ["auc": value])
        #expect(drill.atWork == (runs ? ["b"] : []))
        if !runs { #expect(drill.outcome == .succeeded) }
    }

    @Test("a condition on what nobody made never holds")
    func conditionUnknown() {
        let drill = Drill.of([Sketch.stage("b").condition("stages.a.metrics.auc > 0.5")])
        #expect(drill.ends == ["b": .skipped])
    }

    @Test("a plugin that skips its stage skips what needs its data")
    func pluginSkips() {
        var drill = Drill.of([Sketch.stage("a").making("out"), Sketch.stage("b").reading("x", of: [("a", "out")])])
        drill.end("a", .skipped) { $0.reason = "nothing new" }
        #expect(drill.reason(of: "a") == "nothing new")
        #expect(drill.ends == ["a": .skipped, "b": .skipped])
        #expect(drill.outcome == .succeeded)
    }

    @Test("equal happenings give equal effects")
    func determinism() {
        func drill() -> Drill {
            var drill = Drill.of(
                Sketch.matrix("m", count: 6, failFast: false) + [Sketch.stage("s").selecting(from: "m", count: 6)])
            while let stage = drill.atWork.last { drill.end(stage, stage == "m[i=3]" ? .failed : .succeeded) }
            return drill
        }
        let (first, second) = (drill(), drill())
        #expect(first.events == second.events)
        #expect(first.started == second.started)
        #expect(first.completions == second.completions)
    }
}
