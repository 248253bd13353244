import Testing

@testable import SluiceReport

@Suite("pictures of schedules")
struct ScheduleSVGTests {
    private func picture(_ bars: [SchedulePicture.Bar], bound: Int, title: String = "small.mm") -> SchedulePicture {
        SchedulePicture(
            title: title, note: "genetic, 12 schedules, seed 1", lowerBound: bound, bars: bars, capacities: [4, 3])
    }

    private static let bars: [SchedulePicture.Bar] = [
        .init(number: 1, mode: nil, start: 0, duration: 0, requests: [0, 0]),
        .init(number: 2, mode: 2, start: 0, duration: 4, requests: [3, 1]),
        .init(number: 3, mode: nil, start: 0, duration: 3, requests: [0, 2]),
        .init(number: 4, mode: 1, start: 4, duration: 5, requests: [1, 3]),
        .init(number: 5, mode: nil, start: 9, duration: 1, requests: [0, 0]),
        .init(number: 6, mode: nil, start: 10, duration: 0, requests: [0, 0]),
    ]

    @Test("a small schedule is drawn to the byte")
    func golden() throws {
        try expectGolden("schedule.svg", ScheduleSVG.lines(picture(Self.bars, bound: 8)))
    }

    @Test("bars that do not overlap share a row, and no two in a row overlap")
    func rows() {
        let placed = picture(Self.bars, bound: 8).rows()
        #expect(placed.count == 2)
        for row in 0..<placed.count {
            let bars = placed.bars.filter { $0.row == row }.map(\.bar)
            #expect(zip(bars, bars.dropFirst()).allSatisfy { $0.start + $0.duration <= $1.start })
        }
    }

    @Test("what is held is the sum over the running bars at every change")
    func usage() {
        let usage = picture(Self.bars, bound: 8).usage(of: 1)
        #expect(usage.map(\.tick) == [0, 3, 4, 9])
        #expect(usage.map(\.held) == [3, 1, 3, 0])
    }

    @Test("marks of XML and control characters in a title do no harm")
    func escapes() {
        let text = ScheduleSVG.lines(picture([], bound: 0, title: "<a href=\"x\">&\u{1}.sm")).joined()
        #expect(text.contains("&lt;a href=&quot;x&quot;&gt;&amp;\u{FFFD}.sm"))
    }

    @Test("a schedule of many bars stays a picture of bounded size")
    func many() {
        let bars = (0..<30_000).map {
            SchedulePicture.Bar(number: $0 + 1, mode: nil, start: $0 / 3, duration: 7, requests: [$0 % 2, 1])
        }
        let text = ScheduleSVG.lines(picture(bars, bound: 10)).joined()
        #expect(text.contains("30000 are too many to be drawn one by one"))
        #expect(text.utf8.count < 100_000)
    }
}
