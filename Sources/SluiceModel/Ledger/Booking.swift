/// What a run wants to hold of its accounts from now on; booked in the transaction of the events that it comes with.
package struct Booking: Sendable, Equatable {
    /// For everything that still has to run and does not run yet, by resource.
    package var rest: [BudgetResource: Amount]
    /// The attempt that takes its share out of the rest.
    package var attempt: Share?
    package var terms: Terms
    /// Of the first booking, with which the run is admitted.
    package var admission: Admission?

    package init(
        rest: [BudgetResource: Amount], attempt: Share? = nil, terms: Terms = .ifItFits, admission: Admission? = nil
    ) {
        self.rest = rest
        self.attempt = attempt
        self.terms = terms
        self.admission = admission
    }

    package struct Share: Sendable, Equatable {
        package var stage: String
        package var number: Int
        package var amounts: [BudgetResource: Amount]

        package init(stage: String, number: Int, amounts: [BudgetResource: Amount]) {
            self.stage = stage
            self.number = number
            self.amounts = amounts
        }
    }

    /// What happens where the run would hold more than before.
    package enum Terms: Sendable, Equatable {
        /// The events are written anyhow; what does not fit is not held, and must be asked for again.
        case ifItFits
        /// Nothing is written unless the accounts have room and still are at the versions, by account, that the
        /// decision was taken on.
        case must(versions: [String: Int64])
    }
}

/// What a run says when it is admitted: the accounts that it is charged on, and how long it expects to take.
package struct Admission: Sendable, Equatable {
    package var accounts: [Account]
    /// Seconds.
    package var makespan: Double

    package init(accounts: [Account], makespan: Double) {
        self.accounts = accounts
        self.makespan = makespan
    }
}

/// What came of events with a booking.
package enum Booked: Sendable, Equatable {
    case booked([RunEvent])
    /// Nothing was written: the accounts have moved since the decision, or have no room.
    case moved([AccountStanding])
    /// Nothing was written: attempts of other runs hold the pool, or came before.
    case crowded([PoolHold])
}

/// One line of the ledger: nothing in it ever changes.
package struct LedgerEntry: Sendable, Equatable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// Held from now on.
        case reserve
        /// Used, as measured.
        case settle
        /// No more held.
        case release
    }

    package var id: Int64
    package var time: Timestamp
    package var account: String
    package var run: RunID
    package var kind: Kind
    package var resource: BudgetResource
    package var amount: Amount
    /// nil: the run's rest.
    package var stage: String?
    package var attempt: Int?
    /// What could not be measured is booked as it was reserved.
    package var isDeclared: Bool

    package init(
        id: Int64, time: Timestamp, account: String, run: RunID, kind: Kind, resource: BudgetResource, amount: Amount,
        stage: String?, attempt: Int?, isDeclared: Bool
    ) {
        self.id = id
        self.time = time
        self.account = account
        self.run = run
        self.kind = kind
        self.resource = resource
        self.amount = amount
        self.stage = stage
        self.attempt = attempt
        self.isDeclared = isDeclared
    }
}
