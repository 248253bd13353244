/// Changes files where their structure is: tokens, numbers, lines and keywords, besides single bytes.
struct Mutator {
    private let corpus: [[UInt8]]
    private let words: [[UInt8]]
    /// Numbers at the edges of what readers take.
    private static let numbers = [
        "0", "-1", "1", "00", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808", "1e308",
        "1e309",
        "1e-400", "0.1", ".5", "5.", "1e", "nan", "inf", "-inf", "1e20", "1e15", "0x10", "16777217", "1073741825",
        "1D3",
        "999999999999999999999999999999", "-0", "+7", "1_000", "١",
    ].map { Array($0.utf8) }
    private static let largest = 16_384

    init(corpus: [[UInt8]], words: [String]) {
        self.corpus = corpus
        self.words = words.map { Array($0.utf8) }
    }

    func mutant(_ random: inout Generator) -> [UInt8] {
        var bytes = corpus.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 1...4, using: &random) { change(&bytes, &random) }
        return bytes.count > Self.largest ? Array(bytes.prefix(Self.largest)) : bytes
    }

    private func change(_ bytes: inout [UInt8], _ random: inout Generator) {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: replace(&bytes, token(in: bytes, &random), with: Self.numbers.randomElement(using: &random) ?? [])
        case 1: replace(&bytes, token(in: bytes, &random), with: words.randomElement(using: &random) ?? [])
        case 2: spliceToken(&bytes, &random)
        case 3: editNumber(&bytes, &random)
        case 4: editNumber(&bytes, &random)
        case 5: moveLine(&bytes, &random)
        case 6: replace(&bytes, line(in: bytes, &random), with: [])
        case 7: repeatLine(&bytes, &random)
        case 8: insert(&bytes, words.randomElement(using: &random) ?? [], &random)
        case 9:
            insert(
                &bytes, [[0x20], [0x0A], [0x09], [0x0D], [0x0D, 0x0A]].randomElement(using: &random) ?? [], &random)
        case 10: bytes.removeSubrange((bytes.isEmpty ? 0 : Int.random(in: 0..<bytes.count, using: &random))...)
        default: flip(&bytes, &random)
        }
    }

    // MARK: Bytes

    private func flip(_ bytes: inout [UInt8], _ random: inout Generator) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = .random(in: 0...255, using: &random)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
        default: bytes.remove(at: place)
        }
    }

    private func insert(_ bytes: inout [UInt8], _ what: [UInt8], _ random: inout Generator) {
        bytes.insert(contentsOf: what, at: Int.random(in: 0...bytes.count, using: &random))
    }

    private func replace(_ bytes: inout [UInt8], _ range: Range<Int>, with what: [UInt8]) {
        bytes.replaceSubrange(range, with: what)
    }

    // MARK: Tokens and numbers

    /// A run of bytes of one kind (letters and digits, or blanks, or a mark) around a random place.
    private func token(in bytes: [UInt8], _ random: inout Generator) -> Range<Int> {
        guard !bytes.isEmpty else { return 0..<0 }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let kind = Self.kind(bytes[place])
        var (start, end) = (place, place + 1)
        guard kind != 2 else { return start..<end }
        while start > 0, Self.kind(bytes[start - 1]) == kind { start -= 1 }
        while end < bytes.count, Self.kind(bytes[end]) == kind { end += 1 }
        return start..<end
    }

    private static func kind(_ byte: UInt8) -> Int {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2E, 0x2D, 0x80...: 0
        case 0x20, 0x09, 0x0A, 0x0D: 1
        default: 2
        }
    }

    /// A token of another file in place of one.
    private func spliceToken(_ bytes: inout [UInt8], _ random: inout Generator) {
        let other = corpus.randomElement(using: &random) ?? []
        let piece = Array(other[token(in: other, &random)])
        replace(&bytes, token(in: bytes, &random), with: piece)
    }

    /// Raises, lowers or doubles the digit at hand, so that the file keeps its form.
    private func editNumber(_ bytes: inout [UInt8], _ random: inout Generator) {
        let digits = bytes.indices.filter { (0x30...0x39).contains(bytes[$0]) }
        guard let place = digits.randomElement(using: &random) else { return }
        if Int.random(in: 0..<4, using: &random) == 0 { return bytes.insert(bytes[place], at: place) }
        bytes[place] = .random(in: 0x30...0x39, using: &random)
    }

    // MARK: Lines

    /// A random line with its end.
    private func line(in bytes: [UInt8], _ random: inout Generator) -> Range<Int> {
        guard !bytes.isEmpty else { return 0..<0 }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let start = bytes[..<place].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let end = bytes[place...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
        return start..<max(start, end)
    }

    private func moveLine(_ bytes: inout [UInt8], _ random: inout Generator) {
        let range = line(in: bytes, &random)
        let piece = Array(bytes[range])
        bytes.removeSubrange(range)
        bytes.insert(contentsOf: piece, at: line(in: bytes, &random).lowerBound)
    }

    private func repeatLine(_ bytes: inout [UInt8], _ random: inout Generator) {
        let piece = Array(bytes[line(in: bytes, &random)])
        bytes.insert(contentsOf: piece, at: line(in: bytes, &random).lowerBound)
    }
}
