import SluiceModel
import SluiceReport
import SluiceTesting
import Testing

@Suite struct HumanUnitsTests {
    @Test(
        "durations read as people say them",
        arguments: [
            (0, "0s"), (0.35, "350ms"), (0.9999, "1s"), (1.2, "1.2s"), (9.96, "10s"), (42, "42s"), (59.6, "1 min"),
            (65, "1m 05s"), (300, "5 min"), (599.7, "10 min"), (720, "12 min"), (3569, "59 min"), (3570, "1h"),
            (3780, "1h 03m"), (172_799, "48h"), (187_200, "2d 04h"), (-5, "-5s"), (.infinity, "?"),
            (1e300, "11574074074d 02h"),
        ] as [(Double, String)])
    func durations(seconds: Double, text: String) { #expect(HumanUnits.duration(seconds) == text) }

    @Test(
        "a running clock keeps its form",
        arguments: [
            (0, "0:00"), (42.9, "0:42"), (723, "12:03"), (3723, "1:02:03"), (-3, "0:00"), (.nan, "0:00"),
        ] as [(Double, String)])
    func clocks(seconds: Double, text: String) { #expect(HumanUnits.clock(seconds) == text) }

    @Test(
        "sizes are in binary units",
        arguments: [
            (0, "0 B"), (1023, "1023 B"), (1024, "1 KiB"), (1536, "1.5 KiB"), (1 << 30, "1 GiB"),
            (1_610_612_736, "1.5 GiB"),
            (1_048_575, "1 MiB"), (.max, "8192 PiB"), (.min, "-8192 PiB"),
        ] as [(Int64, String)])
    func sizes(bytes: Int64, text: String) { #expect(HumanUnits.bytes(bytes) == text) }

    @Test(
        "money has two digits, less than a hundredth has two that count",
        arguments: [
            ("0", "0.00"), ("0.4", "0.40"), ("12.5", "12.50"), ("0.0042", "0.0042"), ("-0.4", "-0.40"),
            ("0.00996", "0.01"), ("0.000014", "0.000014"), ("0.00002049", "0.00002"), ("0.000000001", "0.000000001"),
        ])
    func money(amount: String, text: String) throws { #expect(HumanUnits.cost(try Build.amount(amount)) == text) }

    @Test(
        "amounts follow their resource",
        arguments: [
            ("wall", "790", "13 min"), ("memory", "1610612736", "1.5 GiB"), ("gpu_hours", "0.123456", "0.123"),
            ("cpus", "2", "2"), ("cost", "3", "3.00"), ("cpu_hours", "0.000062812", "0.0000628"),
        ])
    func amounts(resource: String, amount: String, text: String) throws {
        #expect(HumanUnits.amount(try Build.amount(amount), of: resource) == text)
    }

    @Test(
        "an amount that is advised as a limit is never less than what fits",
        arguments: [
            ("wall", "790", "13m10s"), ("wall", "3600.1", "1h1s"), ("wall", "0", "0s"), ("cost", "0.4", "0.40"),
            ("cost", "0.4201", "0.4201"), ("gpu_hours", "14.2375", "14.2375"), ("memory", "1610612737", "1537MiB"),
            ("memory", "4294967296", "4GiB"), ("memory", "100", "100 B"),
        ])
    func limits(resource: String, amount: String, text: String) throws {
        #expect(HumanUnits.exact(try Build.amount(amount), of: resource) == text)
    }

    @Test(
        "an amount that is missing has three digits and is never less than it is",
        arguments: [
            ("cost", "0.023333334", "0.0234"), ("cost", "1234.5601", "1234.57"), ("gpu_hours", "0", "0"),
            ("wall", "790.2", "13m11s"), ("storage", "4194304", "4MiB"),
        ])
    func missing(resource: String, amount: String, text: String) throws {
        #expect(HumanUnits.atLeast(try Build.amount(amount), of: resource) == text)
    }

    @Test(
        "long words give way in their middle where that makes a line fit, and stay where it does not",
        arguments: [
            ("train[model=forest] ran", 23, "train[model=forest] ran"),
            ("train[model=forest] ran", 20, "train[mo…forest] ran"),
            ("train[model=forest] ran", 10, "train[model=forest] ran"),
            ("a-long-name-of-a-stage and a-long-name-of-a-stage too", 40, "a-long-…a-stage and a-long-…a-stage too"),
            ("needed by a-long-name-of-a-stage-with-an-end here", 20, "needed by a-long-name-…with-an-end here"),
            ("short  blanks   stay train[model=forest]", 36, "short  blanks   stay train[m…forest]"),
            ("数据处理阶段的名字很长很长 ran", 20, "数据处理…长很长 ran"),
        ])
    func fitted(text: String, columns: Int, expected: String) {
        let line = StyledText(text).fitted(to: columns, style: .plain)
        #expect(line.rendered(.plain) == expected)
        #expect(line.width <= columns || line.width < 50)
    }

    @Test(
        "metrics have four digits that count, whole numbers all of theirs",
        arguments: [
            (0.993_12, "0.9931"), (0.98, "0.98"), (569, "569"), (12.3456, "12.35"), (1234.5678, "1234.57"),
            (0.000_031_4, "3.14e-05"),
            (-0.5, "-0.5"), (1e20, "1e+20"), (123_456_789, "123456789"), (0, "0"), (.leastNonzeroMagnitude, "5e-324"),
            (0.1 + 0.2, "0.3"),
        ] as [(Double, String)])
    func metrics(value: Double, text: String) { #expect(HumanUnits.metric(value) == text) }

    @Test(
        "a number of a model has no noise of its last binary digits",
        arguments: [
            (1.4000000000000001, "1.4"), (-0.19999999999999998, "-0.2"), (2, "2"), (1.0 / 3, "0.333333333333"),
            (1e20, "1e+20"), (-0.0, "0"),
        ] as [(Double, String)])
    func numbers(value: Double, text: String) { #expect(HumanUnits.number(value) == text) }

    @Test("a word of the shell is quoted only where it has to be")
    func shellWords() {
        #expect(ShellWord.of("42/train") == "42/train" && ShellWord.of("") == "''")
        #expect(ShellWord.of("42/train[m=a]") == "'42/train[m=a]'" && ShellWord.of("it's") == "'it'\\''s'")
    }

    @Test("one of a thing is no plural")
    func plurals() throws {
        #expect(HumanUnits.request(.init(cpus: Amount(1), memory: 1 << 30, gpus: 1)) == "1 cpu, 1 GiB, 1 gpu")
        #expect(HumanUnits.request(.init(cpus: try Build.amount("0.5"), memory: 1 << 30)) == "0.5 cpus, 1 GiB, 0 gpus")
    }

    @Test(
        "times are told from now",
        arguments: [
            (-3, "just now"), (-42, "42s ago"), (-200, "3 min ago"), (-7300, "2h ago"), (-400_000, "4d ago"),
            (200, "in 3 min"),
        ] as [(Double, String)])
    func times(offset: Double, text: String) {
        #expect(HumanUnits.relative(Build.after(offset), now: Build.noon) == text)
    }

    @Test(
        "a share is never rounded to nothing or to all",
        arguments: [
            (0, "0%"), (0.004, "<1%"), (0.125, "13%"), (0.995, "99.5%"), (0.9999, "99.9%"), (1, "100%"), (1.4, "140%"),
        ] as [(Double, String)])
    func shares(share: Double, text: String) { #expect(HumanUnits.percent(share) == text) }

    @Test("a moment is a date and a time") func moments() {
        #expect(HumanUnits.moment(Build.noon) == "2026-01-31 12:00:00")
    }
}

@Suite struct TextTableTests {
    private func table(_ rows: [[StyledText]]) -> TextTable {
        var table = TextTable([.init("name", minimum: 4), .init("empty"), .init("size", .right)])
        for row in rows { table.append(row) }
        return table
    }

    @Test("columns are aligned, numbers to the right, empty columns left out, no blanks at the end")
    func aligned() {
        let lines = table([["a", "", "1"], ["long name", "", "1000"], ["b", "", ""]]).lines(width: 80, style: .plain)
        #expect(lines == ["  name       size", "  a             1", "  long name  1000", "  b"])
    }

    @Test("wide characters take two columns, marks none")
    func wide() {
        let lines = table([["名前", "", "1"], ["e\u{301}", "", "2"], ["👩‍🔬x", "", "3"]]).lines(width: 80, style: .plain)
        #expect(lines == ["  name  size", "  名前     1", "  e\u{301}        2", "  👩‍🔬x      3"])
    }

    @Test("a table that is too wide cuts the column that may be cut")
    func cut() {
        let rows: [[StyledText]] = [["a rather long name", "", "1000"], ["名前名前名前", "", "1"]]
        #expect(
            table(rows).lines(width: 18, style: .plain) == [
                "  name        size", "  a rather …  1000", "  名前…名前      1",
            ])
        #expect(
            table(rows).lines(width: 18, style: .ascii) == [
                "  name        size", "  a rathe...  1000", "  名前...前      1",
            ])
        #expect(table(rows).lines(width: 6, style: .plain).allSatisfy { DisplayWidth.of($0) <= 6 })
        #expect(table([]).lines(width: 80, style: .plain) == [])
    }

    @Test("an optional column goes before another one is cut")
    func optional() {
        var table = TextTable([.init("name", minimum: 2), .init("from", isOptional: true), .init("size")])
        table.append(["a name", "somewhere", "12"])
        #expect(table.naturalWidth() == 25)
        #expect(table.lines(width: 25, style: .plain) == ["  name    from       size", "  a name  somewhere  12"])
        #expect(table.lines(width: 24, style: .plain) == ["  name    size", "  a name  12"])
        #expect(table.lines(width: 10, style: .plain) == ["  n…  size", "  a…  12"])
    }

    @Test("whatever text is cut to a width fits it, and holds no character that a terminal obeys")
    func anyText() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix(seed: seed)
        let alphabet: [Unicode.Scalar] = [
            "a", " ", "\t", "\n", "\r", "\u{1b}", "\u{7f}", "\u{9b}", "名", "e", "\u{301}", "\u{200d}", "👩", "🔬", "#",
            "[",
            ":", "\u{fe0f}", "\u{202e}", "🇩", "\u{2028}", "…",
        ]
        for _ in 0..<2000 {
            var text = ""
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                text.unicodeScalars.append(alphabet[Int.random(in: 0..<alphabet.count, using: &random)])
            }
            let width = Int.random(in: 0...14, using: &random)
            let styled = StyledText(text)
            let shown = styled.truncated(to: width, style: .plain).rendered(.plain)
            #expect(DisplayWidth.of(shown) <= width, "seed \(seed)")
            #expect(styled.truncated(to: width, style: .plain).padded(to: width).width == width, "seed \(seed)")
            let isSafe = SafeText.line(text).unicodeScalars.allSatisfy { scalar in
                scalar.value >= 0x20 && scalar.properties.generalCategory != .control
                    && scalar.value != 0x202e && scalar.value != 0x2028
            }
            #expect(isSafe, "seed \(seed)")
            #expect(SafeText.line(SafeText.line(text)) == SafeText.line(text), "seed \(seed)")
        }
    }

    @Test("text with colours is plain text with escapes around it")
    func coloured() {
        let text = StyledText("bad", .bad) + " " + StyledText("good", .good) + "  "
        #expect(text.rendered(.coloured) == "\u{1b}[31mbad\u{1b}[0m \u{1b}[32mgood\u{1b}[0m")
        #expect(text.rendered(.plain) == "bad good")
        #expect(
            text.truncated(to: 6, style: .plain).rendered(.coloured) == "\u{1b}[31mbad\u{1b}[0m \u{1b}[32mg…\u{1b}[0m")
    }
}
