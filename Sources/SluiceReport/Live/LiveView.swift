import SluiceModel

/// One picture of a running run for a terminal.
package enum LiveView {
    /// At most `height` lines of at most `width` columns.
    package static func frame(_ state: LiveState, width: Int, height: Int, now: Timestamp, style: Style) -> [String] {
        let phases = state.phases
        let head = head(state, width: width, now: now, style: style)
        let foot = foot(state, phases: phases, style: style).truncated(to: width, style: style).rendered(style)
        let isAiry = height >= 8
        let room = height - 2 - (isAiry ? 2 : 0)
        let gap = isAiry ? [""] : []
        let stages = stages(state, phases: phases, room: room, width: width, now: now, style: style)
        return Array(([head] + gap + stages + (stages.isEmpty ? [] : gap) + [foot]).prefix(max(0, height)))
    }

    private static func head(_ state: LiveState, width: Int, now: Timestamp, style: Style) -> String {
        let head = state.record.head
        let left =
            StyledText(head.pipeline, .strong) + StyledText("  run \(head.id)  ") + RevisionText.line(head.revision)
        let start = head.started ?? head.queued
        let clock = StyledText(HumanUnits.clock((head.ended ?? now).seconds(since: start)))
        let room = max(0, width - clock.width - 2)
        let padded = left.truncated(to: room, style: style).padded(to: room)
        return (padded + "  " + clock).truncated(to: width, style: style).rendered(style)
    }

    private static func stages(
        _ state: LiveState, phases: [LiveState.Phase], room: Int, width: Int, now: Timestamp, style: Style
    ) -> [String] {
        var table = TextTable([
            .init("", minimum: 10), .init("", minimum: 12), .init("", minimum: 8), .init("", .right),
            .init("", minimum: 5),
        ])
        let row = LiveRow(now: now, style: style)
        for entry in LiveFold(phases: phases, room: room).entries {
            switch entry {
            case .stage(let index):
                let stage = state.record.stages[index]
                table.append(row.cells(stage, phases[index], state.activity(of: stage.name)))
            case .finished(let count):
                table.append(row.folded(style.symbols.success, "\(count) finished", paint: .good))
            case .waiting(let count): table.append(row.folded(style.symbols.waiting, "\(count) waiting", paint: .quiet))
            case .more(let count): table.append(row.folded(" ", "and \(count) more", paint: .quiet))
            }
        }
        return table.lines(width: width, style: style)
    }

    /// `2 of 5 done · 1 running · 1 ready    cost 0.12 of 10`.
    private static func foot(_ state: LiveState, phases: [LiveState.Phase], style: Style) -> StyledText {
        if let waiting = state.record.waitingFor { return StyledText("waits for \(waiting)", .warning) }
        let separator = StyledText(" \(style.symbols.separator) ", .quiet)
        guard !phases.isEmpty else { return StyledText(state.record.head.state.rawValue, .quiet) }
        var parts = [StyledText("\(phases.count(where: \.isEnded)) of \(phases.count) done")]
        let running = phases.count(where: \.isRunning)
        let queued = phases.count(where: \.isQueued)
        let ready = phases.count { $0 == .ready }
        let failed = phases.count(where: \.isFailed)
        if failed > 0 { parts.append(StyledText("\(failed) failed", .bad)) }
        if running > 0 { parts.append(StyledText("\(running) running", .active)) }
        if queued > 0 { parts.append(StyledText("\(queued) in a queue")) }
        if ready > 0 { parts.append(StyledText("\(ready) ready")) }
        let budget = state.record.runLimits.filter { $0.resource != "wall" }.map { limit in
            let used = state.record.usage[limit.resource] ?? .zero
            let name = StyledText(limit.resource + " ", .quiet)
            let amounts =
                "\(HumanUnits.amount(used, of: limit.resource)) of "
                + HumanUnits.amount(limit.limit, of: limit.resource)
            return name + StyledText(amounts, used > limit.limit ? .bad : .plain)
        }
        return (parts + budget).joined(by: separator)
    }
}

extension LiveState.Phase {
    var isEnded: Bool { if case .ended = self { true } else { false } }
    var isFailed: Bool {
        guard case .ended(let outcome) = self else { return false }
        return !outcome.isGood && outcome != .skipped && outcome != .cancelled
    }
    var isRunning: Bool { if case .running = self { true } else { false } }
    var isQueued: Bool { if case .queued = self { true } else { false } }
}
