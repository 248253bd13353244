import Foundation
import SluiceModel
import Testing

@testable import SluicePlanning

@Suite struct UnitsTests {
    @Test("durations are numbers with units, largest first")
    func durations() {
        let good: [String: Duration] = [
            "90s": .seconds(90), "1h30m": .seconds(5400), "500ms": .milliseconds(500), "2d": .seconds(172_800),
            "0.5h": .seconds(1800), "1m0.25s": .milliseconds(60_250), "0s": .zero,
        ]
        for (text, duration) in good { #expect(Units.duration(text) == duration, "\(text)") }
        for text in ["", "90", "s", "1s1s", "1s1m", "1 s", "-1s", "1S", "1e3s", "1.2.3s", "99999999d", "1w", "٣s"] {
            #expect(Units.duration(text) == nil, "\(text)")
        }
    }

    @Test("sizes are whole bytes with units; what is left of one is dropped, so that what a fix names can be written")
    func sizes() {
        let good: [String: Int64] = [
            "512MiB": 512 << 20, "2GB": 2_000_000_000, "100B": 100, "1.5KiB": 1536, "1TiB": 1 << 40, "3kB": 3000,
            "1.1GiB": 1_181_116_006, "0.0001KiB": 0,
        ]
        for (text, size) in good { #expect(Units.size(text) == size, "\(text)") }
        for text in ["", "512", "MiB", "1.5B", "-1B", "1 GiB", "1gb", "99999999999999999TiB", "1e3B", "1Gi"] {
            #expect(Units.size(text) == nil, "\(text)")
        }
    }

    @Test("what is written of an amount is read again, also of sums beyond what a file may say")
    func writtenAmounts() throws {
        #expect(Amount(decimal: "1000000000000000000") == nil)
        for billionths: Int128 in [0, 1, -1, 1_000_000_001, 8_388_607 << 70, 17_519_999_999_999_999_982_480_000 << 40] {
            let amount = Amount(billionths: billionths)
            #expect(Amount(written: amount.description) == amount)
            let again = try JSONDecoder().decode([Amount].self, from: try JSONEncoder().encode([amount]))
            #expect(again[0].doubleValue == amount.doubleValue)
        }
        #expect(Amount(written: "1e30") == nil)
    }

    @Test("plain scalars mean what YAML 1.2 says, not 1.1")
    func core() {
        let meanings: [String: JSONValue] = [
            "on": .string("on"), "yes": .string("yes"), "NO": .string("NO"), "true": .bool(true), "False": .bool(false),
            "": .null, "~": .null, "null": .null, "nULL": .string("nULL"), "12": .integer(12), "-0": .integer(0),
            "+7": .integer(7), "012": .integer(12), "0o17": .integer(15), "0xFF": .integer(255), "0b1": .string("0b1"),
            "1_000": .string("1_000"), "12:30": .string("12:30"), "1.5": .number(1.5), ".5": .number(0.5),
            "1.": .number(1), "1e3": .number(1000), ".": .string("."), "e3": .string("e3"), ".inf": .string(".inf"),
            "nan": .string("nan"), "0x": .string("0x"), "0x-1": .string("0x-1"), "1e999": .string("1e999"),
            "9223372036854775808": .number(9_223_372_036_854_775_808), "2001-01-01": .string("2001-01-01"),
            "٣": .string("٣"),
        ]
        for (text, value) in meanings { #expect(CoreSchema.value(of: text) == value, "\(text)") }
    }

    @Test("the nearest name is one that a slip explains")
    func nearest() {
        let names = ["timeout", "retry", "inputs", "a"]
        #expect(NearestName.nearest(to: "timout", of: names) == "timeout")
        #expect(NearestName.nearest(to: "rerty", of: names) == "retry")
        #expect(NearestName.nearest(to: "Inputs", of: names) == "inputs")
        #expect(NearestName.nearest(to: "zzz", of: names) == nil)
        #expect(NearestName.nearest(to: "b", of: names) == nil)
        #expect(NearestName.nearest(to: "evaluate-x", of: ["evaluate-yz", "evaluate-y"]) == "evaluate-y")
        #expect(NearestName.nearest(to: "abab", of: ["baba", "abba"]) == "abba")
    }
}
