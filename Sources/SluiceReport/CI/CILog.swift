import SluiceModel

/// A run's news for the log of a CI job, one group per attempt.
///
/// Groups do not nest and a log has one order, while attempts run side by side: the oldest one is told as it goes, and
/// what the others say is kept until its group is closed. No line of a plugin stands at a line's beginning, and what
/// the system would obey is made visible (`SafeText`).
package struct CILog: Sendable {
    private struct Attempt: Hashable {
        var stage: String
        var number: Int
    }

    private struct Group {
        var attempt: Attempt
        var title: String
        var lines: [String] = []
        var dropped = 0
        var hasEnded = false
        /// What happened outside of attempts while this one was the last to begin.
        var after: [String] = []
    }

    /// Lines that are kept of an attempt whose turn has not come.
    private static let kept = 5_000

    private let dialect: CIDialect
    private var plain: PlainLines
    /// In the order of their starts. The first one is open, unless there is none.
    private var groups: [Group] = []
    private var opened = 0

    package init(dialect: CIDialect, style: Style) {
        self.dialect = dialect
        plain = PlainLines(style: style)
    }

    /// The lines to print now.
    package mutating func lines(for event: RunEvent) -> [String] {
        let text = plain.lines(for: event.withoutDiagnostics)
        switch event.kind {
        case .attemptStarted(let stage, let started):
            let attempt = Attempt(stage: stage, number: started.number)
            groups.append(Group(attempt: attempt, title: "\(stage), attempt \(started.number)"))
            let opening = groups.count == 1 ? [open(event)] : []
            return opening + add(text, to: attempt)
        case .attemptQueued(let stage, let number, _), .attemptBegan(let stage, let number):
            return add(text, to: Attempt(stage: stage, number: number))
        case .attemptEnded(let stage, let ended):
            let attempt = Attempt(stage: stage, number: ended.number)
            let now = add(text, to: attempt)
            guard let index = groups.firstIndex(where: { $0.attempt == attempt }) else { return now }
            groups[index].hasEnded = true
            return now + close(event)
        default:
            guard let last = groups.indices.last else { return text }
            groups[last].after += text
            return event.isEnd ? finish(event) : []
        }
    }

    package mutating func lines(for event: AttemptEvent, of stage: String, number: Int) -> [String] {
        add(plain.lines(for: event, of: stage), to: Attempt(stage: stage, number: number))
    }

    /// What is printed at once: lines of the open group, and of attempts that nobody has heard of.
    private mutating func add(_ lines: [String], to attempt: Attempt) -> [String] {
        guard let index = groups.firstIndex(where: { $0.attempt == attempt }), index > 0 else { return lines }
        groups[index].lines += lines
        let excess = groups[index].lines.count - Self.kept
        if excess > Self.kept {
            groups[index].lines.removeFirst(excess)
            groups[index].dropped += excess
        }
        return []
    }

    private mutating func open(_ event: RunEvent) -> String {
        opened += 1
        return dialect.opening(groups[0].title, id: id(event), at: event.time)
    }

    private func id(_ event: RunEvent) -> String { "sluice_run\(event.run)_\(opened)" }

    /// Closes the first group when its attempt has ended, and tells those whose turn it is then.
    private mutating func close(_ event: RunEvent) -> [String] {
        var lines: [String] = []
        while let first = groups.first, first.hasEnded {
            lines += [dialect.closing(id: id(event), at: event.time)].compactMap(\.self) + first.after
            groups.removeFirst()
            guard let next = groups.first else { break }
            lines.append(open(event))
            if next.dropped > 0 { lines.append("sluice: \(next.dropped) lines left out; sluice logs has them") }
            lines += next.lines
            groups[0].lines = []
        }
        return lines
    }

    /// At the run's end nothing is kept any more.
    private mutating func finish(_ event: RunEvent) -> [String] {
        for index in groups.indices { groups[index].hasEnded = true }
        return close(event)
    }
}

extension RunEvent {
    /// They are annotations, and stand whole at the log's end.
    fileprivate var withoutDiagnostics: RunEvent {
        guard case .rejected(_, let decision) = kind else { return self }
        var event = self
        event.kind = .rejected(diagnostics: [], decision: decision)
        return event
    }

    fileprivate var isEnd: Bool {
        if case .runEnded = kind { return true }
        return false
    }
}
