import SluiceModel
import SluicePlanning
import SluiceTesting
import Testing

@Suite struct EstimateTests {
    /// The learning pipeline with a history of its training with the profile `large`.
    private func estimate(_ seconds: [Double], quantile: Double = 0.9, minimum: Int = 5) throws -> Plan.Estimate? {
        var fixture = Fixture.learning()
        fixture.budget.estimateQuantile = quantile
        fixture.budget.estimateMinSamples = minimum
        var context = fixture.context
        context.history = { stage, profile, limit in
            stage == "train" && profile == "large" ? Array(seconds.prefix(limit)) : []
        }
        return try Planner.plan(fixture.linked, in: context).stage(named: "train")?.profiles.first?.estimate
    }

    @Test("with enough history the estimate is the chosen quantile of it, by nearest rank")
    func history() throws {
        let seconds = (1...10).map(Double.init).reversed()
        #expect(try estimate(Array(seconds)) == Plan.Estimate(duration: .seconds(9), source: .history))
        #expect(try estimate(Array(seconds), quantile: 0.5) == Plan.Estimate(duration: .seconds(5), source: .history))
        #expect(try estimate([3, 1, 2], minimum: 3)?.duration == .seconds(3))
    }

    @Test("with less than min_samples the declared estimate stands")
    func tooLittle() throws {
        #expect(try estimate([9, 9, 9, 9]) == Plan.Estimate(duration: .seconds(36), source: .declared))
        #expect(try estimate([], minimum: 1)?.source == .declared)
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
