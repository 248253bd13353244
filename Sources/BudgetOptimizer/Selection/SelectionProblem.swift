/// One item per group at the least cost, under rows of non-negative uses: a multiple-choice knapsack with several
/// rows.
struct SelectionProblem {
    /// Items of group g are `offsets[g]..<offsets[g + 1]`.
    var offsets: [Int] = [0]
    var cost: [Int64] = []
    /// By item and row, `use[item * rows + row]`.
    var use: [Int64] = []
    var limits: [Int64]
    /// Whether the judge of choices may name further rows.
    var learnsRows = false

    init(limits: [Int64]) { self.limits = limits }

    var groups: Int { offsets.count - 1 }
    var rows: Int { limits.count }

    /// A further row, found while solving, that every allowed choice keeps.
    struct Row {
        /// By item.
        var use: [Int64]
        var limit: Int64
    }
}

/// What a selection search found.
struct SelectionOutcome {
    /// An item per group; empty when none was found.
    var items: [Int] = []
    var value: Int64 = 0
    /// No allowed choice costs less. Meaningless when the absence of a choice is proved.
    var bound: Int64 = 0
    var isProved = false
    var nodes = 0
    var workDone = 0
    /// Multipliers of the rows that prove infeasibility or the root bound, row uses divided by row scales.
    var multipliers: [Double] = []
}
