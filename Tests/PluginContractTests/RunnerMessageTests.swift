import PluginContract
import Testing

@Suite("Lines from the runner")
struct RunnerMessageTests {
    @Test("they are read as they were written, and cancel and saved carry no token")
    func roundTrip() throws {
        for message in [Self.start, .cancel(reason: "user", grace: 2.5), .saved(checkpoint: "c")] {
            let line = message.line
            #expect(line.last == 0x0A && !line.dropLast().contains(0x0A))
            let json = try JSONReader.read(line)
            #expect(RunnerMessage(json: json) == message)
            if case .start = message { continue }
            #expect(json["token"] == nil)
        }
    }

    @Test("start has the contract's fields")
    func fields() throws {
        let json = try JSONReader.read(Self.start.line)
        #expect(json["protocol"]?.stringValue == "sluice/1")
        #expect(json["inputs"]?["data"]?["digest"]?.stringValue == "sha256:1")
        #expect(json["inputs"]?["models"]?.arrayValue?.first?["instance"]?.stringValue == "lr=1")
        #expect(json["outputs"]?["model"]?["path"]?.stringValue == "/o/m")
        #expect(json["grant"]?["cpus"]?.doubleValue == 1.5)
        #expect(json["limits"]?["metrics_per_s"]?.integerValue == 1000)
        #expect(json["limits"]?["output"]?.integerValue == 65536 && json["limits"]?["files"]?.integerValue == 6)
        #expect(json["limits"]?["checkpoint"]?.integerValue == 7)
        #expect(json["limits"]?["checkpoint_files"]?.integerValue == 8)
        #expect(json["resume"] == nil)
    }

    @Test("an unknown type is nothing")
    func unknown() {
        #expect(RunnerMessage(json: .object(["type": .string("dance")])) == nil)
    }

    private static let start: RunnerMessage = {
        var start = StartMessage(
            token: "t", verb: "run", run: "7", stage: "train", attempt: 2, workspace: "/w", scratch: "/s",
            commit: .init(oid: "abc", reference: "refs/heads/main", trusted: true),
            grant: .init(profile: "cpu", cpus: 1.5, memory: 1 << 30, disk: 5, deadline: "2026-01-01T00:00:00.000Z"),
            limits: .init(
                line: 1 << 20, log: 5, metricsPerSecond: 1000, files: 6, checkpoint: 7, checkpointFiles: 8))
        start.params = .object(["lr": .number(0.1)])
        let input = StartMessage.Input(path: "/i", digest: "sha256:1", type: "dataset")
        var named = input
        named.instance = "lr=1"
        start.inputs = ["data": .one(input), "models": .many([named])]
        start.outputs = ["model": .init(path: "/o/m", type: "model")]
        start.deployment = "/d"
        return .start(start)
    }()
}
