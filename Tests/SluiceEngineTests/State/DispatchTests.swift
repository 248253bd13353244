import SluiceModel
import SluiceTesting
import Testing

@testable import SluiceEngine

@Suite("Who goes first, and who may go in between")
struct DispatchTests {
    private func stage(_ name: String, cpus: Int64, seconds: Int64, needs: [String] = []) -> Plan.Stage {
        Sketch.stage(name, needs: needs).ways(Sketch.profile(cpus: cpus, seconds: seconds))
    }

    /// One that is ready before all others, and what becomes ready while it runs.
    private func drill(_ more: [Plan.Stage] = []) -> Drill {
        var drill = Drill.of(
            [
                stage("head", cpus: 1, seconds: 1), stage("busy", cpus: 3, seconds: 100),
                stage("large", cpus: 4, seconds: 500, needs: ["head"]),
                stage("long", cpus: 1, seconds: 200, needs: ["head"]),
                stage("short", cpus: 1, seconds: 90, needs: ["head"]),
            ] + more)
        #expect(drill.atWork == ["busy", "head"])
        drill.pass(seconds: 1)
        drill.end("head")
        return drill
    }

    @Test("a small stage that would move back the first one without room waits, a shorter one does not")
    func promise() {
        var drill = drill([stage("after", cpus: 1, seconds: 1_000, needs: ["large"])])
        #expect(drill.atWork == ["busy", "short"])
        drill.pass(seconds: 90)
        drill.end("short")
        #expect(drill.atWork == ["busy"])
        drill.pass(seconds: 9)
        drill.end("busy")
        #expect(drill.atWork == ["large"])
        drill.end("large")
        #expect(drill.atWork == ["after", "long"])
        #expect(drill.violations.isEmpty)
    }

    @Test("where the run ends no later for it, what fits goes before the first one without room")
    func filling() {
        var drill = drill()
        #expect(drill.atWork == ["busy", "long"])
        drill.pass(seconds: 99)
        drill.end("busy")
        #expect(drill.atWork == ["long", "short"])
        #expect(drill.violations.isEmpty)
    }

    @Test("of stages with one start the one that most work waits for goes first")
    func longestChain() {
        var drill = Drill.of(
            [
                stage("alone", cpus: 1, seconds: 60), stage("head", cpus: 1, seconds: 60),
                stage("tail", cpus: 1, seconds: 600, needs: ["head"]),
            ], cpus: 1)
        #expect(drill.atWork == ["head"])
        drill.end("head")
        #expect(drill.outcome == nil)
    }

    private var drifting: [Plan.Stage] {
        [
            stage("late", cpus: 1, seconds: 100), stage("work", cpus: 1, seconds: 100),
            stage("chain", cpus: 1, seconds: 300, needs: ["late"]),
            stage("wide", cpus: 2, seconds: 200, needs: ["work"]),
            stage("last", cpus: 1, seconds: 100, needs: ["chain"]),
        ]
    }

    @Test("a stage that overruns makes what is left be planned anew, though nothing else happens")
    func overrun() throws {
        var drill = Drill.of(drifting, cpus: 2)
        let begun = drill.now
        #expect(drill.state.scheduled?.made == begun)
        let wake = try #require(drill.state.nextWake)
        #expect(wake > begun.advanced(bySeconds: 100))
        drill.pass(seconds: 100)
        #expect(drill.state.scheduled?.made == begun)
        drill.pass(seconds: 1_000)
        #expect(drill.state.scheduled?.made == drill.now)
        #expect(drill.state.nextWake.map { $0 > drill.now } ?? true)
    }

    @Test("stages that end far from their times make the rest go in another order, and the record says when and why")
    func replanned() throws {
        let first = UInt64.random(in: 0...UInt64.max)
        print("replanned: seed \(first)")
        var changes = 0
        // Ten runs, and as many more as it takes to see one change: by chance ten may all keep their order.
        for offset in 0..<200 where offset < 10 || changes == 0 {
            var random = SplitMix(seed: first &+ UInt64(offset))
            let seconds = (0..<9).map { _ in Int64.random(in: 60...600, using: &random) }
            let stages = seconds.enumerated().map { index, seconds in
                let needs = (0..<index).filter { _ in Int.random(in: 0..<4, using: &random) == 0 }.map { "s\($0)" }
                return stage("s\(index)", cpus: Int64.random(in: 1...2, using: &random), seconds: seconds, needs: needs)
            }
            var drill = Drill(Sketch.plan(stages, cpus: 2))
            drill.send(.begin)
            while let next = drill.atWork.randomElement(using: &random) {
                let before = (drill.state.ready.order, drill.record.replans.count)
                drill.pass(seconds: Double.random(in: 1...900, using: &random))
                drill.end(next)
                let isChanged = drill.state.ready.order != before.0
                #expect(isChanged == (drill.record.replans.count > before.1), "seed \(first), after \(next)")
                if isChanged { changes += 1 }
            }
            #expect(drill.outcome == .succeeded && drill.violations.isEmpty, "seed \(first)")
            #expect(drill.record.replans.allSatisfy { $0.reason.contains("its time") && $0.order.count > 1 })
        }
        #expect(changes > 0, "seed \(first)")
    }

    @Test("others go first when the order changes, and whoever waits goes on waiting")
    func reorder() {
        var queue = ReadyQueue((0..<4).map { Sketch.stage("s\($0)") })
        for stage in [0, 2, 3] { queue.insert(stage) }
        queue.reorder([3, 0])
        #expect(queue.order == [3, 1, 2, 0])
        #expect(queue.takeAll() == [3, 2, 0])
    }
}
