import SluiceModel

/// Bars over time: when each stage of a plan would run.
package enum GanttText {
    private static let smallestWidth = 20
    private static let largestWidth = 72

    package static func lines(_ plan: Plan, width: Int, style: Style) -> [String] {
        let bars = plan.stages.compactMap(Bar.init)
        let end = bars.reduce(0) { max($0, $1.end) }
        guard bars.count > 1, end > 0 else { return [] }
        let longest = bars.reduce(0) { max($0, DisplayWidth.of($1.name)) }
        let names = min(longest, max(8, width / 3))
        let columns = min(largestWidth, width - names - 4)
        guard columns >= smallestWidth else { return [] }
        let indent = StyledText.blanks(names + 4)
        let scale =
            StyledText("0", .quiet).padded(to: columns - HumanUnits.duration(end).count)
            + StyledText(HumanUnits.duration(end), .quiet)
        let rows = bars.map { bar in
            let name = StyledText(bar.name).fitted(to: names, style: style).truncated(to: names, style: style)
                .padded(to: names)
            return "  " + name + "  " + bar.text(columns: columns, end: end, style: style)
        }
        return ([indent + scale] + rows).rendered(style, width: width)
    }

    private struct Bar {
        var name: String
        var start: Double
        var end: Double
        var isDegraded: Bool

        /// nil for stages without a start: those that execute nothing.
        init?(_ stage: Plan.Stage) {
            guard let start = stage.start, let chosen = stage.chosenProfile, start.isFinite else { return nil }
            name = stage.name
            self.start = max(0, start)
            end = self.start + max(0, chosen.estimate.duration.inSeconds)
            isDegraded = chosen.profile.isDegraded
        }

        func text(columns: Int, end total: Double, style: Style) -> StyledText {
            let first = min(columns - 1, Int(start / total * Double(columns)))
            let last = min(columns, max(first + 1, Int((end / total * Double(columns)).rounded())))
            let bar = String(repeating: style.symbols.barFull, count: last - first)
            return .blanks(first) + StyledText(bar, isDegraded ? .warning : .active)
        }
    }
}
