import SluiceModel
import SluiceReport
import Testing

@Suite struct PlainLinesTests {
    @Test("elsewhere than on a terminal a run is a list of plain lines with a prefix on each")
    func whole() throws {
        var plain = PlainLines(style: .plain)
        var lines: [String] = []
        let events = Build.events([
            (2, try Build.planned()),
            (
                2,
                .stageEnded(
                    stage: "prepare",
                    .init(
                        outcome: .cached, cache: CacheState(state: .hit, reason: "from run 41"), metrics: ["rows": 569])
                )
            ),
            (2, try Build.started("train", profile: "large")),
            (61, try Build.ended("train", wall: 58.6, cost: "0.032", error: Build.crash, signal: "SIGSEGV")),
            (61, .retryScheduled(stage: "train", number: 2, delay: 1, reason: "a crash is tried once more")),
            (70, .checkJudged(stage: "evaluate", Build.check("auc", 0.9931, ">= 0.98", .pass))),
            (70, .checkJudged(stage: "evaluate", Build.check("f1", nil, ">= 0.9", .missing))),
            (70, .stageEnded(stage: "evaluate", .init(outcome: .timedOut, reason: "no life for 90s"))),
            (71, .waiting(reason: "2 cpus that run 41 holds")),
            (71, .warning(stage: nil, message: "stages ran without a sandbox")),
            (72, .rejected(diagnostics: [Build.diagnostic()], decision: try Build.refused())),
            (72, .runEnded(outcome: .failed, reason: "train failed")),
        ])
        for event in events { lines += plain.lines(for: event) }
        try expectGolden("plain.txt", lines)
        #expect(lines.allSatisfy { $0.hasPrefix("sluice: ") || $0.hasPrefix("[") })
    }

    @Test(
        "no terminal and no CI system obeys what a plugin prints",
        arguments: [
            ("::error::owned", "[train] \\::error::owned"),
            ("  ::set-output name=x::y", "[train]   \\::set-output name=x::y"),
            ("x ##[error]owned", "[train] x #\\#[error]owned"),
            ("##vso[task.setvariable variable=x]y", "[train] #\\#vso[task.setvariable variable=x]y"),
            ("##teamcity[buildStop]", "[train] #\\#teamcity[buildStop]"),
            ("\u{1b}]0;title\u{7}", "[train] \\u{1b}]0;title\\u{7}"),
            ("50%\r60%", "[train] 50%\\r60%"),
            ("\u{9b}2J", "[train] \\u{9b}2J"),
            ("a\u{2028}b\u{202e}c", "[train] a\\u{2028}b\\u{202e}c"),
            ("a\tb", "[train] a       b"),
            ("### heading, std::vector", "[train] ### heading, std::vector"),
        ])
    func harmless(text: String, line: String) {
        var plain = PlainLines(style: .plain)
        #expect(plain.lines(for: .log(stream: .stderr, text: text), of: "train") == [line])
    }

    @Test("why a run is refused is told once, whether its plan or its definition was judged")
    func refusedOnce() throws {
        let decision = try Build.refused()
        let planned = RunEvent.Kind.planned(.init(decision: decision, isDegraded: false, stages: []))
        for judged in [planned, .rejected(diagnostics: [], decision: decision)] {
            var plain = PlainLines(style: .plain)
            let events = Build.events([(1, judged), (1, .runEnded(outcome: .refused, reason: decision.explanation[0]))])
            let lines = events.flatMap { plain.lines(for: $0) }
            #expect(lines.count { $0.contains(decision.explanation[0]) } == 1)
            #expect(lines.last == "sluice: run 42 refused")
        }
    }

    @Test("every line of a log text has its prefix")
    func several() {
        var plain = PlainLines(style: .plain)
        let event = AttemptEvent.log(stream: .stdout, text: "one\r\n\ntwo\n")
        #expect(plain.lines(for: event, of: "train") == ["[train] one", "[train] ", "[train] two"])
    }

    @Test("progress is said once per tenth, and again in the next attempt")
    func progress() throws {
        var plain = PlainLines(style: .plain)
        func said(_ done: Double) -> [String] {
            plain.lines(for: .progress(done: done, total: 50, unit: "epochs", message: nil), of: "train")
        }
        #expect(said(1) == [])
        #expect(said(5) == ["[train] 10%, 5/50 epochs"])
        #expect(said(7) == [])
        #expect(said(50) == ["[train] 100%, 50/50 epochs"])
        #expect(plain.lines(for: .progress(done: 1, total: nil, unit: nil, message: nil), of: "train") == [])
        #expect(plain.lines(for: .progress(done: .nan, total: 1, unit: nil, message: nil), of: "train") == [])
        for event in Build.events([(1, try Build.started("train", 2))]) { _ = plain.lines(for: event) }
        #expect(
            plain.lines(for: .progress(done: 5, total: 50, unit: nil, message: nil), of: "train") == [
                "[train] 10%, 5/50"
            ])
    }
}
