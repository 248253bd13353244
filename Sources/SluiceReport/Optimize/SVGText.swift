/// Elements of an SVG picture, one a line.
struct SVGText {
    private(set) var lines: [String] = []

    /// `<name attributes/>`, or with content.
    mutating func add(_ name: String, _ attributes: String, _ content: String? = nil) {
        lines.append(content.map { "<\(name) \(attributes)>\($0)</\(name)>" } ?? "<\(name) \(attributes)/>")
    }

    mutating func open(_ name: String, _ attributes: String) { lines.append("<\(name) \(attributes)>") }
    mutating func close(_ name: String) { lines.append("</\(name)>") }

    /// Two digits behind the point, none where they say nothing.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let hundredths = Int((value * 100).rounded())
        let (whole, rest) = (hundredths.magnitude / 100, hundredths.magnitude % 100)
        let sign = hundredths < 0 ? "-" : ""
        if rest == 0 { return "\(sign)\(whole)" }
        return rest % 10 == 0 ? "\(sign)\(whole).\(rest / 10)" : "\(sign)\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }

    /// Text that XML takes: marks are escaped, and what it forbids is shown as a replacement character.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{FFFE}"..."\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
