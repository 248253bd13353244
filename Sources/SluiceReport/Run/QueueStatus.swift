import SluiceModel

/// What `sluice status` shows: the runs that have not ended, and the last ones that have.
package struct QueueStatus: Sendable, Equatable {
    /// Oldest first; queued ones have a head only.
    package var active: [RunRecord]
    /// Those of them that nobody drives though they were begun: their runner died.
    package var left: Set<RunID>
    /// Newest first.
    package var recent: [RunHead]
    /// How many workers are alive.
    package var workers: Int

    package init(active: [RunRecord], left: Set<RunID> = [], recent: [RunHead] = [], workers: Int) {
        self.active = active
        self.left = left
        self.recent = recent
        self.workers = workers
    }
}
