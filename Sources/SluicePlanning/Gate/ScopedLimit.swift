import SluiceModel

/// One limit on what a run uses altogether, with what of it is taken: its own budget's, or an account's.
struct ScopedLimit {
    /// `run`, or the account's name.
    var scope: String
    var resource: BudgetResource
    var limit: Amount
    var used: Amount
    var reserved: Amount

    var left: Amount { limit - used - reserved }

    /// `cost`, `team.cost`
    var name: String { scope == Self.run ? resource.rawValue : "\(scope).\(resource.rawValue)" }

    static let run = "run"
}

/// How much of what others have taken of accounts counts.
enum AccountView {
    /// All of it.
    case now
    /// Nothing: windows have rolled over and other runs have ended. What does not fit then never will.
    case eventually
}

extension Plan {
    /// The limits that are sums over stages: those of the run's budget, then those of its accounts.
    func scopedLimits(
        _ progress: RunProgress, view: AccountView = .now, countsReservations: Bool = true
    ) -> [ScopedLimit] {
        func taken(_ resource: BudgetResource) -> (used: Amount, reserved: Amount) {
            (
                progress.used[resource] ?? .zero,
                countsReservations ? progress.reserved(resource, in: self) : .zero
            )
        }
        let own = pipeline.budget.limits.filter(\.resource.isSummed).map { limit in
            let taken = taken(limit.resource)
            return ScopedLimit(
                scope: ScopedLimit.run, resource: limit.resource, limit: limit.amount, used: taken.used,
                reserved: taken.reserved)
        }
        return own
            + accounts.flatMap { standing in
                standing.lines.map { line in
                    let taken = taken(line.limit.resource)
                    let others = view == .now
                    return ScopedLimit(
                        scope: standing.account.name, resource: line.limit.resource, limit: line.limit.amount,
                        used: taken.used + (others ? line.used : .zero),
                        reserved: taken.reserved + (others ? line.reserved + line.heldBack : .zero))
                }
            }
    }

    var hasSharedAccounts: Bool { accounts.contains { $0.account.window.isShared && !$0.lines.isEmpty } }
}

extension AccountStanding.Line {
    /// What is kept for runs that came before and wait for their turn.
    ///
    /// A later run may pass only when it cannot delay them, whatever the others that hold something give back: there
    /// is room for all of them, or they have to wait for the window anyhow and there is room for all of them then.
    /// That is backfilling as EASY does it (Lifka, 1995), for budgets.
    var heldBack: Amount {
        let asked = ahead.reduce(Amount.zero) { $0 + $1.amount }
        guard asked > .zero else { return .zero }
        guard let soonest = ahead.compactMap({ firstFit($0.amount) }).min(),
            ahead.allSatisfy({ used + $0.amount > limit.amount })
        else { return asked }
        // Then, with everything that is held now held or used still:
        let leftThen = limit.amount - reserved - used + rolledOut(until: soonest) - asked
        let passing = max(.zero, min(left, leftThen))
        return max(.zero, left - passing)
    }

    /// When an amount fits if everybody gives back all that he holds; nil: not within what is known.
    private func firstFit(_ amount: Amount) -> Timestamp? {
        var left = limit.amount - used
        for rollOut in rollOuts {
            left += rollOut.amount
            if left >= amount { return rollOut.time }
        }
        return nil
    }

    func rolledOut(until time: Timestamp) -> Amount {
        rollOuts.prefix { $0.time <= time }.reduce(.zero) { $0 + $1.amount }
    }
}
