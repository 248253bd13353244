import SluiceModel

/// How well estimates held so far, for a person: `sluice budget --estimates`.
package enum CoverageText {
    package static func lines(_ coverage: [EstimateCoverage], width: Int, style: Style) -> [String] {
        guard !coverage.isEmpty else { return ["no attempt has been compared with its estimate yet"] }
        var table = TextTable([
            .init("work", minimum: 10), .init("profile", minimum: 6), .init("from"), .init("promised", .right),
            .init("held", .right), .init("attempts", .right), .init("took", .right),
            .init("repository", minimum: 12, isOptional: true),
        ])
        let severalRepositories = Set(coverage.map(\.repository)).count > 1
        for line in coverage { table.append(row(line, severalRepositories, style)) }
        return table.lines(width: width, style: style, indent: 0)
    }

    private static func row(_ line: EstimateCoverage, _ showsRepository: Bool, _ style: Style) -> [StyledText] {
        [
            StyledText(line.kind.work), StyledText(line.kind.profile), StyledText(line.source.rawValue, .quiet),
            line.promise.map { StyledText(HumanUnits.percent($0)) } ?? StyledText(style.symbols.none, .quiet),
            StyledText(HumanUnits.percent(line.share), line.isShort ? .warning : .plain),
            StyledText(String(line.attempts)),
            StyledText(HumanUnits.factor(line.meanRatio), .quiet),
            showsRepository ? StyledText(line.repository, .quiet) : .empty,
        ]
    }
}

extension EstimateCoverage {
    /// The share of attempts that took no longer than estimated.
    var share: Double { attempts == 0 ? 0 : Double(covered) / Double(attempts) }

    /// What a quantile promises; the longest of too few attempts, as a declared estimate, promises nothing.
    var promise: Double? { quantile.flatMap { source == .history && $0 < 1 ? $0 : nil } }

    /// Whether attempts break the promise more often than chance explains: two standard deviations of a binomial.
    var isShort: Bool {
        guard let promise, attempts >= 10 else { return false }
        let deviation = (promise * (1 - promise) / Double(attempts)).squareRoot()
        return share < promise - 2 * deviation
    }
}
