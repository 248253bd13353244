/// Accounts and pools that runs of several processes share. What is asked here and what is written is one transaction
/// each; between two of them anything may have happened.
package protocol Ledger: Sendable {
    /// What everybody but `run` has used and holds of accounts.
    func standings(of accounts: [Account], without run: RunID?, at clock: Timestamp) throws(StoreError)
        -> [AccountStanding]
    /// What attempts of other runs hold of the pools, and those ask for who came before.
    func othersAsk(without run: RunID) throws(StoreError) -> [PoolHold]
    /// Events with what they mean for the run's accounts.
    func append(_ events: [RunEvent.Kind], booking: Booking, to run: RunID, at time: Timestamp) throws(StoreError)
        -> Booked
    /// An attempt begins: with its share of the accounts, and with what it holds of the pool.
    func start(_ attempt: RunEvent.Kind, holding: PoolAsk, booking: Booking?, in run: RunID, at time: Timestamp)
        throws(StoreError) -> Booked
    /// Stands in line. `isParked`: the caller lets go of the run, and a worker takes it up when there is room.
    func wait(
        _ run: RunID, for asks: [String: [BudgetResource: Amount]], isParked: Bool, events: [RunEvent.Kind],
        at time: Timestamp
    ) throws(StoreError) -> [RunEvent]
    /// Gives back what runs hold whose runner died.
    @discardableResult
    func releaseDead(at time: Timestamp) throws(StoreError) -> [RunID]
}

/// What an attempt of some run holds of the pool that its request names, or stands in line for.
package struct PoolHold: Sendable, Equatable {
    package var run: RunID
    package var request: ResourceRequest

    package init(run: RunID, request: ResourceRequest) {
        self.run = run
        self.request = request
    }
}

/// What an attempt wants to hold of a pool that several processes share.
package struct PoolAsk: Sendable, Equatable {
    package var pool: String
    /// All that it has.
    package var capacity: ResourceRequest
    package var request: ResourceRequest

    package init(pool: String, capacity: ResourceRequest, request: ResourceRequest) {
        self.pool = pool
        self.capacity = capacity
        self.request = request
    }
}
