import SluiceModel

/// What `sluice status` shows: the runs that have not ended, and the last ones that have.
package struct QueueStatus: Sendable, Equatable {
    /// In the order in which they will go on; queued ones have a head only.
    package var active: [RunRecord]
    /// Newest first.
    package var recent: [RunHead]
    /// Whether a worker is alive.
    package var hasWorker: Bool

    package init(active: [RunRecord], recent: [RunHead] = [], hasWorker: Bool) {
        self.active = active
        self.recent = recent
        self.hasWorker = hasWorker
    }
}
