import PluginContract
import Testing

@Suite("The strict JSON reader")
struct JSONReaderTests {
    @Test(
        "valid texts are read to their exact values",
        arguments: [
            (" {} ", JSON.object([:])), ("[]", .array([])), ("\"\"", .string("")), ("null", .null),
            ("true", .bool(true)), ("[1,-2.5,0]", .array([.integer(1), .number(-2.5), .integer(0)])),
            ("9007199254740991", .integer(9_007_199_254_740_991)), ("1e3", .number(1000)), ("-0", .integer(0)),
            (#""\u0041\n\ud83d\ude00\/""#, .string("A\n😀/")), (#"{"a":{"b":[null]}}"#, nested),
            ("\"é\"", .string("é")), (#""\u0000""#, .string("\0")),
        ])
    func valid(text: String, value: JSON) throws {
        #expect(try JSONReader.read(Array(text.utf8)) == value)
    }

    private static let nested = JSON.object(["a": .object(["b": .array([.null])])])

    @Test(
        "what breaks the rules is refused with its kind",
        arguments: [
            ("", JSONError.Kind.syntax), ("{", .syntax), ("{}x", .syntax), ("{} {}", .syntax), ("{'a':1}", .syntax),
            ("[1,]", .syntax), ("{\"a\":1,}", .syntax), ("01", .syntax), ("1.", .syntax), (".5", .syntax),
            ("+1", .syntax), ("1e", .syntax), ("\"\t\"", .syntax), ("\"a", .syntax), (#""\x""#, .syntax),
            (#""\u12""#, .syntax), ("nul", .syntax), ("tru", .syntax), ("--1", .syntax), ("{\"a\" 1}", .syntax),
            ("\u{FEFF}{}", .byteOrderMark), (#"{"a":1,"a":2}"#, .duplicateKey), (#"{"a":1,"\u0061":2}"#, .duplicateKey),
            ("1e999", .numberOutOfRange), ("-1e999", .numberOutOfRange), ("9007199254740992", .numberOutOfRange),
            ("123456789012345678901234567890", .numberOutOfRange), ("[NaN]", .notANumber), ("-Infinity", .notANumber),
            (#""\ud800""#, .invalidText), (#""\udc00\ud800""#, .invalidText), (#""\ud800\u0041""#, .invalidText),
        ])
    func invalid(text: String, kind: JSONError.Kind) {
        #expect(Self.failure(Array(text.utf8)) == kind)
    }

    @Test(
        "invalid UTF-8 is refused", arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82]] as [[UInt8]])
    func invalidText(bytes: [UInt8]) {
        #expect(Self.failure([0x22] + bytes + [0x22]) == .invalidText)
    }

    @Test("64 levels are read and 65 are refused, however many follow")
    func depth() {
        func text(_ levels: Int) -> [UInt8] {
            Array(repeating: UInt8(ascii: "["), count: levels) + Array(repeating: UInt8(ascii: "]"), count: levels)
        }
        #expect(Self.failure(text(64)) == nil)
        #expect(Self.failure(text(65)) == .tooDeep)
        #expect(Self.failure(text(500_000)) == .tooDeep)
    }

    @Test("what is written is read back equal")
    func roundTrip() throws {
        var random = Seeded.announced("JSON round trip")
        for _ in 0..<2000 {
            let value = Self.value(&random, depth: 4)
            #expect(try JSONReader.read(value.line) == value)
        }
    }

    @Test("random and mutated bytes never crash it")
    func fuzz() {
        var random = Seeded.announced("JSON fuzz")
        let alphabet = Array("{}[]\",:\\u0123e+-. tfnNI\t\r\n".utf8) + [0xEF, 0xBB, 0xBF, 0xC3, 0xFF, 0]
        for _ in 0..<20000 {
            let bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
            if let value = try? JSONReader.read(bytes) { #expect((try? JSONReader.read(value.line)) == value) }
        }
    }

    private static func failure(_ bytes: [UInt8]) -> JSONError.Kind? {
        do throws(JSONError) {
            _ = try JSONReader.read(bytes)
            return nil
        } catch {
            return error.kind
        }
    }

    private static func value(_ random: inout Seeded, depth: Int) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int64.random(in: -9_007_199_254_740_991...9_007_199_254_740_991, using: &random))
        case 3: return .number(Double.random(in: -1e9...1e9, using: &random) + 0.123)
        case 4: return .string(text(&random))
        case 5: return .array((0..<3).map { _ in value(&random, depth: depth - 1) })
        default: return .object(["a": value(&random, depth: depth - 1), text(&random): .null])
        }
    }

    private static func text(_ random: inout Seeded) -> String {
        let pool: [Character] = ["a", "\"", "\\", "\n", "\u{1}", "é", "😀", "\u{7F}", "/"]
        return String((0..<5).map { _ in pool[Int.random(in: 0..<pool.count, using: &random)] })
    }
}
