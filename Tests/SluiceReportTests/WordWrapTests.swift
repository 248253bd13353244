import SluiceReport
import Testing

@Suite("Word wrap")
struct WordWrapTests {
    @Test("lines are as long as their words let them, and a word that is too long stands alone")
    func lines() {
        #expect(WordWrap.lines("one two three", width: 7) == ["one two", "three"])
        #expect(WordWrap.lines("one two three", width: 6) == ["one", "two", "three"])
        #expect(WordWrap.lines("a /a/very/long/path b c", width: 5) == ["a", "/a/very/long/path", "b c"])
        #expect(WordWrap.lines("", width: 5) == [""])
        #expect(WordWrap.lines("日本 日本", width: 8) == ["日本", "日本"], "two columns each")
    }
}
