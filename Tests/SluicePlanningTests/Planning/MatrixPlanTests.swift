import SluiceModel
import Testing

@testable import SluicePlanning

@Suite("Plans of many stages")
struct MatrixPlanTests {
    @Test("a matrix is the product of its axes, the last one fastest, and needs reach all instances")
    func matrix() throws {
        var fixture = Fixture.learning()
        fixture.stages[1].matrix = .init(axes: [
            .init(name: "model", values: [.string("logreg"), .string("forest")]),
            .init(name: "fold", values: [.integer(1), .integer(2)]),
        ])
        fixture.stages[2].select = .init(from: Located("train", at: Fixture.place), metric: "auc", direction: .maximize)
        let plan = try fixture.plan()
        let names = [
            "train[model=logreg,fold=1]", "train[model=logreg,fold=2]", "train[model=forest,fold=1]",
            "train[model=forest,fold=2]",
        ]
        #expect(plan.stages.map(\.name) == ["prepare"] + names + ["evaluate", "deploy"])
        #expect(plan.stage(named: "evaluate")?.needs == names)
        #expect(
            plan.stage(named: "evaluate")?.inputs.map(\.source) == [
                .selected(from: names, output: "model", metric: "auc", direction: .maximize)
            ])
        #expect(plan.stage(named: "evaluate")?.inputs.map(\.isMany) == [false])
    }

    @Test("a matrix that is read without select is a list")
    func matrixList() throws {
        var fixture = Fixture.learning()
        fixture.stages[1].matrix = .init(axes: [.init(name: "m", values: [.string("a"), .string("b")])])
        let input = try fixture.plan().stage(named: "evaluate")?.inputs.first
        #expect(input?.isMany == true)
        #expect(
            input?.source
                == .outputs([.init(stage: "train[m=a]", output: "model"), .init(stage: "train[m=b]", output: "model")]))
    }

    @Test("20,000 stages are no plan too large, one more is")
    func mostStages() throws {
        var fixture = Fixture.learning()
        fixture.stages[1].matrix = .init(axes: [
            .init(name: "a", values: (0..<20_000 - 3).map { .integer($0) })
        ])
        try Planner.checkSize(fixture.stages, fixture.linked.pipeline)
        fixture.stages[1].matrix?.axes[0].values.append(.string("more"))
        #expect(throws: PlanningError.self) { try Planner.checkSize(fixture.stages, fixture.linked.pipeline) }
    }

    @Test("more than 20,000 stages are a diagnostic, however many the axes would make")
    func tooMany() throws {
        var fixture = Fixture.learning()
        let values = (0..<200).map { JSONValue.integer(Int64($0)) }
        fixture.stages[1].matrix = .init(axes: [
            .init(name: "a", values: values), .init(name: "b", values: values), .init(name: "c", values: values),
        ])
        let error = #expect(throws: PlanningError.self) { try fixture.plan() }
        guard case .invalid(let diagnostics)? = error else { return }
        #expect(diagnostics.map(\.id) == ["plan.too-large"])
    }

    @Test("a text that names an instance needs that one, and one that is not there is a diagnostic")
    func namedInstance() throws {
        var fixture = Fixture.learning()
        fixture.stages[1].matrix = .init(axes: [.init(name: "m", values: [.string("a"), .string("b")])])
        fixture.stages.append(Fixture.stage("look", run: "echo ${stages.train[m=b].metrics.auc}"))
        #expect(try fixture.plan().stage(named: "look")?.needs == ["train[m=b]"])
        fixture.stages[4].action.value = .run("echo ${stages.train[m=c].metrics.auc}")
        #expect(throws: PlanningError.self) { try fixture.plan() }
    }
}
