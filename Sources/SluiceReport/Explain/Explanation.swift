import SluiceModel

/// Why a run, or a part of it, is where it is: one sentence that answers, then what stands behind it.
package struct Explanation: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case queued, waiting, running, succeeded, refused, invalid, failed, cancelled, lost, skipped, degraded, retried,
            replanned
        case cacheMiss = "cache_miss"
        case cacheOff = "cache_off"
        case cacheHit = "cache_hit"
        case estimate
    }

    /// One reason with everything that belongs to it.
    package struct Cause: Sendable, Equatable {
        package var kind: Kind
        /// Instances that it is about; empty: the run as a whole.
        package var stages: [String]
        /// The first says what happened, further ones why and what helps; at most four.
        package var lines: [String]
        package var decision: GateDecision?

        package init(_ kind: Kind, _ stages: [String] = [], _ lines: [String], decision: GateDecision? = nil) {
            self.kind = kind
            self.stages = stages
            self.lines = Array(lines.prefix(Self.lineLimit))
            self.decision = decision
        }

        private static let lineLimit = 4
    }

    package var head: RunHead
    /// The stage, or the instance, that was asked for.
    package var stage: String?
    /// What became of it.
    package var kind: Kind
    /// The sentence that answers.
    package var answer: String
    /// What matters most first.
    package var causes: [Cause]
    /// Commands that say or do more, where there is room for them.
    package var next: String?
}

/// What a record does not hold and a person wants to know of a run that has not ended.
package struct Surroundings: Sendable, Equatable {
    package var now: Timestamp
    /// Unfinished runs that come before it, in the order in which they will go on.
    package var ahead: [RunHead]
    package var hasWorker: Bool

    package init(now: Timestamp, ahead: [RunHead] = [], hasWorker: Bool = true) {
        self.now = now
        self.ahead = ahead
        self.hasWorker = hasWorker
    }
}
