import SluiceModel
import SluicePlanning
import SluiceTesting
import Synchronization
import Testing

@Suite struct EstimateTests {
    /// Samples of the learning pipeline's training, newest first.
    private func samples(_ seconds: [Double], stage: String = "train", memory: Int64 = 0) -> [WorkSample] {
        seconds.map { WorkSample(pipeline: "p", stage: stage, wall: $0, memoryPeak: memory) }
    }

    /// The estimate of the training with its profile `large`.
    private func estimate(
        _ samples: [WorkSample], quantile: Double = 0.9, minimum: Int = 5, answers: PluginEstimates = [:]
    ) throws -> Plan.Estimate {
        var fixture = Fixture.learning()
        fixture.budget.estimateQuantile = quantile
        fixture.budget.estimateMinSamples = minimum
        var context = fixture.context
        context.answers = answers
        context.history = { kind, limit in
            kind == WorkKind(work: "train-sklearn", profile: "large") ? Array(samples.prefix(limit)) : []
        }
        return try #require(
            try Planner.plan(fixture.linked, in: context).stage(named: "train")?.profiles.first?.estimate)
    }

    @Test("with enough history the estimate is the chosen quantile for the next attempt, and says how it was made")
    func history() throws {
        let mixed = samples([3, 9, 1, 7, 5, 2, 8, 4, 6])
        #expect(
            try estimate(mixed)
                == Plan.Estimate(
                    duration: .seconds(9), source: .history, basis: .init(quantile: 0.9, samples: 9),
                    median: .seconds(5)))
        #expect(try estimate(mixed, quantile: 0.5).duration == .seconds(5))
        #expect(try estimate(samples([3, 1, 2]), minimum: 3).duration == .seconds(3))
    }

    @Test("with less than min_samples the declared estimate stands, unless an attempt took longer already")
    func tooLittle() throws {
        #expect(try estimate(samples([9, 9, 9, 9])) == Plan.Estimate(duration: .seconds(36), source: .declared))
        #expect(try estimate([], minimum: 1).source == .declared)
        #expect(
            try estimate(samples([9, 40]))
                == Plan.Estimate(duration: .seconds(40), source: .history, basis: .init(quantile: 1, samples: 2)))
    }

    @Test("what the plugin says stands above what was declared and below enough history, at the asked quantile")
    func answered() throws {
        let answers = ["train": ["large": PluginEstimate(p50: 10, p90: 20, memory: 7)]]
        func answered(_ seconds: [Double] = [], quantile: Double = 0.9) throws -> Plan.Estimate {
            try estimate(samples(seconds), quantile: quantile, answers: answers)
        }
        #expect(try answered() == Plan.Estimate(duration: .seconds(20), source: .plugin, memory: 7))
        #expect(try answered(quantile: 0.5).duration == .seconds(10))
        #expect(try answered(quantile: 0.7).duration == .seconds(15))
        #expect(try answered(quantile: 0.99).duration == .seconds(20))
        #expect(try answered([1, 2, 3, 4, 5]).source == .history)
        #expect(try answered([9, 40]).duration == .seconds(40))
        let others = ["train": ["small": PluginEstimate(p50: 1, p90: 1)], "prepare": ["large": .init(p50: 1, p90: 1)]]
        #expect(try estimate([], answers: others).source == .declared)
    }

    @Test("a stage's own attempts count where they suffice, else all with the same plugin and profile")
    func ownFirst() throws {
        let others = samples(Array(repeating: 100, count: 20), stage: "train-other")
        #expect(try estimate(others + samples([1, 2, 3, 2, 1])).duration == .seconds(3))
        #expect(try estimate(others + samples([1, 2, 3, 2])).duration == .seconds(100))
    }

    @Test("measured memory is reported beside the duration")
    func memory() throws {
        #expect(try estimate(samples([1, 2, 3, 2, 1], memory: 1 << 30)).memory == 1 << 30)
        #expect(try estimate(samples([1, 2, 3, 2, 1])).memory == nil)
    }

    @Test("history is asked for once for a plugin with a profile, however large the matrix")
    func oneQuery() throws {
        let asked = Mutex<[WorkKind]>([])
        var fixture = Fixture.learning()
        let values = (0..<40).map { JSONValue.integer(Int64($0)) }
        fixture.stages[1].matrix = .init(axes: [.init(name: "n", values: values)])
        fixture.stages.removeLast(2)
        var context = fixture.context
        context.history = { kind, _ in
            asked.withLock { $0.append(kind) }
            return []
        }
        #expect(try Planner.plan(fixture.linked, in: context).stages.count == 41)
        #expect(
            asked.withLock { $0 } == [
                WorkKind(work: "stage:prepare", profile: "small"), WorkKind(work: "train-sklearn", profile: "large"),
                WorkKind(work: "train-sklearn", profile: "small"),
            ])
    }

    @Test("the size of a stage's data is that of the commit's files behind it, also through stages that run")
    func dataBytes() throws {
        let plan = try Fixture.learning().plan()
        #expect(plan.stages.map(\.dataBytes) == [3, 3, 3, 3])
    }

    @Test("where a file outside of the commit is read, the size of the data is not known")
    func unknownBytes() throws {
        var fixture = Fixture.learning()
        fixture.stages[1].inputs.append(.init(name: "more", source: Located(.external("/data/x"), at: Fixture.place)))
        #expect(try fixture.plan().stages.map(\.dataBytes) == [3, nil, nil, nil])
    }

    @Test("paths of outputs and metrics are filled before the run, and may not lead out of the workspace")
    func filledPaths() throws {
        var fixture = Fixture.learning()
        fixture.params["name"] = .string("m-1")
        fixture.stages[0].outputs[0].path = "out/${params.name}.csv"
        fixture.stages[0].metricsPath = "${params.name}.json"
        let stage = try #require(try fixture.plan().stage(named: "prepare"))
        #expect(stage.outputs[0].path == "out/m-1.csv" && stage.definition.metricsPath == "m-1.json")
        fixture.params["name"] = .string("../../x")
        #expect(throws: PlanningError.self) { try fixture.plan() }
    }
}
