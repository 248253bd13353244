import Foundation
import SluiceModel
import Testing

@testable import SluiceExecution

/// What is kept of what runner and plugin said to each other.
@Suite("Transcripts of attempts")
struct TranscriptTests {
    private struct Line: Decodable, Equatable {
        var stream: String
        var text: String
    }

    private func lines(_ attempts: Attempts) throws -> [Line] {
        try (attempts.read("log.jsonl.transcript") ?? "").split(separator: "\n").map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
    }

    private func said(_ attempts: Attempts) throws -> [String] {
        try lines(attempts).map { "\($0.stream) \($0.text)" }
    }

    @Test("both sides are in it in the order in which they spoke, with signals and exit, without token and place")
    func conversation() async throws {
        let attempts = try Attempts()
        let body = """
            print("a stray")
            say("metric", name="auc", value=0.5)
            say("unheard", x=1)
            open("token", "w").write(token); open("ready", "w")
            sys.stdin.readline()
            signal.signal(signal.SIGTERM, lambda *_: (say("result", status="failed"), os._exit(30)))
            while True: time.sleep(1)
            """
        let cancellation = Cancellation()
        let request = try attempts.plugin(python: body).with { $0.grace = .seconds(2) }
        async let running = attempts.run(request, cancellation)
        try await attempts.appearance(of: "workspace/ready")
        cancellation.cancel(.user)
        #expect(await running.outcome == .cancelled)
        let all = try said(attempts)
        #expect(all.first?.hasPrefix("runner {") == true && all.first?.contains(#""type":"start""#) == true)
        #expect(
            all.dropFirst() == [
                #"plugin {"type": "metric", "token": "${token}", "name": "auc", "value": 0.5}"#,
                #"plugin {"type": "unheard", "token": "${token}", "x": 1}"#,
                #"runner {"grace_s":2.0,"reason":"user","type":"cancel"}"#, "runner (SIGTERM)",
                #"plugin {"type": "result", "token": "${token}", "status": "failed"}"#, "plugin (exited with 30)",
            ], "\(all)")
        #expect(all[0].contains(#""workspace":"${attempt}/workspace""#))
        let text = attempts.read("log.jsonl.transcript") ?? ""
        let token = try #require(attempts.read("workspace/token"))
        #expect(token.count == 32 && !text.contains(token) && !text.contains(attempts.root))
    }

    @Test("every call of an attempt is in it; what has no messages has none")
    func calls() async throws {
        let attempts = try Attempts()
        let request = try attempts.plugin(python: "say('result', status='ok')").with { $0.wantsCleanup = true }
        #expect(await attempts.run(request).outcome == .succeeded)
        let verbs = try said(attempts).filter { $0.contains(#""type":"start""#) }
        #expect(verbs.count == 2 && verbs[1].contains(#""verb":"cleanup""#))
        let command = try Attempts()
        #expect(await command.run(command.script("true")).outcome == .succeeded)
        #expect(command.read("log.jsonl.transcript") == nil)
    }

    @Test("a flood of messages, and giant ones, leave it small; what is missing is counted")
    func flood() async throws {
        let attempts = try Attempts()
        let body = """
            for step in range(30000): say("progress", done=step)
            say("log", message="x" * 900000)
            time.sleep(0.1)
            say("result", status="ok")
            """
        let request = try attempts.plugin(python: body).with {
            $0.params = .object(["x": .string(String(repeating: "y", count: 1 << 20))])
        }
        #expect(await attempts.run(request).outcome == .succeeded)
        let all = try said(attempts)
        #expect((attempts.read("log.jsonl.transcript") ?? "").utf8.count < 700 << 10)
        #expect(all[0].hasSuffix(" bytes") && all[0].contains("… of 10"), "\(all[0].suffix(40))")
        #expect(all.last == "plugin (exited with 0)")
        let omitted = all.compactMap { line -> Int? in
            guard line.hasSuffix("messages came too fast and are not here)") else { return nil }
            return Int(line.split(separator: "(").last?.prefix { $0.isNumber } ?? "")
        }
        let dropped = (attempts.read("log.jsonl.transcript") ?? "").firstMatch(of: #/"dropped_lines":([0-9]+)/#)
        let kept = all.count { $0.contains(#""progress""#) || $0.contains(#""log""#) || $0.contains(#""result""#) }
        let lost = dropped.flatMap { Int($0.1) } ?? 0
        #expect(omitted.reduce(0, +) > 0 && omitted.reduce(0, +) + kept + lost >= 30002, "\(omitted) \(kept) \(lost)")
    }

    @Test("a secret that JSON wrote like no other form is neither in it nor in the record's last line")
    func oddEscape() async throws {
        let attempts = try Attempts()
        let value = "hunter2-hunter3"
        let body = #"""
            odd = "".join("\\u%04x" % ord(c) for c in os.environ["KEY"])
            print('{"type":"error","token":"%s","class":"user","code":"x","message":"%s"}' % (token, odd), flush=True)
            sys.exit(12)
            """#
        let request = try attempts.plugin(python: body).with {
            $0.secrets = [Secret(name: "KEY", value: Array(value.utf8))]
        }
        let result = await attempts.run(request)
        #expect(result.error?.message == "***" && result.error?.lastLine?.contains("***") == true, "\(result)")
        #expect(result.error?.lastLine?.contains("u0068") == false)
        let all = try said(attempts).joined()
        #expect(all.contains(#""message":"***""#) && !all.contains("u0068"))
    }
}
