import SluiceModel
import SluiceReport
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
            ("0.00996", "0.01"),
        ])
    func money(amount: String, text: String) throws { #expect(HumanUnits.cost(try Build.amount(amount)) == text) }

    @Test(
        "amounts follow their resource",
        arguments: [
            ("wall", "790", "13 min"), ("memory", "1610612736", "1.5 GiB"), ("gpu_hours", "0.123456", "0.1235"),
            ("cpus", "2", "2"), ("cost", "3", "3.00"),
        ])
    func amounts(resource: String, amount: String, text: String) throws {
        #expect(HumanUnits.amount(try Build.amount(amount), of: resource) == text)
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
                "  name        size", "  a rather …  1000", "  名前名前…      1",
            ])
        #expect(
            table(rows).lines(width: 18, style: .ascii) == [
                "  name        size", "  a rathe...  1000", "  名前名...      1",
            ])
        #expect(table(rows).lines(width: 6, style: .plain).allSatisfy { DisplayWidth.of($0) <= 6 })
        #expect(table([]).lines(width: 80, style: .plain) == [])
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
