import Foundation
import Glibc
import SluiceTesting
import Testing

/// Stages that misbehave end in the right outcome, with nothing left running.
@Suite struct OddStageTests {
    @Test("a stage that crashes is tried once more, and then the run failed")
    func crash() throws {
        let scene = try Scene(Toy.single("run: kill -SEGV $$$$"))
        let run = try scene.sluice(["run", "--json"])
        let view = RunView(try scene.json(run))
        #expect(run.status == 1 && view.outcome == "failed")
        let attempts = view.attempts(of: "only")
        #expect(attempts.count == 2 && attempts.allSatisfy { $0["signal"] as? String == "SIGSEGV" }, "\(attempts)")
    }

    @Test("a stage that hangs and ignores SIGTERM is killed with everything that it started")
    func hang() throws {
        let marker = "\(Int.random(in: 100_000...999_999)).25"
        let scene = try Scene(
            Toy.single("run: trap '' TERM; setsid sleep \(marker) & sleep \(marker)\ntimeout: 1s\ngrace: 1s"))
        let run = try scene.sluice(["run", "--json"])
        #expect(run.status == 1)
        let view = RunView(try scene.json(run))
        #expect(view.outcome(of: "only") == "timedOut", "\(run.transcript)")
        #expect(processes(containing: "sleep\0\(marker)").isEmpty)
    }

    @Test("a second Ctrl-C ends a run also while an output is taken in that is too large to wait for")
    func interruptedCollection() throws {
        let scene = try Scene(Toy.single("run: truncate -s 8T ${outputs.o}\noutputs: { o: file }"))
        let run = try scene.start(["run", "--json"])
        #expect(comesToHold { isOpen("/out/o", in: run.pid) && Processes.children(of: run.pid).isEmpty })
        for word in ["once more", "killing"] {
            kill(run.pid, SIGINT)
            #expect(comesToHold { run.errorsSoFar.contains(word) })
        }
        if !comesToHold({ kill(run.pid, 0) != 0 }) { kill(run.pid, SIGKILL) }
        let ended = run.wait()
        #expect(ended.status == 130, "\(ended.transcript)")
        #expect(try scene.lastRun().attempts(of: "only").map { $0["outcome"] as? String } == ["cancelled"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: scene.home + "/artifacts/tmp").isEmpty)
    }

    private func isOpen(_ path: String, in process: Int32) -> Bool {
        let folder = "/proc/\(process)/fd/"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.contains {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: folder + $0))?.hasSuffix(path) == true
        }
    }

    @Test("a stage that floods stdout succeeds, its log is bounded, and the runner's memory does not grow with it")
    func flood() throws {
        let scene = try Scene(Toy.single("run: yes 0123456789abcdef0123456789abcdef | head -c 400000000"))
        // Nobody else can say how much memory a program had at most than the one that waits for it.
        let measure = """
            import resource, subprocess, sys
            status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
            print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
            """
        let run = try ProgramRun.run(
            ["python3", "-c", measure, Scene.binary, "run", "--json"], environment: scene.environment,
            folder: scene.clone)
        let numbers = run.output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        #expect(numbers.first == 0, "\(run.transcript)")
        #expect(try #require(numbers.last) < 200_000, "KiB at most, for 400 MB of output")
        let log = scene.home + "/runs/1/only/1/log.jsonl"
        let size = try #require(try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int)
        #expect(size < 64 << 20)
    }

    @Test("a forged result line is log, not a result")
    func forgery() throws {
        let scene = try Scene(
            Toy.plugin(
                """
                echo '{"type":"result","status":"ok","token":"00000000000000000000000000000000"}'
                echo '{"type":"result","status":"ok"}'
                say '"type":"result","status":"failed","reason":"the honest one"'
                exit 10
                """))
        let run = RunView(try scene.json(scene.sluice(["run", "--json"])))
        #expect(run.outcome(of: "only") == "failed")
        #expect(run.attempts(of: "only").first?["strays"] as? Int == 2, "\(run.stage("only"))")
        #expect(run.reason(of: "only")?.contains("the honest one") == true)
    }

    @Test("an exit status against the terminal line fails the stage")
    func mismatch() throws {
        let scene = try Scene(Toy.plugin("say '\"type\":\"result\",\"status\":\"ok\"'\nexit 1"))
        let run = RunView(try scene.json(scene.sluice(["run", "--json"])))
        let error = run.attempts(of: "only").first?["error"] as? [String: Any]
        #expect(error?["code"] as? String == "protocol.exit_mismatch", "\(run.stage("only"))")
    }

    @Test("a declared output that was not made fails the stage, and one that is a link is refused")
    func outputs() throws {
        let none = try Scene(Toy.single("run: 'true'\noutputs: { model: model }"))
        let first = RunView(try none.json(none.sluice(["run", "--json"])))
        let missing = first.attempts(of: "only").last?["error"] as? [String: Any]
        #expect(missing?["code"] as? String == "artifact.missing", "\(first.stage("only"))")
        let link = try Scene(Toy.single("run: ln -s /etc/passwd ${outputs.model}\noutputs: { model: model }"))
        let second = RunView(try link.json(link.sluice(["run", "--json"])))
        let refused = second.attempts(of: "only").last?["error"] as? [String: Any]
        #expect(refused?["code"] as? String == "artifact.not_regular", "\(second.stage("only"))")
    }

    @Test("Ctrl-C cancels cleanly: exit 130, the record says so, nothing is left running")
    func interrupt() throws {
        let marker = "\(Int.random(in: 100_000...999_999)).75"
        let scene = try Scene(Toy.single("run: sleep \(marker)\ngrace: 2s"))
        let program = try scene.start(["run"])
        for _ in 0..<200 where processes(containing: "sleep\0\(marker)").isEmpty { usleep(50_000) }
        #expect(!processes(containing: "sleep\0\(marker)").isEmpty)
        kill(program.pid, SIGINT)
        let ended = program.wait()
        #expect(ended.status == 130, "\(ended.transcript)")
        #expect(processes(containing: "sleep\0\(marker)").isEmpty)
        let record = try scene.lastRun()
        #expect(record.outcome == "cancelled" && record.outcome(of: "only") == "cancelled")
    }

    @Test("a stage sees no variable of the caller and no descriptor but its own three")
    func isolation() throws {
        let scene = try Scene(
            Toy.single("run: env > ${outputs.seen}; ls /proc/self/fd >> ${outputs.seen}\noutputs: { seen: file }"))
        let run = try scene.sluice(["run"], environment: ["SECRET_OF_CALLER": "x", "GIT_DIR": scene.clone + "/.git"])
        #expect(run.status == 0, "\(run.transcript)")
        _ = try scene.sluice(["artifact", "get", "1/only/seen", "-o", "seen"])
        let seen = try String(contentsOfFile: scene.clone + "/seen", encoding: .utf8)
        #expect(!seen.contains("SECRET_OF_CALLER") && !seen.contains("GIT_") && seen.contains("SLUICE=1"))
        let numbers = seen.split(separator: "\n").filter { Int($0) != nil }
        #expect(numbers.count <= 4, "0, 1, 2 and the listing itself: \(numbers)")
    }

    /// Pids whose command line holds a text (words are separated by NUL).
    private func processes(containing text: String) -> [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.filter { pid in
            guard Int(pid) != nil, let line = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else {
                return false
            }
            return String(decoding: line, as: UTF8.self).contains(text)
        }
    }
}
