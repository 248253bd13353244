/// What is used and promised of an account at one version of the ledger, by everybody but the run that asks.
package struct AccountStanding: Sendable, Equatable {
    package var account: Account
    /// Grows with every entry of the account. A promise that was decided on is made only if it still holds.
    package var version: Int64
    /// The ledger's time: the clock's, or that of the last entry where the clock went back.
    package var time: Timestamp
    /// As many as the account has limits, in their order.
    package var lines: [Line]

    package init(account: Account, version: Int64, time: Timestamp, lines: [Line]) {
        self.account = account
        self.version = version
        self.time = time
        self.lines = lines
    }

    /// One limit of the account.
    package struct Line: Sendable, Equatable {
        package var limit: BudgetLimit
        /// Within the window.
        package var used: Amount
        /// By runs that hold a promise.
        package var holders: [Holder]
        /// Runs that wait for their turn before the one that asks, the first first.
        package var ahead: [Waiter]
        /// When what was used counts no more, soonest first; without what lies too far back to be listed.
        package var rollOuts: [RollOut]

        package init(
            limit: BudgetLimit, used: Amount = .zero, holders: [Holder] = [], ahead: [Waiter] = [],
            rollOuts: [RollOut] = []
        ) {
            self.limit = limit
            self.used = used
            self.holders = holders
            self.ahead = ahead
            self.rollOuts = rollOuts
        }

        package var reserved: Amount { holders.reduce(.zero) { $0 + $1.amount } }
        /// Less than nothing where attempts used more than was promised to them.
        package var left: Amount { limit.amount - used - reserved }
    }

    package struct Holder: Sendable, Equatable {
        package var run: RunID
        package var pipeline: String
        package var amount: Amount
        /// When its run is expected to end.
        package var ends: Timestamp

        package init(run: RunID, pipeline: String, amount: Amount, ends: Timestamp) {
            self.run = run
            self.pipeline = pipeline
            self.amount = amount
            self.ends = ends
        }
    }

    package struct Waiter: Sendable, Equatable {
        package var run: RunID
        package var amount: Amount

        package init(run: RunID, amount: Amount) {
            self.run = run
            self.amount = amount
        }
    }

    package struct RollOut: Sendable, Equatable {
        package var time: Timestamp
        package var amount: Amount

        package init(time: Timestamp, amount: Amount) {
            self.time = time
            self.amount = amount
        }
    }

    /// An account of which nobody has used anything.
    package static func untouched(_ account: Account, at time: Timestamp) -> AccountStanding {
        AccountStanding(account: account, version: 0, time: time, lines: account.limits.map { Line(limit: $0) })
    }
}
