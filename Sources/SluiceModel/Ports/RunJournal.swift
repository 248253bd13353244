/// The durable record of runs: every change is one transaction.
package protocol RunJournal: Sendable {
    /// Appends events, numbers them, and brings the tables that are derived from them up to date.
    @discardableResult
    func append(_ events: [RunEvent.Kind], to run: RunID, at time: Timestamp) throws(StoreError) -> [RunEvent]
    func events(of run: RunID) throws(StoreError) -> [RunEvent]
    /// Makes the cache entry and, for deploys, the deploy record, in the same transaction as the events and what they
    /// mean for the run's accounts.
    func finish(
        _ completion: StageCompletion, events: [RunEvent.Kind], booking: Booking?, to run: RunID, at time: Timestamp
    ) throws(StoreError) -> [RunEvent]
}

/// What is remembered of a stage that ended well.
package struct StageCompletion: Sendable, Equatable {
    package var pipeline: String
    package var repository: String
    package var reference: String?
    package var commit: ObjectID
    package var entry: CacheEntry
    /// False: only remembered as a deploy or not at all.
    package var isCacheable: Bool
    package var isDeploy: Bool

    package init(
        pipeline: String, repository: String, reference: String?, commit: ObjectID, entry: CacheEntry,
        isCacheable: Bool, isDeploy: Bool
    ) {
        self.pipeline = pipeline
        self.repository = repository
        self.reference = reference
        self.commit = commit
        self.entry = entry
        self.isCacheable = isCacheable
        self.isDeploy = isDeploy
    }
}
