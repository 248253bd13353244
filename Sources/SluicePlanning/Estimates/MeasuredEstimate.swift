import SluiceModel

/// What history says of a stage's next attempt.
struct MeasuredEstimate: Sendable, Equatable {
    let estimate: Plan.Estimate
    /// Whether there are as many samples as the pipeline wants.
    let isEnough: Bool

    /// `samples` are newest first; nil without any. Of fewer than `minimum` the longest counts.
    init?(_ samples: ArraySlice<WorkSample>, dataBytes: Int64?, quantile: Double, minimum: Int) {
        guard !samples.isEmpty else { return nil }
        isEnough = samples.count >= max(1, minimum)
        let wanted = isEnough ? quantile : 1
        let model = DurationModel(samples.reversed().map { ($0.wall, $0.dataBytes) }, bytes: dataBytes)
        // A peak of 0 was not measured.
        let peaks = samples.filter { $0.memoryPeak > 0 }.map { (wall: Double($0.memoryPeak), bytes: $0.dataBytes) }
        let memory = DurationModel(peaks.reversed(), bytes: dataBytes)
        estimate = Plan.Estimate(
            duration: Self.milliseconds(model.duration(quantile: wanted)), source: .history,
            basis: .init(quantile: wanted, samples: samples.count, scale: model.scale, trend: model.trend),
            memory: peaks.count < max(1, minimum) ? nil : Self.bytes(memory.duration(quantile: wanted)),
            median: isEnough ? Self.milliseconds(model.duration(quantile: 0.5)) : nil)
    }

    private static func milliseconds(_ seconds: Double) -> Duration {
        .milliseconds(Int64((min(max(seconds, 0.001), 9e12) * 1000).rounded(.up)))
    }

    private static func bytes(_ bytes: Double) -> Int64 { Int64(min(max(bytes, 0), 9e18).rounded(.up)) }
}
