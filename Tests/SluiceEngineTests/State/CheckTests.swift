import SluiceModel
import SluiceTesting
import Testing

@testable import SluiceEngine

@Suite("Checks at the end of a stage")
struct CheckTests {
    private func check(
        severity: Diagnostic.Severity = .error, onMissing: Check.OnMissing = .fail
    ) -> Check {
        Check(
            metric: "auc", min: Amount(decimal: "0.9"), severity: severity, onMissing: onMissing, location: Sketch.place
        )
    }

    private func ended(_ check: Check, metrics: [String: Double]) -> Drill {
        var drill = Drill.of([Sketch.stage("a").making("out").checking(check), Sketch.stage("b", needs: ["a"])])
        drill.end("a", metrics: metrics)
        return drill
    }

    @Test("a broken check fails the stage, which keeps its results")
    func fatal() throws {
        let drill = ended(check(), metrics: ["auc": 0.5])
        let end = try #require(drill.end(of: "a"))
        #expect(end.outcome == .failed)
        #expect(end.reason == "check auc >= 0.9: it is 0.5")
        #expect(end.metrics == ["auc": 0.5])
        #expect(end.artifacts.map(\.name) == ["out"])
        #expect(drill.record.stage(named: "a")?.checks.map(\.verdict) == [.fail])
        #expect(drill.outcome == .failed)
    }

    @Test("a missing metric fails the stage")
    func missing() { #expect(ended(check(), metrics: [:]).reason(of: "a") == "check auc >= 0.9: it is missing") }

    @Test("a check that only warns is recorded and fails nothing")
    func warning() {
        for drill in [
            ended(check(severity: .warning), metrics: ["auc": 0.5]), ended(check(onMissing: .warn), metrics: [:]),
        ] {
            #expect(drill.ends["a"] == .succeeded)
            #expect(drill.record.stage(named: "a")?.checks.map(\.isFatal) == [false])
        }
    }

    @Test("checks are judged on cached stages too")
    func cached() {
        let key = StandInDigest.of("k")
        let stage = Sketch.stage("a").checking(check()).changed {
            $0.cache = CacheState(
                state: .hit, entry: Sketch.entry(key, stage: "a", metrics: ["auc": 0.5]), key: key)
        }
        let drill = Drill.of([stage])
        #expect(drill.reason(of: "a") == "check auc >= 0.9: it is 0.5")
        #expect(drill.end(of: "a")?.cache?.state == .hit)
        #expect(drill.outcome == .failed)
    }

    @Test("a deploy that broke its check is not remembered as done")
    func deploy() {
        var drill = Drill.of([
            Sketch.stage("d").using(Sketch.plugin("deploy-local", role: .deploy)).checking(check())
        ])
        drill.end("d", metrics: ["auc": 0.5])
        #expect(drill.completions.map(\.isDeploy) == [false])
    }
}
