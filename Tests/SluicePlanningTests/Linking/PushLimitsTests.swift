import SluiceModel
import SluiceTesting
import Testing

@testable import SluicePlanning

@Suite("What one push may ask for")
struct PushLimitsTests {
    @Test("64 pipelines are judged, the 65th is not")
    func pipelines() {
        var limits = PushLimits()
        for _ in 0..<64 { limits.countPipeline() }
        #expect(limits.exceeded == nil)
        limits.countPipeline()
        #expect(limits.exceeded == "a push may have 64 pipelines judged, this one has more")
    }

    @Test("20,000 stages are judged over all of its pipelines, one more is not")
    func stages() {
        var limits = PushLimits()
        for count in [19_999, 0, 1] { limits.count(stages: count) }
        #expect(limits.exceeded == nil)
        limits.count(stages: 1)
        #expect(limits.exceeded == "the push has more than 20000 stages")
    }

    @Test("16 MiB are read over all of its commits; a byte more throws, and then nothing counts that was concluded")
    func bytes() throws {
        let limits = PushLimits()
        let (half, byte) = (String(repeating: "x", count: 8 << 20), "x")
        let base = MemoryTree(files: ["a": half, "b": half, "c": byte])
        for path in ["a", "b"] {
            // Of another commit each.
            let tree = CountedTree(base, limits.reading)
            let entry = try #require(try tree.entry(at: path))
            #expect(try tree.contents(of: entry, limit: .max).count == 8 << 20)
        }
        #expect(limits.exceeded == nil)
        let tree = CountedTree(base, limits.reading)
        let last = try #require(try tree.entry(at: "c"))
        #expect(throws: GitError.self) { try tree.contents(of: last, limit: .max) }
        #expect(limits.exceeded == "more than 16 MiB would have to be read")
        #expect(throws: GitError.self, "listing is refused too") { try tree.entries(under: "") }
    }

    @Test("what is larger than may be read at once costs nothing")
    func refusedBefore() throws {
        let limits = PushLimits()
        let tree = CountedTree(MemoryTree(files: ["a": "four"]), limits.reading)
        let entry = try #require(try tree.entry(at: "a"))
        #expect(throws: GitError.self) { try tree.contents(of: entry, limit: 3) }
        try limits.reading.spend(PushLimits.mostBytes)
        #expect(limits.exceeded == nil)
    }
}
