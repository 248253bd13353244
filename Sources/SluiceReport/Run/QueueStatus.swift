import SluiceModel

/// What `sluice status` shows: the runs that have not ended, and the last ones that have.
package struct QueueStatus: Sendable, Equatable {
    /// Oldest first; queued ones have a head only.
    package var active: [RunRecord]
    /// Newest first.
    package var recent: [RunHead]
    /// How many workers are alive.
    package var workers: Int

    package init(active: [RunRecord], recent: [RunHead] = [], workers: Int) {
        self.active = active
        self.recent = recent
        self.workers = workers
    }
}
