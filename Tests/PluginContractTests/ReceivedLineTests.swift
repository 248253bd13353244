import PluginContract
import Testing

@Suite("The judgement of a line")
struct ReceivedLineTests {
    private static let token = "0123456789abcdef0123456789abcdef"

    @Test(
        "a line without the token is a stray and never a message",
        arguments: [
            #"{"type":"result","status":"ok"}"#, #"{"type":"result","status":"ok","token":"guess"}"#,
            #"{"type":"result","status":"ok","token":1}"#, #"{"type":"result","nested":{"token":"$TOKEN"}}"#,
            #"["$TOKEN"]"#, #""$TOKEN""#, "{", "{'loss': 0.1}", " text", #"{"token":"$TOKEN"} {"token":"$TOKEN"}"#,
        ])
    func strays(text: String) {
        #expect(Self.judge(text) == .stray)
    }

    @Test(
        "a line that breaks the rules is malformed even with the token",
        arguments: [
            (#"{"token":"$TOKEN","type":"heartbeat","token":"$TOKEN"}"#, JSONError.Kind.duplicateKey),
            ("\u{FEFF}" + #"{"token":"$TOKEN","type":"heartbeat"}"#, .byteOrderMark),
            (#"{"token":"$TOKEN","type":"metric","name":"a","value":NaN}"#, .notANumber),
            (#"{"token":"$TOKEN","type":"metric","name":"a","value":1e999}"#, .numberOutOfRange),
        ])
    func malformed(text: String, kind: JSONError.Kind) {
        guard case .malformed(let error) = Self.judge(text) else { return #expect(Bool(false), "not malformed") }
        #expect(error.kind == kind)
    }

    @Test("every message is read as it was written", arguments: messages)
    func roundTrip(message: PluginMessage) {
        #expect(ReceivedLine(message.line(token: Self.token).dropLast(), token: Self.token) == .message(message))
    }

    private static let messages: [PluginMessage] = [
        .hello(wire: "sluice/1"), .log(level: "info", message: "a\nb", fields: .object(["x": .integer(1)])),
        .progress(done: 1, total: 2, unit: "rows", message: "m"), .metric(name: "auc", value: 0.98, step: nil),
        .metric(name: "loss", value: 1, step: 3), .output(name: "o", value: .array([.null])),
        .checkpoint(id: "c", path: "p"), .heartbeat, .estimate(profiles: .array([])),
        .terminal(.result(.skipped, reason: "r")), .terminal(.result(.ok, reason: nil)),
        .terminal(.error(ErrorMessage(.transient, code: "net.down", message: "m", hint: "h", retryAfter: 3))),
    ]

    @Test(
        "a bad field drops the line with a warning that names it",
        arguments: [
            (#""type":"metric","name":"a""#, "value"), (#""type":"metric","name":"a","value":"1""#, "value"),
            (#""type":"metric","name":"","value":1"#, "name"), (#""type":"metric","value":1"#, "name"),
            (#""type":"result","status":"fine""#, "fine"), (#""type":"result""#, "status"),
            (#""type":"error","class":"x","code":"c","message":"m""#, "class"), (#""type":"log""#, "message"),
            (#""type":"progress","done":true"#, "done"), (#""type":7"#, "type"), (#""x":7"#, "type"),
            (#""type":"output","name":"o""#, "value"), (#""type":"checkpoint","id":"a""#, "path"),
            (#""type":"metric","name":"a\nb","value":1"#, "name"),
        ])
    func dropped(fields: String, word: String) {
        guard case .dropped(let error) = Self.judge(#"{"token":"$TOKEN",\#(fields)}"#) else {
            return #expect(Bool(false), "not dropped")
        }
        #expect(error.description.contains(word))
    }

    @Test("an output value over 64 KiB is dropped")
    func largeOutput() {
        let message = PluginMessage.output(name: "o", value: .string(String(repeating: "x", count: 70_000)))
        guard case .dropped = ReceivedLine(message.line(token: Self.token).dropLast(), token: Self.token) else {
            return #expect(Bool(false), "not dropped")
        }
    }

    @Test("unknown types are counted, critical ones stop the stage, unknown fields are ignored")
    func unknown() {
        #expect(Self.judge(#"{"token":"$TOKEN","type":"dance"}"#) == .unknown(type: "dance"))
        #expect(Self.judge(#"{"token":"$TOKEN","type":"dance","critical":true}"#) == .critical(type: "dance"))
        #expect(Self.judge(#"{"token":"$TOKEN","type":"heartbeat","x":[1]}"#) == .message(.heartbeat))
        #expect(Self.judge(#" {"token":"$TOKEN","type":"heartbeat"} "#) == .message(.heartbeat))
    }

    @Test("an error's message is cut at 300 characters")
    func longMessage() {
        let error = ErrorMessage(.user, code: "c", message: String(repeating: "é", count: 400))
        let line = PluginMessage.terminal(.error(error)).line(token: Self.token).dropLast()
        guard case .message(.terminal(.error(let read))) = ReceivedLine(Array(line), token: Self.token) else {
            return #expect(Bool(false), "not an error")
        }
        #expect(read.message.count == 300)
    }

    private static func judge(_ text: String) -> ReceivedLine {
        ReceivedLine(
            Array(text.split(separator: "$TOKEN", omittingEmptySubsequences: false).joined(separator: token).utf8),
            token: token)
    }
}
