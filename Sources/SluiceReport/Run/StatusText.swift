import SluiceModel

/// `sluice status` for a person.
package enum StatusText {
    package static func lines(_ status: QueueStatus, now: Timestamp, width: Int, style: Style) -> [String] {
        var lines = [head(status).rendered(style)]
        if !status.active.isEmpty { lines += [""] + active(status, now: now, width: width, style: style) }
        if !status.recent.isEmpty {
            lines += ["", StyledText("recent", .strong).rendered(style)]
            lines += RunListText.lines(status.recent, now: now, width: width, style: style)
        }
        return lines
    }

    private static func head(_ status: QueueStatus) -> StyledText {
        let counts = RunPhase.allCases.compactMap { state -> String? in
            let count = status.active.count { $0.head.state == state }
            return count == 0 ? nil : "\(count) \(state.rawValue)"
        }
        let queue = StyledText(counts.isEmpty ? "nothing to do" : counts.reversed().joined(separator: ", "), .strong)
        let needsWorker = status.workers == 0 && !status.active.isEmpty
        let hint = StyledText(needsWorker ? "; start one with: sluice worker" : "", .warning)
        let worker =
            switch status.workers {
            case 0: "no worker is running"
            case 1: "a worker is running"
            default: "\(status.workers) workers are running"
            }
        return queue + StyledText("  " + worker, needsWorker ? .warning : .quiet) + hint
    }

    private static func active(_ status: QueueStatus, now: Timestamp, width: Int, style: Style) -> [String] {
        var table = TextTable([
            .init("run", .right), .init("pipeline", minimum: 8), .init("state"), .init("commit"),
            .init("reference", minimum: 8), .init("stages", .right), .init("time", .right), .init("doing", minimum: 12),
        ])
        for record in status.active {
            let isLeft = status.left.contains(record.head.id)
            let doing = isLeft ? StyledText("its runner died", .warning) : doing(record)
            table.append(row(record, doing, now: now, style: style))
        }
        return table.lines(width: width, style: style, indent: 0)
            + status.active.flatMap { queues($0, now: now) }.map { $0.rendered(style) }
            + status.active.map(\.head.id).filter(status.left.contains).map { left($0).rendered(style) }
    }

    /// On lines of their own, for what an engine says is long.
    private static func queues(_ record: RunRecord, now: Timestamp) -> [StyledText] {
        record.stages.compactMap { stage in
            stage.queued.map { attempt in
                StyledText("  \(record.head.id)/\(stage.name)", .strong)
                    + StyledText(" waits" + QueueText.waiting(attempt, now: now))
            }
        }
    }

    private static func row(
        _ record: RunRecord, _ doing: StyledText, now: Timestamp, style: Style
    ) -> [StyledText] {
        let head = record.head
        let none = StyledText(style.symbols.none, .quiet)
        let ended = record.stages.count { $0.end != nil }
        let since = head.started ?? head.queued
        return [
            StyledText(head.id.description, .strong), StyledText(head.pipeline), OutcomeText.text(head, style: style),
            StyledText(head.revision.oid.short, .active), head.revision.reference.map { StyledText($0.short) } ?? none,
            record.stages.isEmpty ? none : StyledText("\(ended)/\(record.stages.count)"),
            StyledText(HumanUnits.clock(now.seconds(since: since))), doing,
        ]
    }

    private static func left(_ run: RunID) -> StyledText {
        StyledText("  \(run)", .strong) + " goes on by a worker, or by: sluice runs resume \(run)"
    }

    private static func doing(_ record: RunRecord) -> StyledText {
        if let waiting = record.waitingFor { return StyledText("waits for \(waiting)") }
        let running = record.stages.filter { $0.running != nil }.map(\.name)
        let queued = record.stages.count { $0.queued != nil }
        let waiting = queued > 0 ? ["\(queued) in a queue"] : []
        return StyledText((running + waiting).joined(separator: ", "))
    }
}
