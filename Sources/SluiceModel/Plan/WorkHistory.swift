/// What an attempt did, as far as its duration is concerned: the same plugin with the same profile takes as long.
package struct WorkKind: Sendable, Hashable {
    /// A plugin's name, or `stage:NAME` for a `run` line, of which nothing else is known.
    package var work: String
    package var profile: String

    package init(work: String, profile: String) {
        self.work = work
        self.profile = profile
    }

    /// `stage` is the name of an instance; its cells do not count.
    package static func work(plugin: String?, stage: String) -> String {
        plugin ?? "stage:" + stage.prefix { $0 != "[" }
    }
}

/// What one succeeded attempt took.
package struct WorkSample: Sendable, Equatable {
    package var pipeline: String
    /// The instance.
    package var stage: String
    /// Seconds.
    package var wall: Double
    /// Bytes of the commit's files that the result came from; nil: not known.
    package var dataBytes: Int64?
    /// Bytes.
    package var memoryPeak: Int64

    package init(pipeline: String, stage: String, wall: Double, dataBytes: Int64? = nil, memoryPeak: Int64 = 0) {
        self.pipeline = pipeline
        self.stage = stage
        self.wall = wall
        self.dataBytes = dataBytes
        self.memoryPeak = memoryPeak
    }
}

/// How well the estimates of one kind of work held so far.
package struct EstimateCoverage: Sendable, Equatable {
    package var repository: String
    package var kind: WorkKind
    package var source: Plan.Estimate.Source
    /// The quantile that was asked for last; nil where the source knows none.
    package var quantile: Double?
    package var attempts: Int
    /// Attempts that took no longer than estimated.
    package var covered: Int
    /// The mean of actual over estimated time.
    package var meanRatio: Double

    package init(
        repository: String, kind: WorkKind, source: Plan.Estimate.Source, quantile: Double?, attempts: Int,
        covered: Int, meanRatio: Double
    ) {
        self.repository = repository
        self.kind = kind
        self.source = source
        self.quantile = quantile
        self.attempts = attempts
        self.covered = covered
        self.meanRatio = meanRatio
    }
}
