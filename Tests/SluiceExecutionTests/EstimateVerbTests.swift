import SluiceExecution
import SluiceModel
import Testing

@Suite("The verb `estimate`")
struct EstimateVerbTests {
    private func asked(
        _ attempts: Attempts, _ body: String, change: (inout AttemptRequest) -> Void = { _ in }
    ) async throws -> AttemptResult {
        var request = try attempts.plugin(python: body)
        request.verb = .estimate
        request.timeout = .seconds(20)
        request.grace = .seconds(1)
        change(&request)
        return await attempts.run(request)
    }

    private static let answer = """
        say("estimate", profiles=[{"name": start["grant"]["profile"], "duration_s": {"p50": 1, "p90": 2}}])
        say("result", status="ok")

        """

    @Test("the answer comes back as it was said; `start` and the last argument name the verb")
    func answer() async throws {
        let check = "assert sys.argv[1] == start['verb'] == 'estimate'\n"
        let result = try await asked(try Attempts(), check + Self.answer)
        #expect(result.outcome == .succeeded && result.warnings == [], "\(result)")
        let times = JSONValue.object(["p50": .integer(1), "p90": .integer(2)])
        #expect(result.answer == .array([.object(["name": .string("cpu"), "duration_s": times])]))
    }

    @Test("of two answers the first counts; a `run` that answers is not heard")
    func others() async throws {
        let twice = "say('estimate', profiles=[])\n" + Self.answer
        let result = try await asked(try Attempts(), twice)
        #expect(result.answer == .array([]) && result.warnings == ["more than one estimate: the first counts"])
        let run = try await asked(try Attempts(), Self.answer) { $0.verb = .run }
        #expect(run.answer == nil && run.warnings == ["1 messages of unknown types were ignored"])
    }

    @Test("it is told of the whole grant and held to little of it, and waits for no GPU")
    func held() async throws {
        let big = ResourceRequest(cpus: Amount(64), memory: 1 << 40, gpus: 8)
        let told = try await asked(try Attempts(), "assert start['grant']['gpus'] == 8\n" + Self.answer) {
            $0.grant.request = big
        }
        #expect(told.outcome == .succeeded && told.devices == [], "\(told)")
        let taking = "kept = [bytes(range(256)) * 4096 for _ in range(4000)]\ntime.sleep(9)"
        let greedy = try await asked(try Attempts(), taking) {
            $0.grant.request = big
        }
        #expect(greedy.outcome == .overLimit && greedy.overrun?.resource == .memory, "\(greedy)")
    }

    @Test("one that hangs is ended in its time, with all that it started")
    func hang() async throws {
        let result = try await asked(
            try Attempts(), "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nsubprocess.run(['sleep', '600'])"
        ) { $0.timeout = .seconds(1) }
        #expect(result.outcome == .timedOut && result.answer == nil)
        #expect(result.usage.wall < 15)
    }
}
