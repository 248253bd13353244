/// One line of text whose pieces know what they mean; safe to show by construction.
package struct StyledText: Sendable, Equatable, ExpressibleByStringInterpolation {
    private struct Span: Sendable, Equatable {
        var text: String
        var paint: Style.Paint
    }

    private var spans: [Span]

    package init(_ text: some StringProtocol, _ paint: Style.Paint = .plain) {
        spans = text.isEmpty ? [] : [Span(text: SafeText.line(text), paint: paint)]
    }

    package init(stringLiteral value: String) { self.init(value) }

    package static let empty = StyledText("")

    package static func blanks(_ count: Int) -> StyledText { StyledText(String(repeating: " ", count: max(0, count))) }

    package var isEmpty: Bool { spans.isEmpty }
    package var width: Int { spans.reduce(0) { $0 + DisplayWidth.of($1.text) } }

    package static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.spans += right.spans
        return sum
    }

    package static func += (left: inout Self, right: Self) { left.spans += right.spans }

    /// At most `columns` wide; what is cut ends in the ellipsis.
    package func truncated(to columns: Int, style: Style) -> StyledText {
        let whole = spelled(style)
        return whole.width > columns ? whole.cut(to: columns, style: style) : whole
    }

    private func cut(to columns: Int, style: Style) -> StyledText {
        let mark = DisplayWidth.prefix(of: style.symbols.ellipsis, columns: max(0, columns))
        var left = columns - DisplayWidth.of(mark)
        var result = StyledText.empty
        for span in spans where left >= 0 {
            let kept = DisplayWidth.prefix(of: span.text, columns: left)
            let isCut = kept.count < span.text.count
            result.spans.append(Span(text: kept + (isCut ? mark : ""), paint: span.paint))
            if isCut { return result }
            left -= DisplayWidth.of(kept)
        }
        return result
    }

    /// At most `columns` wide where its long words leave room for that: each keeps its start and its end, which is what
    /// tells names apart. Where that is not enough for a sentence, it has no very long words at least.
    package func fitted(to columns: Int, style: Style) -> StyledText {
        spelled(style).shortened(to: columns, style: style)
    }

    /// Before anything is measured: what is spelled is wider.
    func spelled(_ style: Style) -> StyledText {
        guard style.isASCII else { return self }
        var result = self
        for index in spans.indices { result.spans[index].text = style.spelled(spans[index].text) }
        return result
    }

    private func shortened(to columns: Int, style: Style) -> StyledText {
        let words = spans.flatMap { $0.text.split(separator: " ").map { DisplayWidth.of(String($0)) } }
        var (cap, excess) = (words.max() ?? 0, width - columns)
        guard excess > 0 else { return self }
        let least = words.count == 1 ? Self.leastName : Self.leastWord
        while excess > 0, cap > least {
            excess -= words.count { $0 >= cap }
            cap -= 1
        }
        if excess > 0, words.count > 1 { cap = max(cap, Self.veryLong) }
        var result = self
        for index in spans.indices {
            let words = spans[index].text.split(separator: " ", omittingEmptySubsequences: false)
            result.spans[index].text = words.map { Self.shortened(String($0), to: cap, style) }.joined(separator: " ")
        }
        return result
    }

    private static let (leastName, leastWord, veryLong) = (3, 12, 24)

    /// `train[model=gradient…seed=17]`
    private static func shortened(_ word: String, to columns: Int, _ style: Style) -> String {
        guard DisplayWidth.of(word) > columns else { return word }
        let mark = style.symbols.ellipsis
        let room = columns - DisplayWidth.of(mark)
        let end = DisplayWidth.prefix(of: String(word.reversed()), columns: room / 2)
        return DisplayWidth.prefix(of: word, columns: room - DisplayWidth.of(end)) + mark + String(end.reversed())
    }

    /// Filled with blanks up to `columns`.
    package func padded(to columns: Int, alignment: TextTable.Alignment = .left) -> StyledText {
        let blanks = StyledText.blanks(columns - width)
        return alignment == .left ? self + blanks : blanks + self
    }

    /// The line without trailing blanks.
    package func rendered(_ style: Style) -> String {
        var kept = spans
        while let last = kept.last {
            let trimmed = last.text.trimmingTrailingBlanks
            if trimmed.isEmpty { kept.removeLast() } else { kept[kept.count - 1].text = trimmed }
            if !trimmed.isEmpty { break }
        }
        return kept.map { style.painted($0.text, $0.paint) }.joined()
    }

    /// The line as it is, for something to follow it.
    package func renderedWithBlanks(_ style: Style) -> String {
        spans.map { style.painted($0.text, $0.paint) }.joined()
    }
}

extension Sequence<StyledText> {
    package func joined(by separator: StyledText) -> StyledText {
        var result = StyledText.empty
        for (index, part) in enumerated() { result += index == 0 ? part : separator + part }
        return result
    }

    /// Every line rendered, its long words shortened as far as `width` wants it, and nothing else.
    package func fitted(_ style: Style, width: Int) -> [String] {
        map { $0.fitted(to: width, style: style).rendered(style) }
    }

    /// Every line rendered, cut to `width` columns.
    package func rendered(_ style: Style, width: Int) -> [String] {
        map { $0.truncated(to: width, style: style).rendered(style) }
    }
}

extension String {
    fileprivate var trimmingTrailingBlanks: String {
        var end = endIndex
        while end > startIndex, self[index(before: end)] == " " { end = index(before: end) }
        return String(self[..<end])
    }
}
