import SluiceModel

extension PlanComparison {
    /// What a plan takes altogether.
    struct Totals: Equatable {
        /// Seconds from the start to the end of the last stage; nil where the plan was not admitted.
        var makespan: Double?
        var running = 0
        var use: [BudgetResource: Amount] = [:]
    }

    /// A resource of the run as a whole, before and after.
    struct Row: Equatable {
        var name: String
        var before, after: Amount?
        /// What the new plan's pipeline allows.
        var limit: Amount?

        var difference: Amount? {
            guard let before, let after else { return nil }
            return after - before
        }
    }

    private static let summed: [BudgetResource] = [.cost, .cpuHours, .gpuHours, .memoryGiBHours]

    var totalsBefore: Totals { totals(before, of: \.before) }
    var totalsAfter: Totals { totals(after, of: \.after) }

    private func totals(_ plan: Plan?, of side: KeyPath<StageChange, Share?>) -> Totals {
        var totals = Totals()
        for share in stages.compactMap({ $0[keyPath: side] }) where share.runs {
            totals.running += 1
            for (resource, amount) in share.use { totals.use[resource, default: .zero] += amount }
        }
        guard let plan else { return Totals(makespan: 0) }
        totals.makespan = plan.decision.isAdmitted ? PlanSummary(plan).makespan : nil
        return totals
    }

    /// Time first, then every budget that either plan uses or limits.
    var rows: [Row] {
        let (old, new) = (totalsBefore, totalsAfter)
        func seconds(_ value: Double?) -> Amount? {
            value.map { Amount(billionths: Int128(($0 * 1e3).rounded()) * 1_000_000) }
        }
        let time = Row(name: "time", before: seconds(old.makespan), after: seconds(new.makespan), limit: limit(.wall))
        let others = Self.summed.compactMap { resource -> Row? in
            let row = Row(
                name: resource.rawValue, before: old.use[resource] ?? .zero, after: new.use[resource] ?? .zero,
                limit: limit(resource))
            return row.limit == nil && row.before == .zero && row.after == .zero ? nil : row
        }
        return [time] + others
    }

    private func limit(_ resource: BudgetResource) -> Amount? {
        after.pipeline.budget.limits.filter { $0.resource == resource }.map(\.amount).min()
    }

    /// `+13 min, cost +0.42`, `no change`: the answer in a few words.
    var answer: String {
        let changes = rows.prefix(2).compactMap { row -> String? in
            guard let difference = row.difference, difference != .zero else { return nil }
            let text = Self.signed(difference, row.name)
            return row.name == "time" ? text : "\(row.name) \(text)"
        }
        let counts = (totalsBefore.running, totalsAfter.running)
        let running =
            "\(HumanUnits.count(counts.1, "stage")) to execute" + (counts.0 == counts.1 ? "" : ", \(counts.0) before")
        return (changes.isEmpty ? ["no change of time or cost"] : changes).joined(separator: ", ") + " (\(running))"
    }

    /// `+0.42`, `-3 min`, `±0`.
    static func signed(_ amount: Amount, _ name: String) -> String {
        if amount == .zero { return "±0" }
        let size = text(amount < .zero ? -amount : amount, name)
        return (amount < .zero ? "-" : "+") + size
    }

    static func text(_ amount: Amount, _ name: String) -> String {
        HumanUnits.amount(amount, of: name == "time" ? "wall" : name)
    }
}

extension PlanComparison.StageChange {
    /// Why it is in the list: `added`, `params.lr changed 0.1 → 0.2`.
    var sentence: String {
        switch kind {
        case .added: "added"
        case .removed: "removed"
        case .changed, .same: reasons.joined(separator: ", ")
        }
    }

    /// `0s → 12 min`, `12 min`; empty where it never runs.
    var time: String {
        let values = [before, after].map {
            $0.map { Amount(billionths: Int128(($0.duration * 1e3).rounded()) * 1_000_000) }
        }
        return Self.arrow(values[0], values[1], "time")
    }

    func use(_ resource: BudgetResource) -> String {
        Self.arrow(before.map { $0.use[resource] ?? .zero }, after.map { $0.use[resource] ?? .zero }, resource.rawValue)
    }

    private static func arrow(_ before: Amount?, _ after: Amount?, _ name: String) -> String {
        let (old, new) = (before ?? .zero, after ?? .zero)
        if old == new { return old == .zero ? "" : PlanComparison.text(old, name) }
        return "\(PlanComparison.text(old, name)) → \(PlanComparison.text(new, name))"
    }
}
