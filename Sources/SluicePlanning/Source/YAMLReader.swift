import SluiceModel
import Yams

/// Reads one YAML document within limits that hold for any bytes whatever.
///
/// The parser below is never shown an alias: every `*` is swapped for a private-use character first, and aliases
/// are resolved afterwards over a counted number of nodes. So no file can make it build or hash a tree that is
/// larger than the file. libyaml itself stops at 1000 levels.
struct YAMLReader {
    static let maximumBytes = 1 << 20
    static let maximumDepth = 64

    private let findings: Findings
    private var stand: StandIns
    private var text: String
    /// Bytes that may still be read again to find further repeated keys.
    private var budget = 4 << 20

    /// The document's root; nil, with a finding, where there is none.
    static func read(_ findings: Findings) -> YAMLNode? {
        let source = findings.source
        guard source.bytes.count <= maximumBytes else {
            findings.add(SourceFindings.tooLarge(source.bytes.count), at: SourceLocation(file: source.path))
            return nil
        }
        guard let text = source.text else {
            let offset = UTF8Check.firstInvalid(in: source.bytes)
            findings.add(SourceFindings.invalidUTF8, at: source.location(ofByte: offset))
            return nil
        }
        guard !source.bytes.starts(with: [0xEF, 0xBB, 0xBF]) else {
            findings.add(SourceFindings.byteOrderMark, at: SourceLocation(file: source.path))
            return nil
        }
        guard let stand = StandIns(for: text) else {
            findings.add(SourceFindings.privateUse, at: SourceLocation(file: source.path))
            return nil
        }
        var reader = YAMLReader(findings: findings, stand: stand, text: stand.hidingStars(in: text))
        return reader.read()
    }

    private mutating func read() -> YAMLNode? {
        while true {
            do {
                let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
                // The nodes hold their anchors weakly; the parser keeps them.
                return try withExtendedLifetime(parser) { try root(of: parser) }
            } catch {
                guard rename(after: error) else {
                    YAMLErrors(findings: findings, stand: stand).report(error)
                    return nil
                }
            }
        }
    }

    private func root(of parser: Parser) throws -> YAMLNode? {
        guard let root = try parser.singleRoot() else {
            findings.add(SourceFindings.empty, at: SourceLocation(file: findings.source.path))
            return nil
        }
        var converter = YAMLConverter(findings: findings, stand: stand)
        return converter.convert(root)
    }

    /// The parser stops at the first key that is written twice. One character of it is swapped, so that it goes
    /// on; the converter puts the key back and reports every repetition with its place.
    private mutating func rename(after error: any Error) -> Bool {
        guard case YamlError.duplicatedKeysInMapping(let names, let context) = error, let name = names.first,
            budget >= text.utf8.count, let mark = stand.nextMark(for: name)
        else { return false }
        budget -= text.utf8.count
        let source = findings.source
        var scalars = Array(text.unicodeScalars)
        guard var position = Self.index(of: context.mark, in: scalars), position < scalars.count else { return false }
        if scalars[position] == "\"" || scalars[position] == "'" { position += 1 }
        let isKey = position < scalars.count && name.unicodeScalars.first == scalars[position]
        guard isKey, !source.bytes.isEmpty else { return false }
        scalars[position] = mark
        text = String(String.UnicodeScalarView(scalars))
        return true
    }

    /// The scalar at a mark; lines end as libyaml ends them.
    private static func index(of mark: Mark, in scalars: [Unicode.Scalar]) -> Int? {
        var (line, index) = (1, 0)
        while line < mark.line, index < scalars.count {
            switch scalars[index] {
            case "\r": if index + 1 >= scalars.count || scalars[index + 1] != "\n" { line += 1 }
            case "\n", "\u{85}", "\u{2028}", "\u{2029}": line += 1
            default: break
            }
            index += 1
        }
        return line == mark.line ? index + mark.column - 1 : nil
    }
}
