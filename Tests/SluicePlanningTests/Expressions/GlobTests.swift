import SluiceModel
import Testing

@Suite struct GlobTests {
    /// What the reference says of patterns, word by word: `*` and `?` stop at `/`, `**` does not, and `**/` where a
    /// component begins is any number of folders.
    private func holds(_ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>, atStart: Bool = true) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        let stars = pattern.prefix { $0 == "*" }
        let rest = pattern.dropFirst(stars.count)
        if stars.count > 1, atStart, rest.first == "/" {
            let inner = rest.dropFirst()
            return holds(inner, text)
                || text.indices.contains { text[$0] == "/" && holds(inner, text[($0 + 1)...]) }
        }
        if !stars.isEmpty {
            for end in text.startIndex...text.endIndex {
                if stars.count == 1, text[..<end].contains("/") { return false }
                if holds(rest, text[end...], atStart: false) { return true }
            }
            return false
        }
        guard let character = text.first, first == "?" ? character != "/" : character == first else { return false }
        return holds(pattern.dropFirst(), text.dropFirst(), atStart: first == "/")
    }

    private func words(_ alphabet: [Character], upTo length: Int) -> [[Character]] {
        var words: [[Character]] = [[]]
        var last = words
        for _ in 0..<length {
            last = last.flatMap { word in alphabet.map { word + [$0] } }
            words += last
        }
        return words
    }

    @Test("every short pattern matches every short path that it should, and no other")
    func everyShortPattern() {
        let texts = words(["a", "b", "/"], upTo: 4)
        var wrong: [String] = []
        for pattern in words(["a", "/", "*", "?"], upTo: 5) {
            let glob = Glob(String(pattern))
            for text in texts where glob.matches(String(text)) != holds(pattern[...], text[...]) {
                wrong.append("\(String(pattern)) \(String(text))")
            }
        }
        #expect(wrong.isEmpty, "\(wrong.prefix(10)) and more, \(wrong.count) altogether")
    }

    @Test("longer patterns of stars, folders and letters match what they should", arguments: [1, 2, 3])
    func longerPatterns(seed: UInt64) {
        var state = seed
        func random(below limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        let pieces = ["**/", "**/", "*", "**", "?", "/", "a", "b", "a/", "/**"]
        for _ in 0..<2000 {
            let pattern = (0..<(2 + random(below: 6))).map { _ in pieces[random(below: pieces.count)] }.joined()
            for _ in 0..<10 {
                let text = (0..<random(below: 9)).map { _ in ["a", "b", "/", "a/"][random(below: 4)] }.joined()
                let isHeld = holds(Array(pattern)[...], Array(text)[...])
                #expect(Glob(pattern).matches(text) == isHeld, "seed \(seed): \(pattern) \(text)")
            }
        }
    }

    @Test("a hostile pattern is answered")
    func hostile() {
        let text = String(repeating: "a", count: 100_000)
        #expect(!Glob(String(repeating: "**a", count: 20_000) + "b").matches(text))
        #expect(!Glob(String(repeating: "*a", count: 20_000) + "b").matches(text))
        #expect(Glob(String(repeating: "**/", count: 20_000) + "*b").matches(text + "b"))
    }
}
