import PluginContract
import Testing

@Suite("The line decoder")
struct LineDecoderTests {
    @Test(
        "a stream cut at any two places gives the same lines",
        arguments: [
            "{\"a\":1}\nplain\r\n{\"b\":\"é😀\"}\r\n\n{\"last\":1}", "a\nb\nc\n", "\n\n", "", "{\n{\n", "x", "\r\n{\r\n",
            "1234567890123456789\n{34567890123456789}\n{4567890123456}\r\nz\n{4567890123456}\r", "{34567890123456}\n",
        ])
    func splits(text: String) {
        let bytes = Array(text.utf8)
        let whole = Self.lines([bytes])
        for first in 0...bytes.count {
            for second in first...bytes.count {
                let parts = [bytes[..<first], bytes[first..<second], bytes[second...]].map(Array.init)
                #expect(Self.lines(parts) == whole, "cut at \(first) and \(second)")
            }
        }
    }

    @Test("random streams in random pieces give the same lines and lose no byte")
    func fuzz() {
        var random = Seeded.announced("line decoder")
        let alphabet = Array("{} a\r\n\n".utf8) + [0xEF, 0xFF]
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 0..<120, using: &random)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
            var parts: [[UInt8]] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...rest.count, using: &random)
                parts.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            #expect(Self.lines(parts) == Self.lines([bytes]))
        }
    }

    @Test("the limit holds without the line's end, and a longer line is counted, not kept")
    func limit() {
        let fits = Array(repeating: UInt8(ascii: "{"), count: 16)
        #expect(Self.lines([fits + [0x0A]]) == [.candidate(fits)])
        #expect(Self.lines([fits + [0x0D, 0x0A]]) == [.candidate(fits)])
        let over = fits + [UInt8(ascii: "x")]
        #expect(Self.lines([over + [0x0A]]) == [.overlong(prefix: fits, bytes: 17)])
        #expect(Self.lines([fits, over, over, [0x0A], [0x61, 0x0A]]).first == .overlong(prefix: fits, bytes: 50))
        #expect(Self.lines([fits, over, over, [0x0A], [0x61, 0x0A]]).last == .text([0x61, 0x0A], lines: 1))
    }

    @Test("lines that cannot be messages come in one piece")
    func batches() {
        var pieces: [LineDecoder.Piece] = []
        var decoder = LineDecoder()
        decoder.append(Array("a\nb\n\nc\n{}\nd\ne".utf8)) { pieces.append($0) }
        decoder.finish { pieces.append($0) }
        let expected: [LineDecoder.Piece] = [
            .text(Array("a\nb\n\nc\n".utf8), lines: 4), .candidate(Array("{}".utf8)),
            .text(Array("d\n".utf8), lines: 1), .text(Array("e".utf8), lines: 1),
        ]
        #expect(pieces == expected)
    }

    @Test("on stderr everything is text")
    func stderr() {
        var pieces: [LineDecoder.Piece] = []
        var decoder = LineDecoder(looksForMessages: false)
        decoder.append(Array("{}\n{}\n".utf8)) { pieces.append($0) }
        #expect(pieces == [.text(Array("{}\n{}\n".utf8), lines: 2)])
    }

    /// All pieces of a stream, text split into single lines, with a limit of 16 bytes.
    private static func lines(_ parts: [[UInt8]]) -> [LineDecoder.Piece] {
        var pieces: [LineDecoder.Piece] = []
        var decoder = LineDecoder(limit: 16)
        func take(_ piece: LineDecoder.Piece) {
            guard case .text(let bytes, let count) = piece else { return pieces.append(piece) }
            var lines: [[UInt8]] = [[]]
            for byte in bytes {
                lines[lines.count - 1].append(byte)
                if byte == 0x0A { lines.append([]) }
            }
            if lines.last == [] { lines.removeLast() }
            #expect(lines.count == count)
            pieces += lines.map { .text($0, lines: 1) }
        }
        for part in parts { decoder.append(part, emit: take) }
        decoder.finish(emit: take)
        return pieces
    }
}
