/// What the operator lets the runs of some scope use together, within a window of time.
package struct Account: Sendable, Equatable {
    package var name: String
    package var window: AccountWindow
    /// One at most per resource, in the order of `BudgetResource`.
    package var limits: [BudgetLimit]

    package init(name: String, window: AccountWindow, limits: [BudgetLimit]) {
        self.name = name
        self.window = window
        self.limits = limits
    }

    package func limit(of resource: BudgetResource) -> Amount? {
        limits.first { $0.resource == resource }?.amount
    }
}

/// Which use counts against an account's limits.
package enum AccountWindow: Sendable, Hashable {
    /// Every run has the whole account for itself.
    case run
    /// What was used within the last so many milliseconds.
    case rolling(milliseconds: Int64)
    /// What was used since the first of the month, 00:00 UTC.
    case month

    /// The moment from which on use counts; nil: of all times, but of one run only.
    package func start(at now: Timestamp) -> Timestamp? {
        switch self {
        case .run: nil
        case .rolling(let length): Timestamp(milliseconds: now.milliseconds - length + 1)
        case .month: now.startOfMonth
        }
    }

    /// When use that was booked at a moment counts no more; nil: never.
    package func end(ofUseAt time: Timestamp) -> Timestamp? {
        switch self {
        case .run: nil
        case .rolling(let length): Timestamp(milliseconds: time.milliseconds + length)
        case .month: time.startOfNextMonth
        }
    }

    /// Whether runs share what it limits.
    package var isShared: Bool { self != .run }
}

/// An account with what the operator says of whom it is for.
package struct AccountRule: Sendable, Equatable {
    package var account: Account
    /// Branches, by their short names; nil: any reference, and none.
    package var branches: [Glob]?
    package var pipelines: [Glob]?
    /// Git directories.
    package var repositories: [Glob]?

    package init(account: Account, branches: [Glob]? = nil, pipelines: [Glob]? = nil, repositories: [Glob]? = nil) {
        self.account = account
        self.branches = branches
        self.pipelines = pipelines
        self.repositories = repositories
    }

    /// Whether a run is charged whatever its pipeline says: every condition that is there holds.
    package func matches(branch: String?, pipeline: String, repository: String) -> Bool {
        func holds(_ globs: [Glob]?, _ text: String?) -> Bool {
            guard let globs else { return true }
            return text.map { text in globs.contains { $0.matches(text) } } ?? false
        }
        return holds(branches, branch) && holds(pipelines, pipeline) && holds(repositories, repository)
    }
}
