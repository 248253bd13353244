/// Bars over time: when each activity of a project runs.
package enum ScheduleText {
    package struct Bar: Sendable {
        package var name: String
        package var start: Int
        package var duration: Int

        package init(name: String, start: Int, duration: Int) {
            self.name = name
            self.start = start
            self.duration = duration
        }
    }

    private static let largestWidth = 100

    package static func lines(_ bars: [Bar], width: Int, style: Style) -> [String] {
        let end = bars.reduce(0) { max($0, $1.start + $1.duration) }
        let names = bars.reduce(0) { max($0, DisplayWidth.of($1.name)) }
        let columns = min(largestWidth, width - names - 4)
        guard end > 0, columns >= 10 else { return [] }
        let ends = StyledText("0", .quiet).padded(to: columns - "\(end)".count) + StyledText("\(end)", .quiet)
        let rows = bars.map { bar in
            let (first, last) = (bar.start * columns / end, (bar.start + bar.duration) * columns / end)
            let length = bar.duration == 0 ? 0 : max(1, last - first)
            let blocks = String(repeating: style.symbols.barFull, count: length)
            return "  " + StyledText(bar.name).padded(to: names) + "  " + .blanks(min(first, columns - 1))
                + StyledText(blocks, .active)
        }
        return ([.blanks(names + 4) + ends] + rows).rendered(style, width: width)
    }
}
