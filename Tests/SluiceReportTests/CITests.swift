import SluiceModel
import Testing

@testable import SluiceReport

@Suite struct CITests {
    /// Two attempts side by side, of which the second ends first.
    private func log(_ dialect: CIDialect) throws -> [String] {
        var log = CILog(dialect: dialect, style: .plain)
        let hostile = "::error::owned\n\u{1b}[0Ksection_start:1:x\r\u{1b}[0Kowned\n##[group]owned\n::endgroup::"
        let events = Build.events([
            (2, try Build.planned()), (2, try Build.started("train")), (3, try Build.started("evaluate")),
            (5, try Build.ended("evaluate", wall: 2, cost: "0.1")),
            (5, .checkJudged(stage: "evaluate", Build.check("auc", 0.9, ">= 0.98", .fail))),
            (5, .stageEnded(stage: "evaluate", .init(outcome: .failed, reason: "a check failed"))),
            (9, try Build.ended("train", wall: 7, cost: "0.2")), (10, try Build.started("deploy")),
            (11, .runEnded(outcome: .failed, reason: "evaluate failed")),
        ])
        var lines: [String] = []
        for event in events {
            lines += log.lines(for: event)
            guard case .attemptStarted(let stage, let started) = event.kind else { continue }
            let said = AttemptEvent.log(stream: .stdout, text: "hello from \(stage)\n" + hostile)
            lines += log.lines(for: said, of: stage, number: started.number)
        }
        return lines
    }

    @Test("on GitHub attempts are groups one after the other, and no plugin opens or closes one")
    func github() throws {
        let lines = try log(.github)
        try expectGolden("ci-github.txt", lines)
        let commands = lines.filter { $0.hasPrefix("::") }
        #expect(
            commands.map { $0.prefix(9) } == [
                "::group::", "::endgrou", "::group::", "::endgrou", "::group::", "::endgrou",
            ])
    }

    @Test("on GitLab attempts are sections with times and names of their own")
    func gitlab() throws {
        let lines = try log(.gitlab)
        try expectGolden("ci-gitlab.txt", lines)
        #expect(lines.count { $0.contains("\u{1b}") } == 6, "no escape but ours")
    }

    @Test("elsewhere lines are plain, and the attempts still follow each other")
    func plain() throws { try expectGolden("ci-plain.txt", try log(.plain)) }

    private func pipeline() -> Pipeline {
        func place(_ line: Int, _ column: Int = 3) -> SluiceModel.SourceLocation {
            SluiceModel.SourceLocation(file: "pipelines/churn.yaml", line: line, column: column)
        }
        func stage(_ name: String, at line: Int, checks: [Check] = []) -> Pipeline.Stage {
            Pipeline.Stage(
                name: name, action: Located(.run("true"), at: place(line)), profiles: [], checks: checks,
                location: place(line))
        }
        let checks = [
            Check(metric: "auc", location: place(31, 9)), Check(metric: "latency_p95_ms", location: place(32, 9)),
        ]
        return Pipeline(
            name: "churn", path: "pipelines/churn.yaml",
            stages: [stage("train", at: 20), stage("evaluate", at: 27, checks: checks)])
    }

    private func annotations() throws -> [CIAnnotation] {
        var odd = Build.diagnostic(
            .warning, message: "100% odd:\r\n::error::owned", hint: "a, b", file: "p/a,b:c%.yaml")
        odd.id = "pipeline.odd"
        return [CIAnnotation(Build.diagnostic()), CIAnnotation(odd)]
            + CIAnnotation.all(of: try Build.failed(), pipeline: pipeline())
            + CIAnnotation.all(of: try Build.succeeded(), pipeline: pipeline())
            + CIAnnotation.all(of: try Build.failed(), pipeline: nil)
    }

    @Test("diagnostics, failed stages and failed checks stand at their lines, with GitHub's escapes")
    func annotated() throws {
        let lines = CIDialect.github.annotations(try annotations())
        try expectGolden("ci-annotations.txt", lines)
        #expect(lines.allSatisfy { !$0.contains("\r") && !$0.contains("\n") })
        #expect(CIDialect.gitlab.annotations(try annotations()).isEmpty)
    }

    @Test("GitLab's report names each of them once, with fingerprints that stay")
    func codeQuality() throws {
        let annotations = try annotations()
        try expectGolden("ci-code-quality.json", [JSONText.encode(CodeQualityJSON(annotations), pretty: true)])
        let again = JSONText.encode(CodeQualityJSON(annotations + annotations))
        let prints = again.matches(of: /"fingerprint":"([0-9a-f]{16})"/).map { String($0.1) }
        #expect(prints.count == 2 * annotations.count && Set(prints).count == prints.count)
    }

    @Test("the job summary is Markdown in which no text of a plugin is markup")
    func summary() throws {
        try expectGolden(
            "ci-summary-failed.md", JobSummary.lines(try Build.failed(), note: "changed since 1234567890, `x`"))
        try expectGolden("ci-summary-succeeded.md", JobSummary.lines(try Build.succeeded()))
        try expectGolden("ci-summary-refused.md", JobSummary.lines(try refused(), diagnostics: [Build.diagnostic()]))
    }

    @Test("JUnit has a case per stage and per check, and what is refused is an error")
    func junit() throws {
        try expectGolden("ci-junit-failed.xml", JUnitXML.lines(try Build.failed()))
        try expectGolden("ci-junit-succeeded.xml", JUnitXML.lines(try Build.succeeded()))
        try expectGolden("ci-junit-refused.xml", JUnitXML.lines(try refused()))
    }

    @Test("JUnit says once why a run was refused, though its decision begins with the same")
    func refusalOnce() throws {
        let why = try #require(try Build.refused().explanation.first)
        let text = JUnitXML.lines(try refused(why)).joined(separator: "\n")
        #expect(text.ranges(of: why).count == 1, "\(text)")
        #expect(text.contains("nothing was started"), "the rest of the decision stays: \(text)")
    }

    private func refused(_ why: String = "it is over its budget") throws -> RunRecord {
        var head = try Build.head()
        head.outcome = .refused
        return RunRecord(
            head: head,
            events: Build.events([
                (1, .rejected(diagnostics: [], decision: try Build.refused())),
                (1, .runEnded(outcome: .refused, reason: why)),
            ]))
    }
}
