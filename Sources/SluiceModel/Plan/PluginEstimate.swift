/// What a plugin says that a stage would take with one profile: its answer to the verb `estimate`.
package struct PluginEstimate: Sendable, Equatable {
    /// Seconds that half of all calls keep.
    package var p50: Double
    /// Seconds that nine of ten calls keep.
    package var p90: Double
    /// Bytes; for people, decides nothing.
    package var memory: Int64?

    package init(p50: Double, p90: Double, memory: Int64? = nil) {
        self.p50 = p50
        self.p90 = p90
        self.memory = memory
    }

    /// What a share `quantile` of all calls keeps: on the line between the two that were said, and never beyond them.
    package func duration(quantile: Double) -> Duration {
        let share = min(max((quantile - 0.5) / 0.4, 0), 1)
        let seconds = p50 + (p90 - p50) * share
        return .milliseconds(Int64((max(seconds, 0.001) * 1000).rounded(.up)))
    }
}

/// By instance of a stage, then by profile.
package typealias PluginEstimates = [String: [String: PluginEstimate]]

extension RunRecord {
    /// What plugins answered before the run, where its plan took it: for making that plan again without asking them.
    package var answers: PluginEstimates {
        stages.reduce(into: [:]) { answers, stage in
            guard let estimate = stage.estimate, estimate.source == .plugin, let profile = stage.profile else { return }
            let seconds = estimate.duration.inSeconds
            answers[stage.name] = [profile: PluginEstimate(p50: seconds, p90: seconds, memory: estimate.memory)]
        }
    }
}
