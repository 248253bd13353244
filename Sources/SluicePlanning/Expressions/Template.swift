import SluiceModel

/// A string with `${…}` in it. `$$` is a dollar; a `$` before anything but `{` or `$` stays.
package struct Template: Sendable, Equatable {
    enum Segment: Sendable, Equatable {
        case text(String)
        case name(NameUse)
    }

    let segments: [Segment]

    package init(parsing text: String) throws(ExpressionError) {
        // Most strings hold no dollar at all.
        guard text.utf8.contains(UInt8(ascii: "$")) else {
            segments = text.isEmpty ? [] : [.text(text)]
            return
        }
        segments = try TemplateReader.segments(of: Array(text))
    }

    /// A text that is taken as it is.
    init(literal text: String) { segments = [.text(text)] }

    package var names: [NameUse] {
        segments.compactMap { segment in
            guard case .name(let use) = segment else { return nil }
            return use
        }
    }

    package var isLiteral: Bool { names.isEmpty }

    /// The value; nil while a part of it is not known. A template that is one `${…}` keeps the value's type.
    package func resolve(in scope: Scope) throws(ExpressionError) -> JSONValue? {
        if segments.count == 1, case .name(let use) = segments[0] { return try Self.value(of: use, in: scope) }
        return try text(in: scope).map(JSONValue.string)
    }

    /// The text; nil while a part of it is not known. Values that are no strings read as JSON, lists of paths as
    /// one path a line.
    package func text(in scope: Scope) throws(ExpressionError) -> String? {
        var text = ""
        for segment in segments {
            switch segment {
            case .text(let part): text += part
            case .name(let use):
                guard let part = try Self.text(of: use, in: scope) else { return nil }
                text += part
            }
        }
        return text
    }

    /// A name's value; nil while it is not known.
    static func value(of use: NameUse, in scope: Scope) throws(ExpressionError) -> JSONValue? {
        switch scope.find(use.name) {
        case .value(let value): return value
        case .unknown: return nil
        case .missing: throw ExpressionError("there is no `\(use.name)`", at: use.offset)
        }
    }

    /// How a name's value reads within a text.
    static func text(of use: NameUse, in scope: Scope) throws(ExpressionError) -> String? {
        guard let value = try value(of: use, in: scope) else { return nil }
        if case .input = use.name, case .array(let paths) = value {
            return paths.map(\.plainText).joined(separator: "\n")
        }
        return value.plainText
    }
}

/// Cuts a text at its `${…}`.
enum TemplateReader {
    static func segments(of text: [Character]) throws(ExpressionError) -> [Template.Segment] {
        var segments: [Template.Segment] = []
        var plain = ""
        var position = 0
        while position < text.count {
            let next = position + 1 < text.count ? text[position + 1] : nil
            switch (text[position], next) {
            case ("$", "$"?):
                plain.append("$")
                position += 2
            case ("$", "{"?):
                if !plain.isEmpty { segments.append(.text(plain)) }
                plain = ""
                let (use, end) = try name(in: text, from: position)
                segments.append(.name(use))
                position = end
            case (let character, _):
                plain.append(character)
                position += 1
            }
        }
        if !plain.isEmpty { segments.append(.text(plain)) }
        return segments
    }

    /// Reads `${NAME}` that begins at `start`; returns the position behind it.
    static func name(in text: [Character], from start: Int) throws(ExpressionError) -> (NameUse, Int) {
        guard let end = text[start...].firstIndex(of: "}") else {
            throw ExpressionError("`${` is never closed", at: start, hint: "write `$$` for a dollar")
        }
        var lexer = ExpressionLexer(text[(start + 2)..<end])
        let first = try lexer.next()
        guard case .name(let segments) = first.kind, try lexer.next().kind == .end else {
            let inner = String(text[(start + 2)..<end])
            throw ExpressionError(
                "`${\(inner)}` is no name", at: start, hint: "only names stand in `${…}`; `$${` is a plain `${`")
        }
        let name = try Name(segments: segments, offset: first.offset)
        switch name {
        case .trusted, .degraded:
            throw ExpressionError("`\(name)` is known to conditions only", at: first.offset)
        default: return (NameUse(name: name, offset: first.offset), end + 1)
        }
    }
}
