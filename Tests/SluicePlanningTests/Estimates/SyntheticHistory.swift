import Glibc
import SluiceTesting

@testable import SluicePlanning

/// Durations as pipelines show them, made from a seed: what scatters, what drifts, what grows with the data.
struct SyntheticHistory {
    enum Kind: String, CaseIterable {
        /// Scatter by factors, σ = 0.3.
        case scatter
        /// Student's t with 3 degrees of freedom in the logarithm: rare attempts take many times as long.
        case heavyTails
        /// 0.2 % longer from attempt to attempt.
        case slowDrift
        /// 1 % longer from attempt to attempt.
        case fastDrift
        /// 1 % shorter from attempt to attempt.
        case speedUp
        /// Twice as long from the middle on.
        case step
        /// Half as long from the middle on.
        case stepDown
        /// As long as the data is large, which differs by factors.
        case dataSize
        /// The same, with a fixed part that does not depend on the data.
        case dataSizeWithOffset
        /// Data that grows by 1 % from attempt to attempt.
        case growingData
        /// Data of many sizes on which nothing depends.
        case irrelevantSize
    }

    private(set) var samples: [DurationModel.Sample] = []

    init(_ kind: Kind, count: Int, seed: UInt64) {
        var random = SplitMix(seed: seed)
        for index in 0..<count {
            let step = Double(index)
            let late = index >= count / 2
            var bytes = 1e6
            var level = 0.0
            var noise = 0.3
            switch kind {
            case .scatter: break
            case .heavyTails: noise = 0
            case .slowDrift: level = 0.002 * step
            case .fastDrift: (level, noise) = (0.01 * step, 0.2)
            case .speedUp: (level, noise) = (-0.01 * step, 0.2)
            case .step: (level, noise) = (late ? log(2) : 0, 0.1)
            case .stepDown: (level, noise) = (late ? -log(2) : 0, 0.1)
            case .dataSize:
                bytes = exp(14 + random.normal())
                (level, noise) = (log(bytes / 1e6), 0.15)
            case .dataSizeWithOffset:
                bytes = exp(14 + random.normal())
                (level, noise) = (log(5 + bytes / 1e6), 0.1)
            case .growingData:
                bytes = 1e6 * exp(0.01 * step)
                (level, noise) = (log(bytes / 1e6), 0.1)
            case .irrelevantSize: bytes = exp(14 + random.normal())
            }
            let scatter = kind == .heavyTails ? 0.2 * random.student3() : noise * random.normal()
            samples.append((wall: 60 * exp(level + scatter), bytes: Int64(bytes)))
        }
    }

    /// The share of attempts that took no longer than what those before them said, and the median of estimated over
    /// actual time: 1 would be an estimate of the median, more is what certainty costs.
    func coverage(quantile: Double, window: Int = HistoryEstimates.window, from first: Int) -> (
        share: Double, ratio: Double
    ) {
        var covered = 0
        var ratios: [Double] = []
        for index in first..<samples.count {
            let past = Array(samples[max(0, index - window)..<index])
            let estimate = DurationModel(past, bytes: samples[index].bytes).duration(quantile: quantile)
            covered += samples[index].wall <= estimate ? 1 : 0
            ratios.append(estimate / samples[index].wall)
        }
        return (Double(covered) / Double(samples.count - first), TheilSen.median(ratios))
    }
}

extension SplitMix {
    private mutating func fraction() -> Double { (Double(next() >> 11) + 0.5) / 9_007_199_254_740_992 }

    /// Standard normal (Box and Muller, 1958).
    mutating func normal() -> Double {
        let radius = (-2 * log(fraction())).squareRoot()
        return radius * cos(2 * .pi * fraction())
    }

    /// Student's t with three degrees of freedom.
    mutating func student3() -> Double {
        let numerator = normal()
        let squares = (0..<3).reduce(0.0) { sum, _ in
            let value = normal()
            return sum + value * value
        }
        return numerator / (squares / 3).squareRoot()
    }
}
