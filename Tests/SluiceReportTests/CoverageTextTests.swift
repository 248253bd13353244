import SluiceModel
import SluiceReport
import Testing

@Suite struct CoverageTextTests {
    private func coverage(
        _ work: String, _ source: Plan.Estimate.Source, _ quantile: Double?, _ covered: Int, of attempts: Int
    ) -> EstimateCoverage {
        EstimateCoverage(
            repository: "/srv/a.git", kind: WorkKind(work: work, profile: "small"), source: source,
            quantile: quantile, attempts: attempts, covered: covered, meanRatio: 0.74)
    }

    @Test("what estimates promised stands beside what held, and a broken promise is marked")
    func table() throws {
        let all = [
            coverage("stage:prepare", .declared, nil, 3, of: 4), coverage("train-sklearn", .history, 0.9, 91, of: 100),
            coverage("evaluate", .history, 0.9, 70, of: 100), coverage("deploy", .history, 1, 2, of: 2),
        ]
        try expectGolden("coverage.txt", CoverageText.lines(all, width: 80, style: .coloured))
        #expect(CoverageText.lines([], width: 80, style: .plain).count == 1)
        #expect(JSONText.encode(EstimatesJSON(all)).contains("\"coverage\":0.91"))
    }
}
