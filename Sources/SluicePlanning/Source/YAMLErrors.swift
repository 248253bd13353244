import SluiceModel
import Yams

/// Says in our words what the YAML parser could not read, and where.
struct YAMLErrors {
    let findings: Findings
    let stand: StandIns

    func report(_ error: any Error) {
        guard let error = error as? YamlError else {
            return findings.add(SourceFindings.syntax("\(error)"), at: start)
        }
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            findings.add(finding(problem, context, at: mark), at: place(problem, context, mark))
        case .reader(let problem, let offset, _, let yaml):
            let before = offset.map { yaml.prefix($0).utf8.count } ?? 0
            // Every stand-in is two bytes longer than the star that it stands for.
            let stars = yaml.utf8.prefix(before).lazy.filter { $0 == 0xEE }.count
            findings.add(SourceFindings.control(problem), at: findings.source.location(ofByte: before - 2 * stars))
        case .duplicatedKeysInMapping(let names, let context):
            let finding = SourceFindings.duplicateKey(
                stand.key(names.first ?? ""), earlier: nil, domain: findings.domain)
            findings.add(
                finding, at: findings.source.location(line: context.mark.line, scalar: context.mark.column))
        default: findings.add(SourceFindings.syntax("\(error)"), at: start)
        }
    }

    /// Where one looks first: where a quote or key begins, not where it has no end; the dollar, not its brace.
    private func place(_ problem: String, _ context: YamlError.Context?, _ mark: Mark) -> SourceLocation {
        let line = Array(findings.source.line(mark.line).unicodeScalars)
        if let context, problem.contains("end of stream") || problem.contains("expected ':'") {
            return findings.source.location(line: context.mark.line, scalar: context.mark.column)
        }
        let dollar = interpolation(in: line, before: mark.column - 1).map { $0 + 1 }
        return findings.source.location(line: mark.line, scalar: dollar ?? mark.column)
    }

    private var start: SourceLocation { SourceLocation(file: findings.source.path) }

    private func finding(_ problem: String, _ context: YamlError.Context?, at mark: Mark) -> Finding {
        if problem.contains("nesting level") { return SourceFindings.tooDeep }
        if problem.contains("another document") { return SourceFindings.severalDocuments }
        let line = Array(findings.source.line(mark.line).unicodeScalars)
        let at = mark.column - 1
        if isTab(in: line, at: at) { return SourceFindings.tab }
        if interpolation(in: line, before: at) != nil { return SourceFindings.unquotedInterpolation }
        return SourceFindings.syntax(
            problem, while: context.map { ($0.text, $0.mark.line) },
            hint: SyntaxHints.hint(problem, line: String(String.UnicodeScalarView(line)), column: at))
    }

    /// A tab at the mark or in the indentation before it.
    private func isTab(in line: [Unicode.Scalar], at index: Int) -> Bool {
        if line.indices.contains(index), line[index] == "\t" { return true }
        return line.prefix { $0 == " " || $0 == "\t" }.contains("\t")
    }

    /// `{ seed: ${params.seed} }`: the parser stumbles over the brace behind the dollar, or what comes after it.
    private func interpolation(in line: [Unicode.Scalar], before index: Int) -> Int? {
        let text = line.prefix(index + 2)
        guard
            let dollar = zip(text, text.dropFirst()).enumerated().reversed().first(where: { $1 == ("$", "{") })?.offset
        else { return nil }
        let opening = line.prefix(dollar).filter { $0 == "{" || $0 == "[" }.count
        let quotes = line.prefix(dollar).filter { $0 == "\"" || $0 == "'" }.count
        return opening > 0 && quotes.isMultiple(of: 2) ? dollar : nil
    }
}
