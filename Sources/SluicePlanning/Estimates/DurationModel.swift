import Glibc

/// What durations of the past say about the next one, in logarithms, because durations scatter by factors:
/// the size of the data and a trend are taken out where they explain the scatter, and the chosen quantile of what
/// remains is put on top again.
struct DurationModel {
    /// A sample: seconds, and the bytes of the data, oldest first.
    typealias Sample = (wall: Double, bytes: Int64?)

    /// From so many samples on, effects are looked for.
    private static let fewest = 10
    /// Sizes that differ by less than this factor say nothing.
    private static let leastRange = log(1.5)
    /// Size explains the scatter where it leaves no more than this share of it.
    private static let largestRest = 0.7
    /// Work that grows with more than the square of its data would be a chance find.
    private static let steepest = 2.0
    /// Sizes beyond those of the samples count as at most this factor larger or smaller.
    private static let farthest = log(2.0)
    /// Standard deviations from which on a trend is believed: 1 in 100 histories without one shows so much.
    private static let sureTrend = 2.58

    private let walls: [Double]
    /// Logarithms of the durations without the effects.
    private var rest: [Double]
    private(set) var scale: Double?
    private(set) var trend: Double?

    /// `bytes` is the size of the next attempt's data.
    init(_ samples: [Sample], bytes: Int64?) {
        walls = samples.map(\.wall)
        rest = walls.map { log(max($0, 0.001)) }
        guard samples.count >= Self.fewest else { return }
        if let bytes { explainBySize(samples, bytes) }
        explainByTrend()
    }

    /// The smallest duration that holds for a share `quantile` of all next ones, whatever the distribution: the k-th
    /// of n with k = ⌈q (n + 1)⌉ (Wilks, 1941; split conformal prediction in Vovk, Gammerman and Shafer, 2005). Too few
    /// samples for that give the largest.
    func duration(quantile: Double) -> Double {
        let rank = Int((quantile * Double(rest.count + 1)).rounded(.up))
        let place = min(max(rank, 1), rest.count) - 1
        // Where nothing was taken out, a duration is what was measured, to the last digit.
        guard scale != nil || trend != nil else { return walls.sorted()[place] }
        return exp(rest.sorted()[place]) * (scale ?? 1) * (trend ?? 1)
    }

    /// A power law through the samples.
    private mutating func explainBySize(_ samples: [Sample], _ bytes: Int64) {
        let sizes = samples.compactMap { sample in sample.bytes.flatMap { $0 > 0 ? log(Double($0)) : nil } }
        guard sizes.count == samples.count, bytes > 0, let least = sizes.min(), let most = sizes.max(),
            most - least >= Self.leastRange, let slope = TheilSen.slope(zip(sizes, rest).map { (x: $0, y: $1) }),
            slope > 0, slope <= Self.steepest
        else { return }
        let middle = TheilSen.median(sizes)
        let explained = zip(sizes, rest).map { size, value in value - slope * (size - middle) }
        guard TheilSen.spread(explained) <= Self.largestRest * TheilSen.spread(rest) else { return }
        let size = min(max(log(Double(bytes)), least - Self.farthest), most + Self.farthest)
        rest = explained
        scale = exp(slope * (size - middle))
    }

    /// A steady change from attempt to attempt, as of data that grows or code that is made faster.
    private mutating func explainByTrend() {
        let points = rest.enumerated().map { (x: Double($0.offset), y: $0.element) }
        guard abs(TheilSen.trend(rest)) > Self.sureTrend, let slope = TheilSen.slope(points) else { return }
        let middle = Double(rest.count - 1) / 2
        rest = points.map { $0.y - slope * ($0.x - middle) }
        trend = exp(slope * (Double(rest.count) - middle))
    }
}
