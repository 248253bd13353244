import SluiceModel
import Testing

@Suite("How an attempt ends")
struct EndingTests {
    @Test("a plugin that says ok and exits with 0 has succeeded, with its metrics, values, strays and usage")
    func good() async throws {
        let attempts = try Attempts()
        let request = try attempts.plugin(
            python: """
                print("plain text"); print('{"type":"result","status":"failed"}'); print("{'a': 1}")
                say("hello", protocol="sluice/1")
                say("metric", name="loss", value=0.5, step=1)
                say("metric", name="auc", value=0.5)
                say("metric", name="auc", value=0.98)
                say("output", name="rows", value={"n": [1, 2]})
                say("progress", done=1, total=1)
                say("log", level="warning", message="careful")
                say("result", status="ok")
                """)
        let result = await attempts.run(request)
        #expect(result.outcome == .succeeded && result.exit == 0 && result.error == nil && result.warnings == [])
        #expect(result.metrics == ["auc": 0.98])
        #expect(result.outputValues == ["rows": .object(["n": .array([.integer(1), .integer(2)])])])
        #expect(result.strays == 3)
        #expect(result.usage.cpu > 0 && result.usage.wall > 0 && result.usage.memoryPeak > 1 << 20)
        #expect(attempts.shown.contains("plain text") && attempts.shown.contains("warning: careful"))
        #expect(attempts.events.contains(.metric(name: "loss", value: 0.5, step: 1)))
        let log = attempts.read("log.jsonl") ?? ""
        #expect(log.contains(#""stream":"stdout","text":"plain text"}"#))
        #expect((attempts.read("log.jsonl.metrics") ?? "").contains(#""name":"loss""#))
    }

    @Test(
        "exit status and terminal line must agree",
        arguments: [
            ("ok", 0, Outcome.succeeded), ("ok", 1, .failed), ("skipped", 0, .skipped), ("skipped", 10, .failed),
            ("failed", 10, .failed), ("failed", 0, .failed), ("failed", 30, .failed),
        ])
    func results(status: String, exit: Int32, outcome: Outcome) async throws {
        let attempts = try Attempts()
        let result = await attempts.run(
            try attempts.plugin(python: "say('result', status='\(status)', reason='why'); sys.exit(\(exit))"))
        #expect(result.outcome == outcome && result.exit == exit && !result.isCrash)
        let agrees = exit == 0 && status != "failed" || exit == 10 && status == "failed"
        #expect(result.error?.code == (agrees ? nil : "protocol.exit_mismatch"))
        if agrees { #expect(result.reason == "why") }
    }

    @Test(
        "an error carries its class when the exit status agrees",
        arguments: [
            ("internal", 1), ("config", 12), ("config", 11), ("user", 12), ("transient", 20), ("resource", 21),
            ("dependency", 22), ("user", 20),
        ])
    func errors(name: String, exit: Int32) async throws {
        let attempts = try Attempts()
        let body = """
            sys.stderr.write("because\\n")
            say("error", **{"class": "\(name)", "code": "x.y", "message": "m", "hint": "h", "retry_after_s": 2})
            sys.exit(\(exit))
            """
        let result = await attempts.run(try attempts.plugin(python: body))
        #expect(result.outcome == .failed)
        if name == "user", exit == 20 {
            #expect(result.error?.code == "protocol.exit_mismatch")
        } else {
            #expect(result.error?.code == "x.y" && result.error?.errorClass.rawValue == name)
            #expect(result.error?.hint == "h" && result.retryAfter == .seconds(2))
        }
        #expect(result.error?.stderr == ["because"])
        #expect(result.error?.lastLine?.contains("x.y") == true)
    }

    @Test("the end without a terminal line is a crash, 0 included, with the last lines of stderr")
    func silentEnd() async throws {
        let attempts = try Attempts()
        let body = """
            say("metric", name="a", value=1)
            for i in range(100): sys.stderr.write(f"line {i}\\n")
            """
        let result = await attempts.run(try attempts.plugin(python: body))
        #expect(result.outcome == .failed && result.isCrash && result.error?.code == "plugin.crashed")
        #expect(result.error?.stderr == (36..<100).map { "line \($0)" })
        #expect(result.error?.lastLine?.contains("metric") == true)
    }

    @Test("the record of a plugin's last line does not have its token")
    func lastLineWithoutToken() async throws {
        let attempts = try Attempts()
        let result = await attempts.run(try attempts.plugin(python: "open('t', 'w').write(token); say('heartbeat')"))
        let token = try #require(attempts.read("workspace/t"))
        #expect(token.count == 32 && result.error?.lastLine?.contains("heartbeat") == true)
        #expect(result.error?.lastLine?.contains(token) == false)
    }

    @Test(
        "a signal is a crash with its name", arguments: [("SEGV", "SIGSEGV"), ("KILL", "SIGKILL"), ("ABRT", "SIGABRT")])
    func signals(short: String, name: String) async throws {
        let attempts = try Attempts()
        let body = "say('result', status='ok'); os.kill(os.getpid(), signal.SIG\(short))"
        let result = await attempts.run(try attempts.plugin(python: body))
        #expect(result.isCrash && result.signal == name && result.exit == nil)
        #expect(result.error?.message.contains(name) == true)
    }

    @Test("exit 11 with nothing said means that the protocol is not spoken, which no retry mends")
    func notSpoken() async throws {
        let attempts = try Attempts()
        let result = await attempts.run(try attempts.plugin(python: "sys.exit(11)"))
        #expect(result.error?.code == "protocol.version" && !result.isCrash)
    }

    @Test("a second terminal line fails the stage, and so does any line with the token after the first")
    func afterTheEnd() async throws {
        let attempts = try Attempts()
        var result = await attempts.run(
            try attempts.plugin(python: "say('result', status='ok'); say('result', status='ok')"))
        #expect(result.outcome == .failed && result.error?.code == "protocol.second_terminal")
        result = await attempts.run(try attempts.plugin(python: "say('result', status='ok'); say('dance')"))
        #expect(result.outcome == .failed && result.error?.code == "protocol.after_terminal")
        result = await attempts.run(try attempts.plugin(python: "say('result', status='ok'); print('bye')"))
        #expect(result.outcome == .succeeded && result.strays == 1)
    }

    @Test("a critical type that is unknown, or another protocol, stops the stage")
    func criticalAndVersion() async throws {
        let attempts = try Attempts()
        var result = await attempts.run(
            try attempts.plugin(python: "say('dance', critical=True); time.sleep(60)").with { $0.grace = .seconds(1) })
        #expect(result.outcome == .failed && result.error?.code == "protocol.critical")
        result = await attempts.run(
            try attempts.plugin(python: "say('hello', protocol='sluice/2'); sys.stdin.readline(); sys.exit(11)"))
        #expect(result.outcome == .failed && result.error?.code == "protocol.version")
        #expect(
            result.error?.message.contains("sluice/2") == true && result.error?.message.contains("sluice/1") == true)
    }

    @Test("a last line without a line feed counts")
    func lastLine() async throws {
        let attempts = try Attempts()
        let body = "sys.stdout.write(json.dumps({'type': 'result', 'token': token, 'status': 'ok'}))"
        #expect(await attempts.run(try attempts.plugin(python: body)).outcome == .succeeded)
    }

    @Test("what cannot be executed is plugin.not_executable, of class config")
    func notExecutable() async throws {
        let attempts = try Attempts()
        try attempts.write("plugin/plain", "no program")
        try attempts.write("plugin/broken", "#!/no/such/interpreter\n", mode: 0o755)
        try attempts.write("plugin/garbage", "\u{1}\u{2}", mode: 0o755)
        for command in ["./plain", "./missing", "./broken", "./garbage", "no-such-program-anywhere", ""] {
            let program = AttemptRequest.Program.plugin(
                command: [command], folder: "\(attempts.root)/plugin", python: nil)
            let result = await attempts.run(attempts.request(program, .sluice1))
            #expect(result.outcome == .failed && result.error?.code == "plugin.not_executable", "\(command)")
            #expect(result.error?.errorClass == .config && !result.isCrash)
        }
        var lost = attempts.script("true")
        lost.folders.workspace = "\(attempts.root)/nowhere"
        #expect(await attempts.run(lost).error?.code == "plugin.not_executable")
    }
}

extension AttemptRequest {
    func with(_ change: (inout AttemptRequest) -> Void) -> AttemptRequest {
        var request = self
        change(&request)
        return request
    }
}
