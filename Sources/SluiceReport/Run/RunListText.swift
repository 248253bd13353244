import SluiceModel

/// `sluice runs list` for a person: newest first.
package enum RunListText {
    package static func lines(_ heads: [RunHead], now: Timestamp, width: Int, style: Style) -> [String] {
        guard !heads.isEmpty else { return ["no runs yet"] }
        var table = TextTable([
            .init("run", .right), .init("pipeline", minimum: 8), .init("outcome"), .init("commit"),
            .init("reference", minimum: 8), .init("trigger"), .init("time", .right), .init("when", .right),
        ])
        for head in heads.sorted(by: { $0.id > $1.id }) { table.append(row(head, now: now, style: style)) }
        return table.lines(width: width, style: style, indent: 0)
    }

    private static func row(_ head: RunHead, now: Timestamp, style: Style) -> [StyledText] {
        let none = StyledText(style.symbols.none, .quiet)
        let wall = head.started.map { (head.ended ?? now).seconds(since: $0) }
        let degraded = StyledText(head.isDegraded ? " \(style.symbols.warning)" : "", .warning)
        return [
            StyledText(head.id.description, .strong), StyledText(head.pipeline),
            OutcomeText.text(head, style: style) + degraded, StyledText(head.revision.oid.short, .active),
            head.revision.reference.map { StyledText($0.short) } ?? none, StyledText(head.trigger.rawValue, .quiet),
            wall.map { StyledText(HumanUnits.duration(max(0, $0))) } ?? none,
            StyledText(HumanUnits.relative(head.ended ?? head.started ?? head.queued, now: now), .quiet),
        ]
    }
}
