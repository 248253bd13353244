import SluiceModel

/// `sluice explain` for a person: the answer, then at most five lines of what stands behind it.
package enum ExplanationText {
    private static let most = 6

    package static func lines(_ explanation: Explanation, width: Int, style: Style) -> [String] {
        var lines = [sign(explanation.kind, style) + StyledText(explanation.answer, .strong)]
        let said = details(explanation)
        // A command is worth a line only where nothing has to make room for it.
        let room = most - 1
        lines += said.prefix(room)
        lines = lines.map { $0.fitted(to: width, style: style) }
        if said.count > room {
            let rest = "\(said.count - room + 1) more lines: sluice explain \(name(explanation)) --json"
            lines[most - 1] = hint(explanation.next.map { "next: \($0)   (\(rest))" } ?? rest)
        } else if said.count < room, let next = explanation.next {
            lines.append(hint("next: \(next)"))
        }
        return lines.map { $0.rendered(style) }
    }

    /// The lines of all causes, without what the answer says already.
    private static func details(_ explanation: Explanation) -> [StyledText] {
        explanation.causes.flatMap { cause -> [StyledText] in
            let isAnswer = cause.lines.first.map(explanation.answer.contains) ?? false
            let isSubject = cause.kind == .refused || cause.kind == .waiting || isAnswer
            return cause.lines.dropFirst(isAnswer ? 1 : 0).enumerated().map { index, line in
                let indent = isSubject || index == 0 ? "  " : "    "
                return StyledText(indent) + StyledText(line, paint(line))
            }
        }
    }

    private static func paint(_ line: String) -> Style.Paint {
        line.hasPrefix("fix: ") || line.hasPrefix("hint: ") ? .active : .plain
    }

    private static func hint(_ text: String) -> StyledText { "  " + StyledText(text, .quiet) }

    private static func name(_ explanation: Explanation) -> String {
        ShellWord.of("\(explanation.head.id)" + (explanation.stage.map { "/\($0)" } ?? ""))
    }

    private static func sign(_ kind: Explanation.Kind, _ style: Style) -> StyledText {
        let symbols = style.symbols
        switch kind {
        case .succeeded, .replanned, .cacheMiss, .cacheOff, .estimate: return StyledText(symbols.success + " ", .good)
        case .cacheHit: return StyledText(symbols.cached + " ", .good)
        case .refused, .invalid, .failed, .lost: return StyledText(symbols.failure + " ", .bad)
        case .cancelled, .degraded, .retried: return StyledText(symbols.warning + " ", .warning)
        case .queued, .waiting: return StyledText(symbols.waiting + " ")
        case .running: return StyledText(symbols.running + " ", .active)
        case .skipped: return StyledText(symbols.skipped + " ", .quiet)
        }
    }
}
