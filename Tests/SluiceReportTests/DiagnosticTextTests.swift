import SluiceModel
import SluiceReport
import Testing

@Suite struct DiagnosticTextTests {
    @Test("a diagnostic shows its place, its line with a caret and its hint")
    func plain() {
        #expect(
            DiagnosticText.lines(Build.diagnostic(), style: .plain) == [
                "pipelines/churn.yaml:12:11: error: no plugin is named `train-sklaern` [pipeline.unknown-plugin]",
                "  12 │     uses: train-sklaern",
                "     │           ^",
                "     hint: the nearest name is `train-sklearn`",
            ])
    }

    @Test("the caret stands under its character behind tabs and wide characters")
    func caret() {
        func lines(_ excerpt: String, _ column: Int) -> [String] {
            Array(
                DiagnosticText.lines(
                    Build.diagnostic(line: 7, column: column, excerpt: excerpt, hint: nil), style: .ascii)[1...])
        }
        #expect(lines("\tkey: x", 2) == ["  7 |     key: x", "    |     ^"])
        #expect(lines("a\tkey: x", 3) == ["  7 | a   key: x", "    |     ^"])
        #expect(lines("名前: x", 5) == ["  7 | 名前: x", "    |       ^"])
        #expect(lines("e\u{301}t: x", 5) == ["  7 | e\u{301}t: x", "    |     ^"])
        #expect(lines("ab", 6) == ["  7 | ab", "    |   ^"])
        #expect(lines("ab", .max) == ["  7 | ab", "    |   ^"])
        #expect(lines("ab", .min) == ["  7 | ab", "    | ^"])
    }

    @Test("a line of ten thousand characters is shown around its caret")
    func long() {
        let excerpt = String(repeating: "x", count: 5000) + "!" + String(repeating: "y", count: 5000)
        let lines = DiagnosticText.lines(Build.diagnostic(column: 5001, excerpt: excerpt, hint: nil), style: .plain)
        #expect(lines.allSatisfy { $0.count < 140 })
        let caret = lines[2].firstIndex(of: "^").map { lines[2].distance(from: lines[2].startIndex, to: $0) }
        let mark = lines[1].firstIndex(of: "!").map { lines[1].distance(from: lines[1].startIndex, to: $0) }
        #expect(caret == mark)
    }

    @Test("control characters in files and messages are shown, not obeyed, and the caret follows")
    func hostile() {
        let lines = DiagnosticText.lines(
            Build.diagnostic(
                column: 2, excerpt: "\u{1b}x", message: "a\u{202e}b\nc", hint: nil, file: "::error::.yaml"),
            style: .ascii)
        #expect(
            lines == [
                "\\::error::.yaml:12:2: error: a\\u{202e}b\\nc [pipeline.unknown-plugin]",
                "  12 | \\u{1b}x",
                "     |       ^",
            ])
    }

    @Test("diagnostics are ordered by place and summed up")
    func summary() throws {
        let all = [
            Build.diagnostic(
                .warning, line: 3, column: 1, excerpt: "name: Churn", hint: nil, file: "plugins/x/plugin.yaml"),
            Build.diagnostic(line: 20), Build.diagnostic(),
            Build.diagnostic(line: 4, column: 2, excerpt: "", hint: nil),
        ]
        try expectGolden("diagnostics.txt", DiagnosticText.lines(all, style: .plain))
        try expectGolden("diagnostics-colour.txt", DiagnosticText.lines(all, style: .coloured))
        #expect(DiagnosticText.summary(all) == "3 errors, 1 warning in 2 files")
        #expect(DiagnosticText.summary([Build.diagnostic()]) == "1 error in 1 file")
        #expect(DiagnosticText.summary([]) == "no problems found")
    }
}
