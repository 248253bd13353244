import SluiceModel

/// A run as JUnit's XML, which every CI system reads: one test case per stage and one per check.
package enum JUnitXML {
    package static func lines(_ record: RunRecord) -> [String] {
        let cases = cases(of: record)
        let failures = cases.count { $0.kind == .failure }
        let errors = cases.count { $0.kind == .error }
        let counts =
            "tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"\(errors)\" "
            + "skipped=\"\(cases.count { $0.kind == .skipped })\" time=\"\(seconds(record.wall ?? 0))\""
        let started = record.head.started ?? record.head.queued
        let suite =
            "name=\"\(escaped(record.head.pipeline))\" \(counts) timestamp=\"\(started.description.prefix(19))\""
        return [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites name=\"sluice\" \(counts)>",
            "  <testsuite \(suite)>",
        ] + properties(record) + cases.flatMap { lines($0, record) } + ["  </testsuite>", "</testsuites>"]
    }

    private struct Case {
        enum Kind: String { case passed, failure, error, skipped }

        var name: String
        var group: String
        var time: Double
        var kind: Kind
        var type = ""
        var message = ""
        var text: [String] = []
    }

    private static func cases(of record: RunRecord) -> [Case] {
        let stages = record.stages.flatMap { stage in
            [testCase(stage, record)] + stage.checks.map { testCase($0, of: stage, record) }
        }
        guard record.head.outcome == .refused || stages.isEmpty, record.head.outcome != .succeeded else {
            return stages
        }
        let found = record.diagnostics.map { "\($0.location): \($0.severity.rawValue): \($0.message)" }
        let why = record.reason ?? record.decision?.explanation.first ?? "the run did not start"
        let refusal = Case(
            name: "gate", group: record.head.pipeline, time: 0, kind: .error,
            type: record.head.outcome?.rawValue ?? "", message: why,
            text: (found + (record.decision?.explanation ?? [])).filter { $0 != why })
        return [refusal] + stages
    }

    private static func testCase(_ stage: RunRecord.Stage, _ record: RunRecord) -> Case {
        var made = Case(name: stage.name, group: record.head.pipeline, time: stage.wall, kind: .passed)
        guard let end = stage.end else {
            made.kind = .skipped
            made.message = "not started"
            return made
        }
        let error = stage.error
        made.message = end.reason ?? error?.message ?? ""
        switch end.outcome {
        case .succeeded, .cached: made.message = ""
        case .skipped, .cancelled: made.kind = .skipped
        case .failed, .timedOut, .overLimit: made.kind = .failure
        case .lost: made.kind = .error
        }
        guard made.kind == .failure || made.kind == .error else { return made }
        made.type = error?.code ?? end.outcome.rawValue
        made.text = [error?.hint.map { "hint: \($0)" }].compactMap(\.self) + (error?.stderr ?? [])
        return made
    }

    /// A check that only warns is no failure; what it found is in its output.
    private static func testCase(_ check: CheckResult, of stage: RunRecord.Stage, _ record: RunRecord) -> Case {
        Case(
            name: "\(check.metric) \(check.limit)", group: "\(record.head.pipeline).\(stage.name)", time: 0,
            kind: check.isFatal ? .failure : .passed, type: "check.\(check.verdict.rawValue)",
            message: check.verdict == .pass ? "" : CheckText.sentence(check))
    }

    private static func properties(_ record: RunRecord) -> [String] {
        let revision = record.head.revision
        var facts = [("run", record.head.id.description), ("commit", revision.oid.hex)]
        if let reference = revision.reference { facts.append(("reference", reference.name)) }
        let lines = facts.map { "      <property name=\"\($0)\" value=\"\(escaped($1))\"/>" }
        return ["    <properties>"] + lines + ["    </properties>"]
    }

    private static func lines(_ testCase: Case, _ record: RunRecord) -> [String] {
        let head =
            "    <testcase name=\"\(escaped(testCase.name))\" classname=\"\(escaped(testCase.group))\" "
            + "file=\"\(escaped(record.head.path))\" time=\"\(seconds(testCase.time))\""
        let inside = inside(testCase)
        return inside.isEmpty ? [head + "/>"] : [head + ">"] + inside + ["    </testcase>"]
    }

    private static func inside(_ testCase: Case) -> [String] {
        let message = "message=\"\(escaped(testCase.message))\""
        switch testCase.kind {
        case .passed:
            return testCase.message.isEmpty ? [] : ["      <system-out>\(escaped(testCase.message))</system-out>"]
        case .skipped: return ["      <skipped \(message)/>"]
        case .failure, .error:
            let open = "      <\(testCase.kind.rawValue) type=\"\(escaped(testCase.type))\" \(message)"
            guard !testCase.text.isEmpty else { return [open + "/>"] }
            let text = testCase.text.flatMap(SafeText.lines).map(escaped)
            return [open + ">" + text.joined(separator: "\n") + "</\(testCase.kind.rawValue)>"]
        }
    }

    private static func seconds(_ value: Double) -> String { DecimalText.fixed(value, places: 3) }

    /// Control characters, which XML cannot hold at all, are visible escapes by then; U+FFFE and U+FFFF are left out.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in SafeText.line(text).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\u{FFFE}", "\u{FFFF}": continue
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
