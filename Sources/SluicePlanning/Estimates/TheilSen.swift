/// Fits and a test that a minority of outliers cannot pull away: medians and ranks instead of squares.
enum TheilSen {
    /// The median slope over all pairs of points (Theil, 1950; Sen, 1968). nil where all x are equal.
    static func slope(_ points: [(x: Double, y: Double)]) -> Double? {
        var slopes: [Double] = []
        slopes.reserveCapacity(points.count * points.count / 2)
        for (index, first) in points.enumerated() {
            for second in points[(index + 1)...] where abs(second.x - first.x) > 1e-12 {
                slopes.append((second.y - first.y) / (second.x - first.x))
            }
        }
        return slopes.isEmpty ? nil : median(slopes)
    }

    /// How surely values rise (positive) or fall in their order: the standardised statistic of Mann (1945) and
    /// Kendall (1975), near to a standard normal variable where there is no trend.
    static func trend(_ values: [Double]) -> Double {
        let count = Double(values.count)
        var score = 0.0
        for (index, first) in values.enumerated() {
            for second in values[(index + 1)...] {
                score += second > first ? 1 : second < first ? -1 : 0
            }
        }
        let variance = count * (count - 1) * (2 * count + 5) / 18
        guard variance > 0, score != 0 else { return 0 }
        return (score - (score > 0 ? 1 : -1)) / variance.squareRoot()
    }

    /// The median distance from the median: a spread that outliers do not widen.
    static func spread(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return 0 }
        let middle = median(values)
        return median(values.map { abs($0 - middle) })
    }

    /// Of at least one value.
    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let half = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
    }
}
