/// Lagrangian branch and bound for multiple-choice selection under several rows.
///
/// The rows are priced into the costs (Geoffrion 1974; Fisher 1981), so that the relaxed problem falls apart into
/// one minimum per group; the prices follow a subgradient with Polyak's step (1969). Items whose reduced cost
/// cannot beat the best choice are fixed out, relaxed choices are repaired greedily, and the search branches on the
/// group with the smallest regret. Prices are floating-point, but a bound only counts after a margin for every
/// rounding, and a choice is only accepted after integer sums.
struct SelectionSearch: ~Copyable {
    /// Judges a choice that keeps all rows: nil accepts it, a row that it breaks rejects it.
    typealias Judge = (_ items: [Int]) -> Verdict

    enum Verdict {
        case accepted
        case broken(SelectionProblem.Row)
        /// Not allowed, but for no reason that a row can say.
        case rejected
        /// Proved to be not allowed.
        case impossible
    }

    /// Rows that may be added while solving.
    static let spareRows = 24

    let groups: Int
    let items: Int
    /// Row capacity of the arrays; `rowCount` are in use.
    let width: Int
    var rowCount: Int
    let offsets: FlatArray<Int>
    let cost: FlatArray<Int64>
    let use: FlatArray<Int64>
    let limits: FlatArray<Int64>
    /// Rows in fours, as the vector unit likes them; those in use are `activeChunks`.
    let chunks: Int
    var activeChunks: Int { (rowCount + 3) / 4 }
    /// Uses and limits divided by the row's scale, by item and chunk.
    let weight: FlatArray<SIMD4<Double>>
    let ceiling: FlatArray<SIMD4<Double>>
    let scale: FlatArray<SIMD4<Double>>
    /// By row, the largest sum of weights and ceiling that a price can meet: what its rounding errors grow with.
    let mass: FlatArray<SIMD4<Double>>
    /// The share of such a sum that rounding may have added to a bound.
    let rounding: Double
    /// Item costs as the prices see them.
    let value: FlatArray<Double>
    /// The living items of group g are `slots[offsets[g]..<offsets[g] + aliveCount[g]]`; removed ones follow.
    let slots: FlatArray<Int>
    let placeOf: FlatArray<Int>
    let groupOf: FlatArray<Int>
    let aliveCount: FlatArray<Int>
    let price: FlatArray<SIMD4<Double>>
    let bestPrice: FlatArray<SIMD4<Double>>
    let slope: FlatArray<SIMD4<Double>>
    /// What the last `settledCount` of `groupOrder` add to a bound and to the slope.
    let settledWeight: FlatArray<SIMD4<Double>>
    var settledValue = 0.0
    var settledCount = 0
    /// The first `openCount` groups have more than one living item; the others follow, the last one closed first, so
    /// that to undo is to count.
    let groupOrder: FlatArray<Int>
    let groupPlace: FlatArray<Int>
    var openCount = 0
    let chosen: FlatArray<Int>
    let trial: FlatArray<Int>
    let reduced: FlatArray<Double>
    let used: FlatArray<Int64>
    /// `used` less the limits, in shares of the row's scale.
    let standing: FlatArray<SIMD4<Double>>
    /// Prices and settled weights of the frames on the tree's stack, `chunks` each.
    var framePrices: [SIMD4<Double>] = []
    var frameWeights: [SIMD4<Double>] = []
    var trail: [Int] = []
    var best: [Int] = []
    /// The cost that a choice must beat; one above the largest possible while none is known.
    var upper: Int64
    /// What rounding of costs may have added to a bound.
    let margin: Double
    var work: Int
    let allowance: Int
    /// What judging one choice costs, in the unit of `work`.
    let judgement: Int
    var nodes = 0
    var isCut = false
    var floor: Double?

    /// `work` counts multiplications in the pricing loop; every judged choice takes `judgement` of it besides.
    static func solve(
        _ problem: SelectionProblem, work: Int, incumbent: [Int]? = nil, judgement: Int = 0,
        judge: Judge = { _ in .accepted }
    ) -> SelectionOutcome {
        var search = SelectionSearch(problem, work: work, judgement: judgement)
        if let incumbent { search.offer(incumbent, judge: judge) }
        return search.run(judge)
    }

    private init(_ problem: SelectionProblem, work: Int, judgement: Int) {
        groups = problem.groups
        items = problem.cost.count
        rowCount = problem.rows
        width = problem.rows + (problem.learnsRows ? Self.spareRows : 0)
        self.work = work
        allowance = work
        self.judgement = judgement
        offsets = FlatArray(problem.offsets)
        cost = FlatArray(problem.cost)
        use = FlatArray(repeating: 0, count: items * width)
        limits = FlatArray(repeating: 0, count: width)
        chunks = max(1, (width + 3) / 4)
        weight = FlatArray(repeating: .zero, count: items * chunks)
        ceiling = FlatArray(repeating: .zero, count: chunks)
        scale = FlatArray(repeating: .zero, count: chunks)
        standing = FlatArray(repeating: .zero, count: chunks)
        mass = FlatArray(repeating: .zero, count: chunks)
        rounding = Double(groups + width + 8) * 4.5e-16
        value = FlatArray(problem.cost.map { Double($0) })
        slots = FlatArray(Array(0..<items))
        placeOf = FlatArray(Array(0..<items))
        groupOf = FlatArray(repeating: 0, count: items)
        aliveCount = FlatArray(repeating: 0, count: groups)
        price = FlatArray(repeating: .zero, count: chunks)
        bestPrice = FlatArray(repeating: .zero, count: chunks)
        slope = FlatArray(repeating: .zero, count: chunks)
        settledWeight = FlatArray(repeating: .zero, count: chunks)
        groupOrder = FlatArray(Array(0..<groups))
        groupPlace = FlatArray(Array(0..<groups))
        openCount = groups
        chosen = FlatArray(repeating: 0, count: groups)
        trial = FlatArray(repeating: 0, count: groups)
        reduced = FlatArray(repeating: 0, count: items)
        used = FlatArray(repeating: 0, count: width)
        var largest: Int64 = 0
        for group in 0..<groups {
            let range = problem.offsets[group]..<problem.offsets[group + 1]
            largest += range.map { problem.cost[$0] }.max() ?? 0
        }
        upper = largest + 1
        margin = 1e-6 + Double(groups + width) * 4.5e-16 * Double(largest)
        for group in 0..<groups {
            aliveCount[group] = problem.offsets[group + 1] - problem.offsets[group]
            for item in problem.offsets[group]..<problem.offsets[group + 1] { groupOf[item] = group }
        }
        for row in 0..<problem.rows {
            let column = (0..<items).map { problem.use[$0 * problem.rows + row] }
            fillRow(row, use: column, limit: problem.limits[row])
        }
        for group in 0..<groups where aliveCount[group] == 1 { close(group) }
        restartSettling()
    }

    func fillRow(_ row: Int, use column: [Int64], limit: Int64) {
        let factor = 1 / max(1, Double(limit))
        limits[row] = limit
        let chunk = row / 4
        let lane = row % 4
        scale[chunk][lane] = factor
        ceiling[chunk][lane] = Double(limit) * factor
        mass[chunk][lane] = (Double(limit) + heaviest(column)) * factor
        for item in 0..<items {
            use[item * width + row] = column[item]
            weight[item * chunks + chunk][lane] = Double(column[item]) * factor
        }
    }

    /// The largest use that one item of every group can have.
    private func heaviest(_ column: [Int64]) -> Double {
        (0..<groups).reduce(0.0) { sum, group in
            sum + Double((offsets[group]..<offsets[group + 1]).map { column[$0] }.max() ?? 0)
        }
    }

    /// Whether no choice below this bound can beat the best.
    func isClosed(_ bound: Double) -> Bool { bound > Double(upper - 1) + margin }
}
