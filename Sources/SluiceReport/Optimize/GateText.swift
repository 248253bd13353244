import SluiceModel

/// `sluice optimize gate` for a person: the verdict, at most four lines, and what was chosen.
package enum GateText {
    package struct Row: Sendable {
        var stage, profile: String
        var start, duration: Amount

        package init(stage: String, profile: String, start: Amount, duration: Amount) {
            self.stage = stage
            self.profile = profile
            self.start = start
            self.duration = duration
        }
    }

    package static func lines(_ decision: GateDecision, _ rows: [Row], width: Int, style: Style) -> [String] {
        let explanation = DecisionText.explanation(decision).map { "  " + $0 }
        let head = ([DecisionText.headline(decision, style: style)] + explanation).map { $0.rendered(style) }
        var table = TextTable([
            .init("stage", minimum: 8), .init("profile", minimum: 6), .init("start s", .right),
            .init("takes s", .right),
        ])
        for row in rows {
            table.append([
                StyledText(row.stage), StyledText(row.profile), StyledText(row.start.description),
                StyledText(row.duration.description),
            ])
        }
        return head + (rows.isEmpty ? [] : [""] + table.lines(width: width, style: style))
    }
}
