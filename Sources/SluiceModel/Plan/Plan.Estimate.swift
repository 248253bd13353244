extension Plan {
    /// How long a stage is expected to take with a profile, and where that number comes from.
    package struct Estimate: Sendable, Equatable {
        package enum Source: String, Sendable, Codable { case history, plugin, declared, manifest, `default` }

        package var duration: Duration
        package var source: Source
        /// How it follows from what attempts took; only of `history`.
        package var basis: Basis?
        /// The same quantile of the measured memory peaks, in bytes; for people, decides nothing.
        package var memory: Int64?
        /// What half of all attempts keep; only of `history`, and only while a run is planned and driven.
        package var median: Duration?

        package init(
            duration: Duration, source: Source, basis: Basis? = nil, memory: Int64? = nil, median: Duration? = nil
        ) {
            self.duration = duration
            self.source = source
            self.basis = basis
            self.memory = memory
            self.median = median
        }

        /// What an estimate from history rests on.
        package struct Basis: Sendable, Equatable {
            package var quantile: Double
            /// How many attempts were looked at.
            package var samples: Int
            /// By how much the size of the data, against that of the median attempt, changed it; nil: not at all.
            package var scale: Double?
            /// By how much a trend, from the middle of those attempts to the next one, changed it; nil: not at all.
            package var trend: Double?

            package init(quantile: Double, samples: Int, scale: Double? = nil, trend: Double? = nil) {
                self.quantile = quantile
                self.samples = samples
                self.scale = scale
                self.trend = trend
            }
        }
    }
}
