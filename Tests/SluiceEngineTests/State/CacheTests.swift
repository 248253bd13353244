import SluiceModel
import SluiceTesting
import Testing

@testable import SluiceEngine

@Suite("Results that are there already")
struct CacheTests {
    @Test("what the plan found behind a worse way is not taken where its run had gone another way already")
    func behindAnotherWay() throws {
        func found(_ stage: String, _ content: String) -> CacheState {
            let entry = Sketch.entry(
                StandInDigest.of(content), stage: stage, artifacts: [Sketch.artifact("out", content)])
            return CacheState(state: .hit, reason: "same inputs as in run 7", entry: entry, key: entry.key)
        }
        let worse = Sketch.profile("small", penalty: 1, with: ["epochs": .integer(1)], isDegraded: true)
        let train = Sketch.stage("train").making("out").ways(Sketch.profile("large"), worse, chosen: nil).changed {
            $0.cache = found("train", "degraded")
        }
        let evaluate = Sketch.stage("evaluate").reading("model", of: [("train", "out")]).changed {
            $0.chosen = nil
            $0.cache = found("evaluate", "of the degraded one")
            $0.cacheBehind = Plan.CacheBehind(ways: ["train": 1], cache: $0.cache)
        }
        #expect(Drill.of([train, evaluate]).ends == ["train": .cached, "evaluate": .cached])

        var earlier = Drill.of([
            Sketch.stage("train").making("out").ways(Sketch.profile("large"), worse),
            Sketch.stage("evaluate", needs: ["train"]),
        ])
        earlier.end("train", content: "good")
        var drill = Drill(Sketch.plan([train, evaluate]), resuming: earlier)
        drill.send(.begin)
        #expect(drill.ends == ["train": .succeeded] && drill.atWork == ["evaluate"])
    }

    @Test("a stage that the plan found in the cache is cached without a look and hands its outputs on")
    func fromThePlan() throws {
        let key = StandInDigest.of("key")
        let artifact = Sketch.artifact("out", "earlier")
        let cached = Sketch.stage("a").making("out").changed {
            $0.cache = CacheState(
                state: .hit, reason: "same inputs as in run 7",
                entry: Sketch.entry(key, stage: "a", artifacts: [artifact], metrics: ["auc": 1]), key: key)
            $0.chosen = nil
        }
        var drill = Drill.of([cached, Sketch.stage("b").reading("x", of: [("a", "out")])])
        let end = try #require(drill.end(of: "a"))
        #expect(end.outcome == .cached)
        #expect(end.cache == CacheState(state: .hit, reason: "same inputs as in run 7", key: key))
        #expect(end.metrics == ["auc": 1])
        #expect(drill.running["b"]?.binding.inputs.first?.items.first?.content == .artifact(artifact))
        drill.end("b")
        #expect(drill.outcome == .succeeded)
    }

    @Test("a stage that made the same again makes the next one a hit")
    func earlyCutoff() {
        let stages = [
            Sketch.stage("a", script: "one").making("out"),
            Sketch.stage("b").making("out").reading("x", of: [("a", "out")]),
            Sketch.stage("c").reading("x", of: [("b", "out")]),
        ]
        var first = Drill.of(stages)
        first.end("a", content: "same")
        first.end("b", metrics: ["auc": 0.5], content: "b")
        first.end("c")
        var second = Drill(Sketch.plan([Sketch.stage("a", script: "two").making("out")] + stages.dropFirst()))
        second.cache = first.cache
        second.send(.begin)
        second.end("a", content: "same")
        #expect(second.ends == ["a": .succeeded, "b": .cached, "c": .cached])
        #expect(second.reason(of: "b") == "same inputs")
        #expect(second.end(of: "b")?.metrics == ["auc": 0.5])
        #expect(second.outcome == .succeeded)
    }

    @Test("the second of two stages with one key follows the first and is cached")
    func follows() {
        var drill = Drill.of([Sketch.stage("a", script: "x"), Sketch.stage("b", script: "x")])
        #expect(drill.atWork == ["a"])
        drill.end("a")
        #expect(drill.ends == ["a": .succeeded, "b": .cached])
        #expect(drill.outcome == .succeeded)
    }

    @Test("when the first of three with one key fails the second runs and the third follows it")
    func followsFailed() {
        var drill = Drill.of(
            ["a", "b", "c"].map { Sketch.stage($0, script: "x") }, options: RunOptions(keepGoing: true))
        drill.end("a", .failed)
        #expect(drill.atWork == ["b"])
        drill.end("b")
        #expect(drill.ends == ["a": .failed, "b": .succeeded, "c": .cached])
        #expect(drill.violations.isEmpty)
    }

    @Test("a follower waits while its leader is tried again")
    func followsRetried() {
        var drill = Drill.of([Sketch.stage("a", script: "x").retrying(1), Sketch.stage("b", script: "x")])
        drill.end("a", .failed, error: .transient)
        #expect(drill.atWork.isEmpty)
        drill.pass(seconds: 10)
        #expect(drill.atWork == ["a"])
        drill.end("a")
        #expect(drill.ends["b"] == .cached)
    }

    @Test("stages without a cache run beside each other with one key")
    func withoutCache() {
        let stages = ["a", "b"].map { name in Sketch.stage(name, script: "x").changed { $0.definition.cache = .off } }
        var drill = Drill.of(stages)
        #expect(drill.atWork == ["a", "b"])
        drill.end("a")
        #expect(drill.completions.map(\.isCacheable) == [false])
    }

    @Test("an entry that went away since the plan is made again, in a way that the pool holds")
    func entryGone() {
        let stage = Sketch.stage("a").ways(Sketch.profile("huge", cpus: 9), Sketch.profile("small"), chosen: nil)
            .changed {
                $0.condition = .unknown
                $0.cache = CacheState(state: .miss, entry: Sketch.entry(StandInDigest.of("gone"), stage: "a"))
            }
        let drill = Drill.of([stage])
        #expect(drill.running["a"]?.profile.profile.name == "small")
    }

    @Test("a stage that the whole pool cannot hold is refused and does not wait for ever")
    func tooLarge() {
        let drill = Drill.of([Sketch.stage("a", cpus: 9)])
        #expect(drill.reason(of: "a") == "refused: a asks for more than the whole pool has")
        #expect(drill.outcome == .refused)
    }

    @Test("a deploy with the key of the last one is already deployed, and one that was done is remembered")
    func deploys() {
        let stage = Sketch.stage("d").using(Sketch.plugin("deploy-local", role: .deploy))
        var first = Drill.of([stage])
        first.end("d")
        #expect(first.completions.map(\.isDeploy) == [true])
        #expect(first.completions.map(\.isCacheable) == [false])
        var second = Drill(Sketch.plan([stage]))
        second.deploys = first.deploys
        second.send(.begin)
        #expect(second.reason(of: "d") == "already deployed")
        #expect(second.outcome == .succeeded)
    }

    @Test("a deploy for which the plan found a newer commit is not done when its condition turns out to hold")
    func olderDeploy() {
        let stage = Sketch.stage("d", needs: ["a"]).using(Sketch.plugin("deploy-local", role: .deploy))
            .condition("stages.a.metrics.auc > 0.5")
            .changed { $0.cache = CacheState(state: .miss, entry: Sketch.entry(StandInDigest.of("d"), stage: "d")) }
        var drill = Drill.of([Sketch.stage("a"), stage])
        drill.end("a", metrics: ["auc": 1])
        #expect(drill.ends["d"] == .cached)
    }
}
