import SluiceModel
import SluicePlanning
import Testing

@Suite struct PluginAnswerTests {
    private func entry(
        _ name: String, _ p50: JSONValue, _ p90: JSONValue, memory: JSONValue = .null
    ) -> JSONValue {
        .object(["name": .string(name), "duration_s": .object(["p50": p50, "p90": p90]), "memory": memory])
    }

    @Test("times and memory of the stage's profiles are taken; of other profiles nothing, of two answers the first")
    func good() {
        let answer = JSONValue.array([
            entry("small", .integer(60), .number(90.5), memory: .integer(1 << 20)),
            entry("small", .integer(1), .integer(1)),
            entry("huge", .integer(-1), .integer(1)), entry("large", .integer(1), .integer(1), memory: .integer(-5)),
        ])
        let read = PluginAnswer.read(answer, about: ["small", "large"])
        #expect(
            read.estimates == [
                "small": PluginEstimate(p50: 60, p90: 90.5, memory: 1 << 20), "large": PluginEstimate(p50: 1, p90: 1),
            ])
        #expect(read.faults.isEmpty)
    }

    @Test(
        "times that make no sense are not taken, and it is said",
        arguments: [
            (JSONValue.integer(-1), JSONValue.integer(1)), (.integer(0), .integer(1)), (.integer(2), .integer(1)),
            (.integer(1), .number(1e300)), (.integer(1), .number(.infinity)), (.number(.nan), .number(.nan)),
            (.string("1"), .integer(1)), (.null, .null), (.number(-1e300), .number(1e-300)),
        ])
    func senseless(p50: JSONValue, p90: JSONValue) {
        let read = PluginAnswer.read(.array([entry("small", p50, p90)]), about: ["small"])
        #expect(read.estimates.isEmpty)
        #expect(read.faults == ["its times for profile `small` are not 0 < p50 ≤ p90 ≤ a year, in seconds"])
    }

    @Test("what is no list, or holds no answers, gives none")
    func noList() {
        for answer in [JSONValue.null, .string("soon"), .object(["small": .integer(1)])] {
            let read = PluginAnswer.read(answer, about: ["small"])
            #expect(read.estimates.isEmpty && read.faults == ["its `profiles` is no list"])
        }
        #expect(PluginAnswer.read(.array([.null, .integer(1), .array([])]), about: ["small"]).estimates.isEmpty)
    }

    @Test("a time is never shorter than a millisecond, nor beyond p90")
    func bounds() {
        #expect(PluginEstimate(p50: 1e-9, p90: 1e-9).duration(quantile: 0.9) == .milliseconds(1))
        #expect(PluginEstimate(p50: 1, p90: 3).duration(quantile: 0.1) == .seconds(1))
        #expect(PluginEstimate(p50: 1, p90: 3).duration(quantile: 0.999) == .seconds(3))
    }
}
