import SluiceModel
import SluicePlanning
import SluiceTesting
import Testing

/// Files that are made to break a reader.
@Suite struct HostileFileTests {
    private func ids(_ text: String) -> [String] {
        PipelineFile.parse(SourceText(path: "pipelines/x.yaml", text: text)).diagnostics.map(\.id)
    }

    private func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    @Test("a hundred thousand open brackets, braces and dashes are too deep, and no stack overflows")
    func depth() {
        for opening in ["[", "{", "{a: ", "- ", "? ", "[{a: ", "- a: [", "\"a\": {"] {
            let ids = ids("params: " + repeated(opening, 100_000))
            #expect(ids == ["yaml.too-deep"] || ids == ["yaml.syntax"], "\(opening): \(ids)")
        }
        for opening in ["- ", "? ", "[", "{? "] {
            let ids = ids(repeated(opening, 100_000))
            #expect(ids == ["yaml.too-deep"] || ids == ["yaml.syntax"], "\(opening): \(ids)")
        }
    }

    @Test("every level of indentation counts as depth")
    func indentation() {
        let lines = (0..<1200).map { repeated(" ", $0) + "k:\n" }.joined()
        #expect(ids("params:\n  a: 1\n" + lines) == ["yaml.too-deep"])
    }

    @Test("64 levels are read, 65 are not")
    func boundary() {
        func text(_ levels: Int) -> String {
            "schema: sluice/v1\nname: x\nparams:\n  a: " + repeated("[", levels - 2) + repeated("]", levels - 2)
                + "\nstages: { a: { run: echo } }\n"
        }
        #expect(ids(text(64)).isEmpty)
        #expect(ids(text(65)) == ["yaml.too-deep"])
    }

    @Test("a file over 1 MiB is refused before it is read")
    func size() {
        #expect(ids("# " + repeated("x", 1 << 20)) == ["yaml.too-large"])
    }

    @Test("aliases never stand for more than they may, as values, keys or lists of keys")
    func laughs() {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...30 { bomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1), *a\(level - 1)]\n" }
        #expect(ids(bomb) == ["yaml.too-many-aliases"])
        for key in ["? *a30\n: x\n", "*a30 : x\n", "[*a30]: x\n", "{*a30 : y}: x\n", "? - *a30\n: x\n"] {
            #expect(ids(bomb + key) == ["yaml.too-many-aliases"], "\(key)")
        }
        var quadratic = "a: &a [" + repeated("x,", 3000) + "]\nb: [" + repeated("*a,", 99) + "]\n"
        #expect(ids(quadratic) == ["yaml.too-many-aliases"])
        quadratic = "a: &a x\nb: [" + repeated("*a,", 101) + "]\n"
        #expect(ids(quadratic) == ["yaml.too-many-aliases"])
    }

    @Test("an alias that makes a value deeper than its own place is too deep")
    func deepAlias() {
        let half = repeated("[", 40) + "x" + repeated("]", 40)
        #expect(ids("a: &a \(half)\nb: \(repeated("[", 40))*a\(repeated("]", 40))\n") == ["yaml.too-deep"])
    }

    @Test("a thousand repeated keys end with a diagnostic")
    func duplicates() {
        let text = (0..<1000).map { "k\($0 % 500): 1\n" }.joined()
        let ids = ids(text)
        #expect(ids.contains("pipeline.duplicate-key"))
    }

    @Test("private-use characters in a file are only characters, and too many are refused")
    func privateUse() {
        let text = "schema: sluice/v1\nname: x\ndescription: \"\u{E000}\u{E001} *\"\nstages: { a: { run: echo * } }\n"
        let (pipeline, diagnostics) = PipelineFile.parse(SourceText(path: "x", text: text))
        #expect(diagnostics.isEmpty)
        #expect(pipeline?.description == "\u{E000}\u{E001} *")
        #expect(pipeline?.stages.first?.action.value == .run("echo *"))
        let all = (0xE000...0xE3FF).compactMap(Unicode.Scalar.init).map(String.init).joined()
        #expect(ids(text + "# " + all) == ["yaml.private-use"])
    }

    @Test("places count characters, whatever their width and whatever ends the lines")
    func places() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["schema: sluice/v1", "name: x", "description: \"e\u{301}t\u{e9} 名前\"", "名前: {a: 1, a: 2}"]
            let found = PipelineFile.parse(
                SourceText(path: "x", text: (text + ["stages: {a: {run: echo}}", ""]).joined(separator: end)))
            let duplicate = found.diagnostics.first { $0.id == "pipeline.duplicate-key" }
            #expect(duplicate?.location == SourceLocation(file: "x", line: 4, column: 12))
            #expect(duplicate?.excerpt == text[3])
        }
    }

    @Test("a large definition that is all work ends with its errors")
    func work() throws {
        let head = "schema: sluice/v1\nname: x\nstages:\n"
        let size = 250_000
        func filled(_ start: String, _ piece: (Int) -> String, _ end: String = "") -> String {
            var text = start
            var index = 0
            while text.utf8.count < size {
                text += piece(index)
                index += 1
            }
            return text + end
        }
        let texts = [
            filled(head) { "  a\($0): {run: x, shell: y}\n" },
            filled(head) { "  k\($0 % 900): {run: x}\n" },
            filled(head + "  a: {run: x, needs: [", { "b\($0)," }, "]}"),
            filled(head + "  a: {run: x, inputs: {", { "b\($0): \"**/*\($0)\"," }, "}}"),
            filled(head + "  a: {run: x}\nparams: {é: [", { _ in "1," }, "]}\nbad: 1\n"),
            filled("", { "k\($0): é\n" }),
            filled("{", { "k\($0): é," }, "}"),
            filled("a: [", { _ in "x é," }, "]"),
            filled("a: \"", { _ in "\\x41\n " }, "\""),
            filled("", { _ in "- " }), filled("", { _ in "*a " }), filled("", { _ in "&a " }),
            filled("", { _ in "\n" }),
            filled("", { _ in "a: |\n" }), filled("", { _ in "\"" }), filled("a: ", { _ in "!!x " }),
            filled(head) { stage in
                stage < 490
                    ? "  s\(stage): {run: x, needs: [" + (0..<190).map { "s\(($0 * 7 + stage) % 490)," }.joined()
                        + "]}\n" : "# \n"
            },
            filled(head) { stage in
                stage < 490
                    ? "  s\(stage): {run: x, inputs: {" + (0..<150).map { "i\($0): m\($0)/x," }.joined() + "}}\n"
                    : "# \n"
            },
            filled(head + "  z: {run: x, needs: [y]}\n  y: {run: x, needs: [z]}\n  c0: {run: x, needs: [z]}\n") {
                "  c\($0 + 1): {run: x, needs: [c\($0)]}\n"
            },
            filled(head) { "  a-stage-with-a-long-name-\($0): {run: x, needs: [a-stage-with-some-long-name-\($0)]}\n" },
            filled(head + "  a: {run: x, env: {A: \"", { _ in "${params.x}" }, "\"}}"),
            filled(head + "  s0: {uses: y, outputs: {o: file}, if: false}\n") {
                "  s\($0 + 1): {run: x, outputs: {o: file}, inputs: {i: s\($0).o}}\n"
            },
            filled(head + "  a: {uses: y, if: false}\n  s0: {run: x, metrics: m}\n") {
                "  s\($0 + 1): {run: 'x ${stages.s\($0).metrics.m}', metrics: m, needs: [s\($0)]}\n"
            },
        ]
        for (index, text) in texts.enumerated() {
            let tree = MemoryTree(files: Dictionary((0..<300).map { ("data/file\($0).csv", "") }) { first, _ in first })
            let clock = ContinuousClock()
            let time = try clock.measure {
                let (linked, diagnostics) = try PipelineLinker.lint(
                    SourceText(path: "x", text: text), tree: tree, plugins: MemoryPlugins(),
                    configuration: OperatorConfiguration(), overrides: [:], isTrusted: true)
                #expect(linked == nil)
                #expect(!diagnostics.isEmpty && diagnostics.count <= 400)
            }
            print("text \(index): \(time)")
        }
    }
}
