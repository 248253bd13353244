import Foundation
import SluiceModel
import Testing

@Suite("Hostile plugins")
struct HostileTests {
    @Test("forged results without the token or with a guessed one are log, and the real one counts")
    func forged() async throws {
        let attempts = try Attempts()
        let body = """
            print('{"type":"result","status":"ok"}')
            print(json.dumps({"type": "result", "status": "ok", "token": "0" * 32}))
            print(json.dumps({"type": "result", "status": "ok", "token": token[:-1]}))
            print(json.dumps({"type": "metric", "name": "auc", "value": 1, "token": None}))
            say("result", status="failed", reason="honest"); sys.exit(10)
            """
        let result = await attempts.run(try attempts.plugin(python: body))
        #expect(result.outcome == .failed && result.reason == "honest" && result.strays == 4 && result.metrics == [:])
    }

    @Test("malformed lines with the token are log, counted, and their cause is a warning")
    func malformed() async throws {
        let attempts = try Attempts()
        let body = #"""
            t = '"token":"%s"' % token
            print('{%s,"type":"metric","name":"a","value":NaN}' % t)
            print('{%s,"type":"metric","name":"a","value":1e999}' % t)
            print('{%s,"type":"metric","name":"a","value":1,"value":2}' % t)
            print('\ufeff{%s,"type":"metric","name":"a","value":1}' % t)
            print('{%s,"type":"metric","name":"a","value":%s1%s}' % (t, "[" * 70, "]" * 70))
            sys.stdout.flush()
            sys.stdout.buffer.write(b'{' + t.encode() + b',"type":"metric","name":"\xff","value":1}\n')
            sys.stdout.buffer.write(b'{' + t.encode() + b',"type":"log","message":"' + b'x' * (10 << 20) + b'"}\n')
            sys.stdout.buffer.write(b'{\0' + t.encode() + b'}\n')
            sys.stdout.flush()
            say("metric", name="a", value="much")
            say("result", status="ok")
            """#
        let result = await attempts.run(try attempts.plugin(python: body))
        #expect(result.outcome == .succeeded && result.metrics == [:] && result.strays == 8)
        #expect(result.warnings.contains { $0.contains("NaN") })
        #expect(result.warnings.contains { $0.contains("key twice") })
        #expect(result.warnings.contains { $0.contains("'value' is no finite number") })
        #expect(result.warnings.contains { $0.contains("7 malformed lines") })
    }

    @Test("a message of several lines is one line of the log, however they end")
    func lines() async throws {
        let attempts = try Attempts()
        let body = #"""
            say("log", message="a\r\nb\nc\rd")
            say("result", status="ok")
            """#
        _ = await attempts.run(try attempts.plugin(python: body))
        #expect(attempts.shown == ["a ⏎ b ⏎ c ⏎ d"])
    }

    @Test("of more than a thousand names of metrics and of values the first thousand count, and the rest is a warning")
    func names() async throws {
        let attempts = try Attempts()
        let body = """
            for n in range(1100):
                say("metric", name="m%d" % n, value=n)
                say("output", name="o%d" % n, value=n)
            say("metric", name="m0", value=7)
            say("metric", name="x" * 257, value=1); say("output", name="", value=1)
            say("result", status="ok")
            """
        let result = await attempts.run(try attempts.plugin(python: body))
        #expect(result.outcome == .succeeded && result.metrics.count == 1000 && result.outputValues.count == 1000)
        #expect(result.metrics["m0"] == 7 && result.metrics["m999"] == 999 && result.metrics["m1000"] == nil)
        for words in ["more than 1000 metrics", "more than 1000 output values"] {
            #expect(result.warnings.count { $0.contains(words) } == 1, "\(result.warnings)")
        }
        #expect(result.warnings.count { $0.hasPrefix("dropped: ") } == 2, "\(result.warnings)")
    }

    @Test("a plugin that hangs and ignores SIGTERM is killed at the end of its grace")
    func hang() async throws {
        let attempts = try Attempts()
        let body = """
            signal.signal(signal.SIGTERM, lambda *_: open("terminated", "w").close())
            open("pid", "w").write(str(os.getpid()))
            while True: time.sleep(1)
            """
        let request = try attempts.plugin(python: body).with {
            $0.timeout = .seconds(1)
            $0.grace = .seconds(2)
        }
        let result = await attempts.run(request)
        #expect(result.outcome == .timedOut && result.signal == "SIGKILL" && result.error == nil)
        #expect(attempts.read("workspace/terminated") != nil, "SIGTERM came first")
        #expect(try !isAlive(attempts.pid("workspace/pid")))
    }

    @Test("silence for three heartbeats is a stall, whatever is printed besides")
    func stalled() async throws {
        let attempts = try Attempts()
        let body = "say('heartbeat')\nwhile True: print('noise', flush=True); time.sleep(0.05)"
        let request = try attempts.plugin(python: body).with {
            $0.heartbeat = .milliseconds(200)
            $0.grace = .milliseconds(500)
        }
        let result = await attempts.run(request)
        #expect(result.outcome == .timedOut && result.error?.code == "heartbeat.stalled" && !result.isCrash)
    }

    @Test("a process that double forked and left the session is killed and named, and the outcome stays")
    func daemon() async throws {
        let attempts = try Attempts()
        let body = """
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    os.setsid()
                    for fd in (0, 1, 2): os.close(fd)
                    signal.signal(signal.SIGTERM, signal.SIG_IGN)
                    open("daemon", "w").write(str(os.getpid())); os.rename("daemon", "pid")
                    time.sleep(600)
                os._exit(0)
            while not os.path.exists("pid"): time.sleep(0.01)
            say("result", status="ok")
            """
        let result = await attempts.run(try attempts.plugin(python: body))
        #expect(result.outcome == .succeeded)
        let pid = try attempts.pid("workspace/pid")
        #expect(
            result.warnings.contains { $0.contains("1 processes were left") && $0.contains("python3 (pid \(pid))") })
        #expect(!isAlive(pid))
    }

    @Test("a grandchild that keeps the pipes open hangs nobody")
    func openPipe() async throws {
        let attempts = try Attempts()
        let request = attempts.script("setsid sleep 600 & echo $! > pid; exit 0")
        let result = await attempts.run(request)
        #expect(result.outcome == .succeeded)
        #expect(result.warnings.contains { $0.contains("left running") })
        #expect(try !isAlive(attempts.pid("workspace/pid")))
    }

    @Test("helpers that end together with the plugin are no leftovers")
    func shortLived() async throws {
        let attempts = try Attempts()
        let result = await attempts.run(attempts.script("sleep 0.05 & exit 0"))
        #expect(result.outcome == .succeeded && result.warnings == [])
    }

    @Test("a tree of processes is gone after a cancel")
    func tree() async throws {
        let attempts = try Attempts()
        let script = """
            trap '' TERM
            for i in 1 2 3; do setsid sh -c 'trap "" TERM; echo $$ >> pids; sleep 600 & echo $! >> pids; wait' & done
            while [ "$(wc -l < pids 2>/dev/null || echo 0)" -lt 6 ]; do sleep 0.02; done
            touch ready; wait
            """
        let cancellation = Cancellation()
        async let running = attempts.run(attempts.script(script).with { $0.grace = .seconds(1) }, cancellation)
        try await attempts.appearance(of: "workspace/ready")
        cancellation.cancel(.user)
        let result = await running
        #expect(result.outcome == .cancelled && result.reason == "user")
        let pids = (attempts.read("workspace/pids") ?? "").split(separator: "\n").compactMap { Int32($0) }
        #expect(pids.count == 6 && pids.allSatisfy { !isAlive($0) })
    }

    @Test("a flood of stdout is drained, and the log keeps head, tail and the exact count")
    func flood() async throws {
        let attempts = try Attempts()
        let line = String(repeating: "y", count: 1023)
        let script = "echo first; yes \(line) | head -c 209715200; echo last"
        let result = await attempts.run(attempts.script(script).with { $0.limits.log = 1 << 20 })
        #expect(result.outcome == .succeeded && result.strays == 204_802)
        let log = attempts.read("log.jsonl") ?? ""
        #expect(log.utf8.count < 1_100_000)
        let lines = log.split(separator: "\n")
        #expect(lines.first?.contains(#""text":"first""#) == true && lines.last?.contains(#""text":"last""#) == true)
        let kept = lines.count { $0.contains("yyyy") }
        #expect(log.contains(#""dropped_bytes":\#((204_800 - kept) * 1024)"#))
        #expect(log.contains(#""dropped_lines":\#(204_800 - kept)"#))
    }

    @Test("a flood of stderr while nobody waits for stdout stops nothing")
    func floodOfErrors() async throws {
        let attempts = try Attempts()
        let body = """
            for i in range(20000): sys.stderr.write("x" * 500 + "\\n")
            say("result", status="ok")
            """
        let result = await attempts.run(try attempts.plugin(python: body).with { $0.limits.log = 1 << 16 })
        #expect(result.outcome == .succeeded && result.warnings.contains { $0.contains("the log is cut") })
    }

    @Test("a plugin that never reads stdin, with a giant start line, is no trouble")
    func neverReads() async throws {
        let attempts = try Attempts()
        let giant = JSONValue.object(["x": .string(String(repeating: "é", count: 2 << 20))])
        var result = await attempts.run(try attempts.plugin(shell: "sleep 0.1; exit 0").with { $0.params = giant })
        #expect(result.isCrash)
        result = await attempts.run(attempts.script("exec <&-; sleep 0.1").with { $0.params = giant })
        #expect(result.outcome == .succeeded)
        let request = try attempts.plugin(
            python: "assert len(start['params']['x']) == 2 << 20; say('result', status='ok')")
        result = await attempts.run(request.with { $0.params = giant })
        #expect(result.outcome == .succeeded)
    }

    @Test("closed outputs are the plugin's loss")
    func closedOutputs() async throws {
        let attempts = try Attempts()
        let result = await attempts.run(try attempts.plugin(python: "os.close(1); os.close(2); time.sleep(0.2)"))
        #expect(result.isCrash && result.exit == 0)
        #expect(await attempts.run(attempts.script("exec 1>&- 2>&-; exit 0")).outcome == .succeeded)
    }

    @Test("a plugin that stays after its terminal line is killed at the end of its grace")
    func outstays() async throws {
        let attempts = try Attempts()
        let request = try attempts.plugin(python: "say('result', status='ok'); time.sleep(600)")
        let result = await attempts.run(request.with { $0.grace = .milliseconds(500) })
        #expect(result.outcome == .failed && result.error?.code == "protocol.exit_mismatch")
        #expect(result.signal == "SIGKILL")
    }

    @Test("a plugin that kills its supervisor has crashed, and nothing of it is left")
    func killsItsParent() async throws {
        let attempts = try Attempts()
        let body = """
            child = subprocess.Popen(["setsid", "sleep", "600"])
            open("pids", "w").write(f"{os.getpid()} {child.pid}")
            os.kill(os.getppid(), signal.SIGKILL)
            time.sleep(600)
            """
        let result = await attempts.run(try attempts.plugin(python: body))
        #expect(result.outcome == .failed && result.isCrash && result.error?.code == "plugin.crashed")
        let pids = (attempts.read("workspace/pids") ?? "").split(separator: " ").compactMap { Int32($0) }
        #expect(pids.count == 2 && pids.allSatisfy { !isAlive($0) })
    }

    @Test("a plugin that stops its supervisor only hurts itself")
    func stopsItsParent() async throws {
        let attempts = try Attempts()
        let body = """
            for s in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1): os.kill(os.getppid(), s)
            open("pid", "w").write(str(os.getpid()))
            os.kill(os.getppid(), signal.SIGSTOP)
            time.sleep(600)
            """
        let request = try attempts.plugin(python: body).with {
            $0.timeout = .seconds(1)
            $0.grace = .milliseconds(200)
        }
        let result = await attempts.run(request)
        #expect(result.outcome == .timedOut)
        #expect(try !isAlive(attempts.pid("workspace/pid")))
    }

    @Test("what is shown cannot be obeyed by a terminal")
    func escapes() async throws {
        let attempts = try Attempts()
        _ = await attempts.run(attempts.script(#"printf '\033[2J\007a\tb\302\205\342\200\256c\n'"#))
        #expect(attempts.shown == [#"\u{1b}[2J\u{7}a"# + "\t" + #"b\u{85}\u{202e}c"#])
    }
}

extension Attempts {
    /// The process id in a file.
    func pid(_ path: String) throws -> Int32 {
        let text = (read(path) ?? "").split(separator: "\n").first ?? ""
        guard let pid = Int32(text) else { throw TestFailure("\(path) holds no process id: '\(text)'") }
        return pid
    }
}
