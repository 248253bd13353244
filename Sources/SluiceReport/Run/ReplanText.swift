import SluiceModel

/// Why what was left of a run went in another order, and in which.
enum ReplanText {
    /// `planned anew, as train ended 3m after its time: wide, last go first now`
    static func line(_ reason: String, _ order: [String]) -> String {
        let first = Array(order.prefix(3))
        let verb = first.count == 1 ? "goes" : "go"
        return "planned anew, as \(reason)" + (first.isEmpty ? "" : ": \(StageNames.list(first)) \(verb) first now")
    }
}

extension RunSections {
    /// Every time that the order of what was left changed.
    func replans() -> [String] {
        let lines = record.replans.map { replan in
            "  " + StyledText(HumanUnits.moment(replan.time, after: record.head.queued), .quiet) + "  "
                + StyledText(ReplanText.line(replan.reason, replan.order))
        }
        return titled("schedule", lines)
    }
}
