import SluiceTesting
import Testing

@testable import SluicePlanning

/// Whether an estimate means what it says: a p90 holds for about nine of ten next attempts.
@Suite struct CoverageTests {
    private static let seeds: ClosedRange<UInt64> = 1...8

    @Test("the p90 holds for 85 to 95 percent of the next attempts", arguments: SyntheticHistory.Kind.allCases)
    func p90(_ kind: SyntheticHistory.Kind) {
        let results = Self.seeds.map { seed in
            SyntheticHistory(kind, count: 200, seed: seed).coverage(quantile: 0.9, from: 5)
        }
        let share = results.map(\.share).reduce(0, +) / Double(results.count)
        let ratio = results.map(\.ratio).reduce(0, +) / Double(results.count)
        print("coverage of p90, \(kind): \(share), estimate over actual \(ratio), seeds \(Self.seeds)")
        #expect((0.85...0.95).contains(share))
    }

    @Test("the p50 holds for about half of the next attempts")
    func p50() {
        let shares = Self.seeds.map { seed in
            SyntheticHistory(.scatter, count: 200, seed: seed).coverage(quantile: 0.5, from: 5).share
        }
        let share = shares.reduce(0, +) / Double(shares.count)
        #expect((0.45...0.55).contains(share), "seeds \(Self.seeds)")
    }

    @Test("the size of the data makes estimates sharper where durations follow it")
    func sharper() {
        let history = SyntheticHistory(.dataSize, count: 200, seed: 3)
        let blind = history.samples.map { (wall: $0.wall, bytes: Int64?.none) }
        let scaled = DurationModel(Array(history.samples.suffix(50)), bytes: 1_000_000)
        #expect(scaled.scale != nil && DurationModel(Array(blind.suffix(50)), bytes: 1_000_000).scale == nil)
        #expect(scaled.duration(quantile: 0.9) < 100)
        #expect(DurationModel(Array(blind.suffix(50)), bytes: 1_000_000).duration(quantile: 0.9) > 150)
    }

    @Test("sizes beyond the samples count as at most twice the largest and half the smallest of them")
    func noExtrapolation() {
        let samples = (1...20).map { (wall: Double($0), bytes: Int64?(Int64($0) * 1000)) }.shuffledBySeed(7)
        func seconds(_ bytes: Int64) -> Double { DurationModel(samples, bytes: bytes).duration(quantile: 0.5) }
        #expect(abs(seconds(10_000) - 10) < 0.1)
        #expect(abs(seconds(40_000) - 40) < 0.4 && seconds(4_000_000) == seconds(40_000))
        #expect(abs(seconds(500) - 0.5) < 0.01 && seconds(1) == seconds(500))
    }

    @Test("sizes on which nothing depends, one size, and unknown sizes change nothing")
    func noEffect() {
        let irrelevant = SyntheticHistory(.irrelevantSize, count: 50, seed: 5).samples
        #expect(DurationModel(irrelevant, bytes: 1_000_000).scale == nil)
        #expect(DurationModel(irrelevant.map { ($0.wall, 1000) }, bytes: 4000).scale == nil)
        var gap = (1...20).map { (wall: Double($0), bytes: Int64?(Int64($0) * 1000)) }
        gap[3].bytes = nil
        #expect(DurationModel(gap, bytes: 4000).scale == nil)
    }

    @Test("no samples that a clock can make break it")
    func hostile() {
        for walls in [[0.0], [0, 0, 0], Array(repeating: 0, count: 50), [1e300, 1e-300, 5], [1e9]] {
            for bytes in [nil, 0, 1, Int64.max] as [Int64?] {
                let seconds = DurationModel(walls.map { ($0, bytes) }, bytes: bytes).duration(quantile: 0.9)
                #expect(seconds.isFinite && seconds >= 0)
            }
        }
    }
}

extension Array {
    fileprivate func shuffledBySeed(_ seed: UInt64) -> [Element] {
        var random = SplitMix(seed: seed)
        return shuffled(using: &random)
    }
}
