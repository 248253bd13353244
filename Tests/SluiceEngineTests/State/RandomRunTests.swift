import SluiceModel
import Testing

@testable import SluiceEngine

@Suite("Random runs")
struct RandomRunTests {
    @Test("every random run ends, with every stage ended once, in order, within capacity, and its record adds up")
    func random() {
        let first = UInt64.random(in: 0...UInt64.max)
        print("random runs: seed \(first)")
        for offset in 0..<400 {
            let seed = first &+ UInt64(offset)
            var world = RandomWorld(seed: seed)
            var drill = Drill(world.plan(), options: RunOptions(keepGoing: world.isTrue()))
            drill.send(.begin)
            let problem = world.drive(&drill)
            #expect(problem == nil, "seed \(seed)")
            #expect(drill.violations.isEmpty, "seed \(seed)")
            #expect(sums(drill) == drill.record.usage, "seed \(seed)")
            if drill.outcome != .refused || !drill.record.stages.allSatisfy({ $0.end == nil }) {
                #expect(drill.record.stages.allSatisfy { $0.end != nil }, "seed \(seed)")
            }
            #expect(drill.record.head.outcome == drill.outcome, "seed \(seed)")
            for (index, stage) in drill.record.stages.enumerated() {
                #expect(drill.state.nodes[index].end == stage.end, "seed \(seed)")
                #expect(drill.state.nodes[index].attempts == stage.attempts.count, "seed \(seed)")
                #expect(stage.open == nil, "seed \(seed)")
            }
        }
    }

    @Test("a random run whose runner dies at any moment goes on to an end that adds up")
    func randomResume() {
        let first = UInt64.random(in: 0...UInt64.max)
        print("random interrupted runs: seed \(first)")
        for offset in 0..<200 {
            let seed = first &+ UInt64(offset)
            var world = RandomWorld(seed: seed)
            let plan = world.plan()
            var drill = Drill(plan)
            drill.send(.begin)
            _ = world.drive(&drill, steps: world.number(below: 12))
            guard drill.outcome == nil else { continue }
            var next = Drill(plan, resuming: drill, isLost: world.isTrue())
            next.send(.begin)
            #expect(world.drive(&next) == nil, "seed \(seed)")
            #expect(next.violations.isEmpty, "seed \(seed)")
            #expect(sums(next) == next.record.usage, "seed \(seed)")
            #expect(next.record.stages.allSatisfy { $0.end != nil }, "seed \(seed)")
        }
    }

    /// What the state thinks was used, without zeros, as records name it.
    private func sums(_ drill: Drill) -> [String: Amount] {
        Dictionary(uniqueKeysWithValues: drill.state.used.map { ($0.key.rawValue, $0.value) })
    }
}

/// Makes plans and ends attempts at random, the same for the same seed.
private struct RandomWorld {
    /// SplitMix64 (Steele, Lea and Flood, 2014).
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func number(below limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) >> 33) % max(1, limit)
    }

    mutating func isTrue(outOf chances: Int = 2) -> Bool { number(below: chances) == 0 }

    mutating func plan() -> Plan {
        var stages: [Plan.Stage] = []
        while stages.count < 3 + number(below: 14) {
            let needs = stages.map(\.name).filter { _ in isTrue(outOf: 4) }
            guard isTrue(outOf: 5) else {
                stages.append(stage(stages, needs: needs))
                continue
            }
            let matrix = Sketch.matrix(
                "m\(stages.count)", count: 1 + number(below: 4), failFast: isTrue(),
                maxParallel: isTrue() ? 1 + number(below: 2) : nil, needs: needs)
            stages += matrix.map { $0.making("out").retrying(number(below: 3)) }
            guard isTrue() else { continue }
            stages.append(
                Sketch.stage("pick\(stages.count)").selecting(from: matrix[0].definition.name, count: matrix.count))
        }
        let limits = isTrue(outOf: 3) ? [BudgetLimit(resource: .cost, amount: Amount(decimal: "0.2") ?? .zero)] : []
        return Sketch.plan(stages, cpus: 4, limits: limits)
    }

    private mutating func stage(_ earlier: [Plan.Stage], needs: [String]) -> Plan.Stage {
        // A few share a key.
        let script = isTrue(outOf: 4) ? "shared \(number(below: 2))" : nil
        var stage = Sketch.stage("s\(earlier.count)", needs: needs, cpus: Int64(1 + number(below: 4)), script: script)
            .making("out").retrying(number(below: 3))
        stage.start = isTrue() ? Double(number(below: 5)) : nil
        if isTrue(outOf: 6) { stage.definition.after = .any }
        if isTrue(outOf: 8) { stage = stage.using(Sketch.plugin("d", role: .deploy)) }
        if isTrue(outOf: 8), let need = needs.first {
            stage = stage.condition("stages.\(need).metrics.auc > 0.5")
        }
        if isTrue(outOf: 3), let source = earlier.last, source.definition.matrix == nil, !source.outputs.isEmpty {
            stage = stage.reading("x", of: [(source.name, "out")])
        }
        return stage
    }

    /// Does things at random until the run has ended; what keeps it from ending.
    mutating func drive(_ drill: inout Drill, steps: Int = 2000) -> String? {
        for _ in 0..<steps {
            guard drill.outcome == nil else { return nil }
            if drill.atWork.isEmpty {
                guard let wake = drill.state.nextWake else { return "nothing runs and nothing will" }
                drill.pass(seconds: wake.seconds(since: drill.now))
            } else if isTrue(outOf: 40) {
                drill.cancel(killNow: isTrue())
            } else if isTrue(outOf: 5) {
                drill.pass(seconds: Double(number(below: 30)))
            } else {
                endOne(&drill)
            }
        }
        return steps < 2000 ? nil : "it does not end"
    }

    private mutating func endOne(_ drill: inout Drill) {
        let stage = drill.atWork[number(below: drill.atWork.count)]
        let wall = Double(1 + number(below: 100))
        switch number(below: 12) {
        case 0: drill.end(stage, .failed, error: .user, wall: wall)
        case 1, 2: drill.end(stage, .failed, error: .transient, wall: wall)
        case 3: drill.end(stage, .skipped, wall: wall)
        case 4: drill.end(stage, .lost, wall: wall)
        case 5: drill.end(stage, .failed, wall: wall) { $0.isCrash = true }
        default: drill.end(stage, metrics: ["auc": Double(number(below: 10)) / 10], wall: wall)
        }
    }
}
