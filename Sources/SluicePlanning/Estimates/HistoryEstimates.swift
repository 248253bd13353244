import SluiceModel

/// Estimates from what attempts took; asks for the history of a kind of work once.
struct HistoryEstimates {
    /// Attempts that an estimate looks at: enough for a quantile, few enough to follow a change.
    static let window = 50
    /// Attempts at a kind of work that are read, so that several stages with one plugin find their own.
    static let limit = 400

    private let history: PlanningContext.History
    private let pipeline: Pipeline
    private var known: [WorkKind: [WorkSample]] = [:]

    init(_ history: @escaping PlanningContext.History, pipeline: Pipeline) {
        self.history = history
        self.pipeline = pipeline
    }

    /// nil where no such work was ever done.
    mutating func estimate(_ stage: Plan.Stage, profile: String) -> MeasuredEstimate? {
        let work = WorkKind.work(plugin: stage.plugin?.manifest.name, stage: stage.name)
        let samples = relevant(samples(of: WorkKind(work: work, profile: profile)), to: stage.name)
        return MeasuredEstimate(
            samples, dataBytes: stage.dataBytes, quantile: pipeline.budget.estimateQuantile,
            minimum: pipeline.budget.estimateMinSamples)
    }

    private mutating func samples(of kind: WorkKind) -> [WorkSample] {
        if let found = known[kind] { return found }
        let found = history(kind, Self.limit)
        known[kind] = found
        return found
    }

    /// The stage's own attempts where they suffice: other stages with the plugin, and other instances of a matrix, may
    /// do other work. Else all with the same plugin and profile.
    private func relevant(_ samples: [WorkSample], to stage: String) -> ArraySlice<WorkSample> {
        let own = samples.filter { $0.stage == stage && $0.pipeline == pipeline.name }.prefix(Self.window)
        return own.count >= pipeline.budget.estimateMinSamples ? own : samples.prefix(Self.window)
    }
}

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
            memory: peaks.count < max(1, minimum) ? nil : Int64(memory.duration(quantile: wanted).rounded(.up)))
    }

    private static func milliseconds(_ seconds: Double) -> Duration {
        .milliseconds(Int64((min(max(seconds, 0.001), 9e12) * 1000).rounded(.up)))
    }
}
