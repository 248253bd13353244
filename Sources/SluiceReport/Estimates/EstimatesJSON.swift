import SluiceModel

/// `sluice budget --estimates --json`.
package struct EstimatesJSON: Encodable {
    private let schema = "sluice.estimates/v1"
    private let estimates: [CoverageJSON]

    package init(_ coverage: [EstimateCoverage]) { estimates = coverage.map(CoverageJSON.init) }

    private enum CodingKeys: String, CodingKey { case schema, estimates }
}

/// How well one kind of estimate held.
private struct CoverageJSON: Encodable {
    private let repository, work, profile, source: String
    private let quantile: OrNull<Double>
    private let attempts, covered: Int
    private let coverage, meanRatio: Double

    init(_ coverage: EstimateCoverage) {
        repository = coverage.repository
        work = coverage.kind.work
        profile = coverage.kind.profile
        source = coverage.source.rawValue
        quantile = OrNull(coverage.promise)
        attempts = coverage.attempts
        covered = coverage.covered
        self.coverage = coverage.share
        meanRatio = coverage.meanRatio
    }

    private enum CodingKeys: String, CodingKey {
        case repository, work, profile, source, quantile, attempts, covered, coverage
        case meanRatio = "mean_ratio"
    }
}
