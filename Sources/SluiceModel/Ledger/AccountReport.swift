/// An account as people look at it: where it stands, how it got there, and where that leads.
package struct AccountReport: Sendable, Equatable {
    package var standing: AccountStanding
    /// The moment from which use counts, and the one at which a month begins anew; nil: per run.
    package var start: Timestamp?
    package var end: Timestamp?
    /// As many as the account has limits, in their order.
    package var lines: [Line]
    /// Runs that wait for it, the first first.
    package var waiting: [RunID]

    package init(standing: AccountStanding, start: Timestamp?, end: Timestamp?, lines: [Line], waiting: [RunID]) {
        self.standing = standing
        self.start = start
        self.end = end
        self.lines = lines
        self.waiting = waiting
    }

    package struct Line: Sendable, Equatable {
        /// Use within equal parts of the window, oldest first; of a month those that have begun.
        package var burn: [Amount]
        /// The first use within the window.
        package var firstUse: Timestamp?
        /// When nothing is left if use goes on as it did since the first within the window, by a straight line; nil:
        /// not before that use counts no more.
        package var usedUp: Timestamp?

        package init(burn: [Amount], firstUse: Timestamp?, usedUp: Timestamp?) {
            self.burn = burn
            self.firstUse = firstUse
            self.usedUp = usedUp
        }
    }

    /// Use within less than a 24th of the time in which it counts is taken as the use of so long: the minutes of a
    /// first run are no pace.
    private static let shortestPace: Int64 = 24

    /// The straight line from the first use to now, on to the limit.
    package static func usedUp(
        _ line: AccountStanding.Line, since first: Timestamp?, window: AccountWindow, now: Timestamp
    ) -> Timestamp? {
        guard let first, line.used > .zero else { return nil }
        guard line.left > .zero else { return now }
        guard let rolls = window.end(ofUseAt: first) else { return nil }
        let elapsed = max(
            1, now.milliseconds - first.milliseconds,
            (rolls.milliseconds - first.milliseconds) / shortestPace)
        let (factor, overflows) = line.left.billionths.multipliedReportingOverflow(by: Int128(elapsed))
        guard !overflows, let more = Int64(exactly: factor / line.used.billionths) else { return nil }
        let (sum, isTooFar) = now.milliseconds.addingReportingOverflow(more)
        let moment = Timestamp(milliseconds: sum)
        guard !isTooFar, moment < rolls else { return nil }
        return moment
    }
}

extension AccountWindow {
    /// As the operator writes it: `run`, `month`, `7d`.
    package var name: String {
        switch self {
        case .run: return "run"
        case .month: return "month"
        case .rolling(let milliseconds):
            let units: [(name: String, size: Int64)] = [
                ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
            ]
            var rest = milliseconds
            return units.reduce(into: "") { text, unit in
                if rest >= unit.size { text += "\(rest / unit.size)\(unit.name)" }
                rest %= unit.size
            }
        }
    }
}
