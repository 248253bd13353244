import Foundation
import SluiceModel
import Testing

@Suite("events as JSON")
struct RunEventCodingTests {
    @Test("every kind of event survives being written and read", arguments: EventSamples.all)
    func roundTrip(kind: RunEvent.Kind) throws {
        let event = RunEvent(sequence: 7, time: Timestamp(milliseconds: 1_700_000_000_123), run: RunID(42), kind: kind)
        let text = try JSONEncoder().encode(event)
        #expect(try JSONDecoder().decode(RunEvent.self, from: text) == event)
    }

    @Test("the samples hold every kind")
    func complete() {
        #expect(Set(EventSamples.all.map(\.typeName)) == Set(RunEvent.TypeName.allCases))
    }

    @Test("an event is one flat object with its schema, number, time, type, run, stage and attempt")
    func flat() throws {
        let event = RunEvent(
            sequence: 3, time: Timestamp(milliseconds: 1000), run: RunID(5),
            kind: .retryScheduled(stage: "train", number: 2, delay: 1.5, reason: "crashed"))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(event), as: UTF8.self)
        #expect(
            text == #"{"attempt":2,"delay_s":1.5,"reason":"crashed","run":5,"schema":"sluice.event/v1","#
                + #""seq":3,"stage":"train","time":"1970-01-01T00:00:01.000Z","type":"retry_scheduled"}"#)
    }

    @Test("keys are written in snake_case and durations in seconds", arguments: EventSamples.all)
    func snakeCase(kind: RunEvent.Kind) throws {
        let event = RunEvent(sequence: 1, time: Timestamp(milliseconds: 0), run: RunID(1), kind: kind)
        let value = try JSONDecoder().decode(JSONValue.self, from: try JSONEncoder().encode(event))
        for key in keys(of: value) { #expect(key == key.lowercased(), "\(key)") }
    }

    @Test("an event of another schema is refused")
    func otherSchema() {
        let text = #"{"schema":"sluice.event/v2","seq":1,"time":"1970-01-01T00:00:01.000Z","type":"waiting","run":1}"#
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(RunEvent.self, from: Data(text.utf8)) }
    }

    @Test("a diagnostic has the keys of lint")
    func diagnostic() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(EventSamples.diagnostic), as: UTF8.self)
        #expect(
            text == #"{"column":3,"excerpt":"  us: x","file":"a/b.yaml","hint":"did you mean uses?","#
                + #""id":"pipeline.unknown-key","line":2,"message":"unknown key us","severity":"error"}"#)
    }

    private func keys(of value: JSONValue) -> [String] {
        switch value {
        case .object(let members): members.keys + members.values.flatMap(keys)
        case .array(let values): values.flatMap(keys)
        default: []
        }
    }
}
