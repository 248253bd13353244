import SluiceModel
import SluiceReport
import Testing

@testable import SluiceReport

@Suite struct ComparisonTests {
    private func comparison() throws -> PlanComparison {
        let stages = try Build.stages(chosen: true)
        let after = try Build.plan(stages: stages, decision: Build.admitted())
        var quiet = try Build.admitted()
        quiet.objective = .init(penalty: .zero, cost: .zero, makespan: 0)
        let before = try Build.plan(stages: stages, decision: quiet)
        func share(_ seconds: Double, _ cost: String, gpu: String = "0", runs: Bool = true) throws
            -> PlanComparison.Share
        {
            .init(
                runs: runs, profile: "small", duration: seconds,
                use: [.cost: try Build.amount(cost), .gpuHours: try Build.amount(gpu)])
        }
        let idle = PlanComparison.Share(runs: false, profile: "small", duration: 0, use: [:])
        return PlanComparison(
            base: try Build.revision(Reference("refs/heads/release")), before: before, after: after,
            stages: [
                .init(name: "prepare", kind: .same, before: idle, after: idle),
                .init(
                    name: "train[model=a|b]", kind: .changed,
                    reasons: ["params.lr changed 0.1 → 0.2", "by @alice in #12"],
                    before: idle, after: try share(720, "0.4", gpu: "0.2")),
                .init(name: "explain", kind: .added, before: nil, after: try share(65, "0.02")),
                .init(name: "old", kind: .removed, before: try share(30, "0.01"), after: nil),
            ])
    }

    @Test("what a commit changes is told in a sentence, by stage and together")
    func text() throws {
        try expectGolden("against.txt", PlanComparisonText.lines(comparison(), width: 100, style: .plain))
        try expectGolden("against-80.txt", PlanComparisonText.lines(comparison(), width: 80, style: .ascii))
    }

    @Test("the Markdown is a table in which no text is markup, a mention or another cell")
    func markdown() throws {
        try expectGolden("against.md", PlanComparisonMarkdown.lines(comparison()))
        #expect(
            MarkdownText.escaped("a|b `c` <img> @x #1 [l](u) *b*\n# t")
                == "a\\|b \\`c\\` &lt;img&gt; @<!-- -->x #<!-- -->1 \\[l\\](u) \\*b\\*\\\\n#<!-- --> t")
    }

    @Test("the JSON of a comparison is that of the plan, and what it is compared with")
    func json() throws {
        try expectGolden("against.json", [JSONText.encode(PlanComparisonJSON(comparison()), pretty: true)])
    }

    @Test("a pipeline that is new says so")
    func new() throws {
        let after = try Build.plan(stages: Build.stages(chosen: true), decision: Build.admitted())
        let comparison = PlanComparison(
            base: try Build.revision(), before: nil, after: after,
            obstacle: "3f2a91c0de has no pipeline churn: all of it is new",
            stages: after.stages.map { .init(name: $0.name, kind: .added, before: nil, after: nil) })
        try expectGolden("against-new.txt", PlanComparisonText.lines(comparison, width: 100, style: .plain))
    }
}
