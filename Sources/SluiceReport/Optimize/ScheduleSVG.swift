/// A schedule as a picture that stands on its own: activities as bars in the fewest rows, below them what is held of
/// each resource against its capacity, over one axis of time.
package struct ScheduleSVG {
    /// Pixels.
    private static let width = 1_000.0
    private static let left = 92.0
    private static let right = 24.0
    private static let top = 74.0
    private static let profileHeight = 64.0
    private static let gap = 22.0
    /// All rows together, and one.
    private static let rowsHeight = 620.0
    private static let rowHeights = 1.5...22.0
    /// More bars than this are not drawn one by one.
    private static let mostBars = 20_000
    private static let mostProfiles = 12
    /// Colours that people with any colour vision tell apart (Tol 2021, "bright").
    private static let colours = ["#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377"]
    private static let plain = "#9a9a9a"
    /// On which dark numbers are read better than white ones.
    private static let light: Set<String> = ["#ccbb44", "#66ccee"]

    private let picture: SchedulePicture
    private let end: Int
    private var svg = SVGText()
    private var y = Self.top

    package static func lines(_ picture: SchedulePicture) -> [String] {
        var drawing = ScheduleSVG(picture)
        drawing.draw()
        return drawing.svg.lines
    }

    private init(_ picture: SchedulePicture) {
        self.picture = picture
        end = max(1, picture.makespan, picture.lowerBound)
    }

    private mutating func draw() {
        let (bars, rows) = picture.rows()
        let isDrawn = bars.count <= Self.mostBars
        let row = min(
            Self.rowHeights.upperBound, max(Self.rowHeights.lowerBound, Self.rowsHeight / Double(max(1, rows))))
        let barsHeight = isDrawn ? Double(rows) * row : 16
        let profiles = min(Self.mostProfiles, picture.capacities.count)
        let height = Self.top + barsHeight + Double(profiles) * (Self.profileHeight + Self.gap) + 66
        open(height: height)
        heading(count: bars.count)
        let bottom = height - 44
        grid(from: Self.top - 6, to: bottom)
        marks(from: Self.top - 6, to: bottom)
        if isDrawn { draw(bars, row: row) }
        label("activity", line: 0)
        if !isDrawn { note("\(bars.count) are too many to be drawn one by one") }
        if picture.bars.contains(where: { $0.mode != nil }) { label("raised: mode", line: 1) }
        y += barsHeight + Self.gap
        for resource in 0..<profiles { draw(resource: resource) }
        svg.close("svg")
    }

    private func x(_ tick: Int) -> Double {
        Self.left + (Self.width - Self.left - Self.right) * Double(tick) / Double(end)
    }

    private static func n(_ value: Double) -> String { SVGText.number(value) }

    // MARK: Frame

    private mutating func open(height: Double) {
        let size = "\(Self.n(Self.width))\" height=\"\(Self.n(height))"
        svg.open(
            "svg",
            "xmlns=\"http://www.w3.org/2000/svg\" width=\"\(size)\" viewBox=\"0 0 \(Self.n(Self.width)) \(Self.n(height))\" "
                + "font-family=\"Helvetica, Arial, 'Liberation Sans', sans-serif\" font-size=\"11\" fill=\"#222\" role=\"img\""
        )
        svg.add("rect", "width=\"100%\" height=\"100%\" fill=\"#fff\"")
    }

    private mutating func heading(count: Int) {
        svg.add(
            "text", "x=\"\(Self.n(Self.left))\" y=\"26\" font-size=\"16\" font-weight=\"bold\"",
            SVGText.escaped(picture.title))
        let makespan = picture.makespan
        let gap = Double(makespan - picture.lowerBound) / Double(max(1, picture.lowerBound)) * 100
        let quality =
            makespan <= picture.lowerBound
            ? "makespan \(makespan), proved optimal"
            : "makespan \(makespan), at least \(picture.lowerBound): gap \(Self.n((gap * 10).rounded() / 10)) %"
        let amounts =
            "\(count) \(count == 1 ? "activity" : "activities"), \(picture.capacities.count) "
            + (picture.capacities.count == 1 ? "resource" : "resources")
        svg.add(
            "text", "x=\"\(Self.n(Self.left))\" y=\"46\" font-size=\"12\"",
            SVGText.escaped("\(quality) · \(amounts) · \(picture.note)"))
    }

    private mutating func grid(from top: Double, to bottom: Double) {
        let step = Self.step(end)
        for tick in stride(from: 0, through: end, by: step) {
            let at = Self.n(x(tick))
            svg.add("path", "d=\"M\(at) \(Self.n(top))V\(Self.n(bottom))\" stroke=\"#e4e4e4\"")
            svg.add("text", "x=\"\(at)\" y=\"\(Self.n(bottom + 15))\" text-anchor=\"middle\" fill=\"#555\"", "\(tick)")
        }
        let ends = "M\(Self.n(Self.left)) \(Self.n(bottom))H\(Self.n(Self.width - Self.right))"
        svg.add("path", "d=\"\(ends)\" stroke=\"#555\"")
        let middle = Self.n((Self.left + Self.width - Self.right) / 2)
        svg.add("text", "x=\"\(middle)\" y=\"\(Self.n(bottom + 32))\" text-anchor=\"middle\" fill=\"#555\"", "time")
    }

    /// 1, 2 or 5 times a power of ten, so that about ten steps fill the axis.
    private static func step(_ end: Int) -> Int {
        var power = 1
        while end / power > 100 { power *= 10 }
        return [1, 2, 5, 10].map { $0 * power }.first { end / $0 <= 14 } ?? power * 10
    }

    /// The makespan, and the bound where it lies before it.
    private mutating func marks(from top: Double, to bottom: Double) {
        mark(picture.makespan, "stroke=\"#222\"", from: top, to: bottom)
        if picture.lowerBound > 0, picture.lowerBound < picture.makespan {
            mark(picture.lowerBound, "stroke=\"#222\" stroke-dasharray=\"5 3\"", from: top, to: bottom)
            svg.add(
                "text",
                "x=\"\(Self.n(x(picture.lowerBound) - 4))\" y=\"\(Self.n(top + 2))\" text-anchor=\"end\" font-size=\"10\"",
                "bound \(picture.lowerBound)")
        }
    }

    private mutating func mark(_ tick: Int, _ stroke: String, from top: Double, to bottom: Double) {
        svg.add("path", "d=\"M\(Self.n(x(tick))) \(Self.n(top))V\(Self.n(bottom))\" \(stroke)")
    }

    // MARK: Activities

    private mutating func draw(_ bars: [(bar: SchedulePicture.Bar, row: Int)], row height: Double) {
        for (bar, row) in bars {
            let (from, to) = (x(bar.start), x(bar.start + bar.duration))
            let top = y + Double(row) * height
            let colour = picture.mainResource(of: bar).map { Self.colours[$0 % Self.colours.count] } ?? Self.plain
            let inset = height >= 6 ? 1.0 : 0.0
            let box =
                "x=\"\(Self.n(from))\" y=\"\(Self.n(top + inset))\" width=\"\(Self.n(max(0.3, to - from)))\" "
                + "height=\"\(Self.n(max(1, height - 2 * inset)))\" fill=\"\(colour)\""
            let edge = height >= 6 ? " fill-opacity=\"0.82\" stroke=\"#fff\" stroke-width=\"0.8\" rx=\"2\"" : ""
            svg.add("rect", box + edge, "<title>\(tip(bar))</title>")
            let font = min(11, height * 0.62)
            let digits = Double("\(bar.number)".utf8.count) + (bar.mode == nil ? 0 : 0.8)
            guard font >= 6, to - from > digits * font * 0.6 + 3 else { continue }
            let mode = bar.mode.map {
                "<tspan font-size=\"\(Self.n(font * 0.7))\" dy=\"-\(Self.n(font * 0.3))\">\($0)</tspan>"
            }
            svg.add(
                "text",
                "x=\"\(Self.n((from + to) / 2))\" y=\"\(Self.n(top + height / 2 + font * 0.36))\" text-anchor=\"middle\" "
                    + "font-size=\"\(Self.n(font))\" fill=\"\(Self.light.contains(colour) ? "#222" : "#fff")\" pointer-events=\"none\"",
                "\(bar.number)\(mode ?? "")")
        }
    }

    /// What is drawn next, to the left of it.
    private mutating func label(_ text: String, line: Int) {
        let size = line == 0 ? "" : " font-size=\"10\""
        svg.add(
            "text",
            "x=\"\(Self.n(Self.left - 10))\" y=\"\(Self.n(y + 12 + Double(line) * 13))\" text-anchor=\"end\" fill=\"#555\"\(size)",
            text)
    }

    private mutating func note(_ text: String) {
        svg.add("text", "x=\"\(Self.n(Self.left))\" y=\"\(Self.n(y + 12))\" fill=\"#555\"", text)
    }

    private func tip(_ bar: SchedulePicture.Bar) -> String {
        let held = bar.requests.enumerated().filter { $0.element > 0 }.map { "R\($0.offset + 1) \($0.element)" }
        let mode = bar.mode.map { ", mode \($0)" } ?? ""
        let requests = held.isEmpty ? "" : ": " + held.joined(separator: ", ")
        return "activity \(bar.number)\(mode), \(bar.start) to \(bar.start + bar.duration)\(requests)"
    }

    // MARK: Resources

    private mutating func draw(resource: Int) {
        let capacity = picture.capacities[resource]
        let usage = Self.thinned(picture.usage(of: resource), columns: Int(Self.width), end: end)
        let most = Double(max(1, capacity, usage.map(\.held).max() ?? 0))
        let (base, scale) = (y + Self.profileHeight, Self.profileHeight / most)
        let colour = Self.colours[resource % Self.colours.count]
        var path = "M\(Self.n(x(0))) \(Self.n(base))"
        for step in usage { path += "H\(Self.n(x(step.tick)))V\(Self.n(base - Double(step.held) * scale))" }
        path += "V\(Self.n(base))Z"
        svg.add("path", "d=\"\(path)\" fill=\"\(colour)\" fill-opacity=\"0.55\" stroke=\"\(colour)\"")
        let (from, to) = (Self.n(Self.left), Self.n(Self.width - Self.right))
        let line = Self.n(base - Double(capacity) * scale)
        svg.add("path", "d=\"M\(from) \(line)H\(to)\" stroke=\"#222\" stroke-dasharray=\"2 2\"")
        svg.add("path", "d=\"M\(from) \(Self.n(base))H\(to)\" stroke=\"#999\"")
        let at = "x=\"\(Self.n(Self.left - 10))\" text-anchor=\"end\""
        svg.add("text", "\(at) y=\"\(Self.n(y + 12))\" font-weight=\"bold\" fill=\"\(colour)\"", "R\(resource + 1)")
        svg.add("text", "\(at) y=\"\(Self.n(y + 27))\" font-size=\"10\" fill=\"#555\"", "capacity \(capacity)")
        svg.add(
            "text", "\(at) y=\"\(Self.n(y + 40))\" font-size=\"10\" fill=\"#555\"",
            "\(picture.utilisation(of: resource)) % held")
        y += Self.profileHeight + Self.gap
    }

    /// At most one step a column, the highest of those that fall into it, and always the last one.
    private static func thinned(
        _ usage: [(tick: Int, held: Int)], columns: Int, end: Int
    ) -> [(tick: Int, held: Int)] {
        guard usage.count > 2 * columns, let last = usage.last else { return usage }
        var thin: [(tick: Int, held: Int)] = []
        var column = -1
        for step in usage {
            let at = step.tick * columns / max(1, end)
            if at == column {
                thin[thin.count - 1].held = max(thin[thin.count - 1].held, step.held)
            } else {
                thin.append(step)
                column = at
            }
        }
        return thin + [last]
    }
}
