import SluiceModel
import SluiceReport
import Testing

@Suite struct JSONTests {
    private func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }

    @Test("a plan has exactly the keys of sluice.plan/v1")
    func plan() throws {
        let admitted = try Build.plan(
            stages: Build.stages(chosen: true), decision: Build.admitted(), diagnostics: [Build.diagnostic(.warning)])
        try expectGolden("plan.json", lines(JSONText.encode(PlanJSON(admitted), pretty: true)))
        let refused = try Build.plan(stages: Build.stages(chosen: false), decision: Build.refused())
        try expectGolden("plan-refused.json", lines(JSONText.encode(PlanJSON(refused), pretty: true)))
    }

    @Test("a run has exactly the keys of sluice.run/v1")
    func run() throws {
        try expectGolden("run.json", lines(JSONText.encode(RunJSON(try Build.succeeded()), pretty: true)))
        try expectGolden("run-failed.json", lines(JSONText.encode(RunJSON(try Build.failed()), pretty: true)))
    }

    @Test("what is not known until a run has ended is null, not missing")
    func unfinished() throws {
        let record = RunRecord(
            head: try Build.head(), events: Build.events([(2, try Build.planned()), (2, try Build.started("train"))]))
        try expectGolden("run-unfinished.json", lines(JSONText.encode(RunJSON(record), pretty: true)))
    }

    @Test("runs are listed newest first, a reference that is not UTF-8 with its bytes")
    func runs() throws {
        var odd = try Build.head(43)
        odd.revision.reference = Reference(bytes: Array("refs/heads/caf".utf8) + [0xe9])
        let text = JSONText.encode(RunsJSON([try Build.head(42), odd]), pretty: true)
        try expectGolden("runs.json", lines(text))
    }

    @Test("the status has its runs with their progress")
    func status() throws {
        let running = RunRecord(
            head: try Build.head(), events: Build.events([(2, try Build.planned()), (2, try Build.started("train"))]))
        let status = QueueStatus(active: [running], workers: 1)
        try expectGolden("status.json", lines(JSONText.encode(StatusJSON(status), pretty: true)))
    }

    @Test("diagnostics have a hint only where there is one")
    func lint() {
        let diagnostics = [Build.diagnostic(), Build.diagnostic(.note, hint: nil)]
        #expect(
            JSONText.encode(LintJSON(diagnostics)) == """
                {"diagnostics":[{"column":11,"file":"pipelines/churn.yaml","hint":"the nearest name is `train-sklearn`",\
                "id":"pipeline.unknown-plugin","line":12,"message":"no plugin is named `train-sklaern`",\
                "severity":"error"},{"column":11,"file":"pipelines/churn.yaml","id":"pipeline.unknown-plugin","line":12,\
                "message":"no plugin is named `train-sklaern`","severity":"note"}],"schema":"sluice.lint/v1"}
                """)
    }

    @Test("amounts are exact decimals and numbers that JSON lacks are words")
    func numbers() throws {
        let amounts = [
            "a": try Build.amount("0.1") + Build.amount("0.2"), "b": Amount(3), "c": try Build.amount("0.000000001"),
        ]
        #expect(JSONText.encode(amounts) == #"{"a":0.3,"b":3,"c":1e-09}"#)
        #expect(JSONText.encode(["x": Double.nan, "y": .infinity]) == #"{"x":"nan","y":"inf"}"#)
    }
}
