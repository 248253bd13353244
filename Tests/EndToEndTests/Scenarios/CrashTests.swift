import Foundation
import Glibc
import SluiceTesting
import Testing

/// Whoever dies at whatever moment: nothing is lost, nothing is done twice, nothing stays behind.
@Suite struct CrashTests {
    @Test("a killed worker's run goes on with the next worker: what had ended stays, what ran is lost and tried again")
    func killedWorker() throws {
        let scene = try Scene()
        let marker = try startLongRun(in: scene)
        try killWorker(of: scene)
        #expect(comesToHold { Processes.containing("sleep\0\(marker)").isEmpty }, "nothing stays behind")
        let left = try scene.lastRun()
        #expect(left.state == "running" && left.outcome(of: "first") == "succeeded", "\(left.json)")

        scene.touch("go")
        let worker = try scene.sluice(["worker", "--once"])
        #expect(worker.status == 0, "\(worker.transcript)")
        try expectRecovered(scene, scene.show(1))
        #expect(try scene.git(["for-each-ref", "refs/sluice"], in: scene.bare).output.isEmpty)
    }

    @Test("the next push takes up what a killed worker left, and then runs its own commit")
    func nextPush() throws {
        let scene = try Scene()
        try startLongRun(in: scene)
        try killWorker(of: scene)
        scene.touch("go")
        try scene.commit(["notes.txt": "x"])
        try scene.push()
        try expectRecovered(scene, scene.show(1))
        #expect(try scene.show(2).outcome == "succeeded")
        #expect(try scene.runCount() == 2)
    }

    @Test("a killed run by hand is said to be left, and taken up by a worker")
    func killedRun() throws {
        let scene = try Scene(withHook: false)
        let marker = try commitLongRun(in: scene)
        let run = try scene.start(["run"])
        #expect(comesToHold { scene.lines(of: "second") == 1 })
        #expect(try interrupted(in: scene) == [false])
        kill(run.pid, SIGKILL)
        _ = run.wait()
        #expect(try interrupted(in: scene) == [true])
        let status = try scene.sluice(["status"])
        #expect(status.output.contains("its runner died\n  1 goes on by a worker, or by: sluice runs resume 1"))
        scene.touch("go")
        #expect(try scene.sluice(["worker", "--once"]).status == 0)
        try expectRecovered(scene, scene.show(1))
        #expect(try interrupted(in: scene) == [])
        #expect(comesToHold { Processes.containing("sleep\0\(marker)").isEmpty })
    }

    private func interrupted(in scene: Scene) throws -> [Bool] {
        let status = try scene.json(scene.sluice(["status", "--json"]))
        return (status["runs"] as? [[String: Any]] ?? []).compactMap { $0["interrupted"] as? Bool }
    }

    @Test("what a runner and its supervisor leave when both are killed is ended before the attempt is tried again")
    func killedWithItsSupervisor() throws {
        let scene = try Scene(withHook: false)
        let marker = try commitLongRun(in: scene)
        let run = try scene.start(["run"])
        #expect(comesToHold { Processes.containing("sleep\0\(marker)").count == 2 })
        kill(run.pid, SIGSTOP)
        for supervisor in Processes.children(of: run.pid) { kill(supervisor, SIGKILL) }
        kill(run.pid, SIGKILL)
        _ = run.wait()
        #expect(Processes.containing("sleep\0\(marker)").count == 2, "nobody is left to end them")
        scene.touch("go")
        #expect(try scene.sluice(["worker", "--once"]).status == 0)
        #expect(Processes.containing("sleep\0\(marker)").isEmpty)
        try expectRecovered(scene, scene.show(1))
    }

    @Test("a killed run of the working tree is not continued with other files: it is lost, with a hint")
    func killedWorktreeRun() throws {
        let scene = try Scene(withHook: false)
        try commitLongRun(in: scene)
        let run = try scene.start(["run", "--worktree"])
        #expect(comesToHold { scene.lines(of: "second") == 1 })
        kill(run.pid, SIGKILL)
        _ = run.wait()
        scene.touch("go")
        #expect(try scene.sluice(["worker", "--once"]).status == 0)
        let lost = try scene.show(1)
        #expect(lost.outcome == "lost" && lost.outcome(of: "first") == "succeeded", "\(lost.json)")
        #expect((lost.json["reason"] as? String)?.contains("run it again") == true, "\(lost.json)")
        #expect(scene.lines(of: "second") == 1)
    }

    @Test("a run whose listener goes away runs to its end")
    func goneListener() throws {
        let scene = try Scene(Toy.files, withHook: false)
        let piped = try ProgramRun.run(
            ["sh", "-c", "\(Scene.binary) run --events - | head -n 1 >&2"], environment: scene.environment,
            folder: scene.clone)
        #expect(piped.errors.contains("planned"), "\(piped.transcript)")
        try scene.waitForQuiet()
        #expect(try scene.lastRun().outcome == "succeeded")
    }

    @Test("a deploy that ran when its worker died ends the run as lost, with a hint, and is not done again")
    func lostDeploy() throws {
        let scene = try Scene()
        try scene.commit(deployFiles(script: "echo x >> \(scene.ledger("deploys"))\nexec sleep \(seconds())"))
        try scene.git(["push", "--quiet", "origin", "main"])
        #expect(comesToHold { scene.lines(of: "deploys") == 1 })
        try killWorker(of: scene)
        #expect(try scene.sluice(["worker", "--once"]).status == 0)
        let lost = try scene.show(1)
        #expect(lost.outcome == "lost" && lost.outcome(of: "only") == "lost", "\(lost.json)")
        #expect((lost.json["reason"] as? String)?.contains("look at the target") == true, "\(lost.json)")
        #expect(lost.attempts(of: "only").map { $0["outcome"] as? String } == ["lost"])
        #expect(try scene.sluice(["worker", "--once"]).status == 0)
        #expect(scene.lines(of: "deploys") == 1, "not tried again")

        try scene.commit(["plugins/odd/odd.sh": "echo x >> \(scene.ledger("deploys"))\n"])
        try scene.push()
        #expect(try scene.lastRun().outcome == "succeeded")
        #expect(scene.lines(of: "deploys") == 2)
    }

    @Test("while somebody holds the database nothing is lost: pushes are noted, and what ran is tried again afterwards")
    func heldDatabase() throws {
        let scene = try Scene()
        let marker = try startLongRun(in: scene)
        try scene.commit(["notes.txt": "x"])
        let holding = """
            import os, sqlite3, sys, time
            database = sqlite3.connect(sys.argv[1], isolation_level=None)
            database.execute("BEGIN IMMEDIATE")
            open(sys.argv[2], "w").close()
            while not os.path.exists(sys.argv[3]): time.sleep(0.02)
            """
        let holder = try StartedProgram(
            ["python3", "-c", holding, scene.home + "/sluice.db", scene.ledger("held"), scene.ledger("free")],
            environment: scene.environment, folder: scene.root)
        #expect(comesToHold { FileManager.default.fileExists(atPath: scene.ledger("held")) })
        scene.touch("go")
        for pid in Processes.containing("sleep\0\(marker)") { kill(pid, SIGKILL) }
        let pushed = try scene.git(["push", "origin", "main"])
        #expect(pushed.errors.contains("the push is noted"), "\(pushed.transcript)")
        #expect(
            comesToHold {
                (try? String(contentsOfFile: scene.home + "/worker.log", encoding: .utf8))?.contains("trying again")
                    == true
            })
        scene.touch("free")
        _ = holder.wait()
        #expect(try comesToHold { try scene.runCount() == 2 && activeRuns(in: scene) == 0 })
        try expectRecovered(scene, scene.show(1))
        #expect(try scene.show(2).outcome == "succeeded")
    }

    @Test("an event that a hook left before it died is queued exactly once")
    func eventInTheSpool() throws {
        let scene = try Scene(Toy.single("run: 'true'"), withHook: false)
        try scene.push()
        let event = try spool(in: scene)
        #expect(try activeRuns(in: scene) == 1)
        try FileManager.default.createDirectory(atPath: event.folder, withIntermediateDirectories: true)
        try event.text.write(toFile: event.path, atomically: false, encoding: .utf8)
        #expect(try activeRuns(in: scene) == 1, "the same event once more, as after a death before its removal")
        #expect(try FileManager.default.contentsOfDirectory(atPath: event.folder).isEmpty)
        #expect(try scene.sluice(["worker", "--once"]).status == 0)
        #expect(try scene.runCount() == 1)
        #expect(try scene.show(1).outcome == "succeeded")
    }

    @Test("what is no event is set aside and told, and the events behind it are taken in")
    func badEvent() throws {
        let scene = try Scene(Toy.single("run: 'true'"), withHook: false)
        try scene.push()
        _ = try scene.sluice(["status"])
        let bad = scene.home + "/spool/new/0000000000000000000-half.json"
        try "{\"schema\": \"sluice.intake/v1\", \"id\":".write(toFile: bad, atomically: false, encoding: .utf8)
        _ = try spool(in: scene)
        let status = try scene.sluice(["status", "--json"])
        #expect(status.status == 0 && status.errors.contains("spool/bad"), "\(status.transcript)")
        #expect((try scene.json(status)["runs"] as? [Any])?.count == 1)
    }

    @Test("hooks that are killed at any moment: a run that was confirmed is there, and no event is run twice")
    func killedHooks() throws {
        let scene = try Scene(Toy.single("run: echo x >> LEDGER\ncache: false"))
        try scene.write([
            "pipelines/one.yaml": try String(contentsOfFile: scene.clone + "/pipelines/one.yaml", encoding: .utf8)
                .replacingOccurrences(of: "LEDGER", with: scene.ledger("runs"))
        ])
        try scene.commit([:])
        try scene.push()
        let line = "\(String(repeating: "0", count: 40)) \(try scene.head()) refs/heads/main\n"
        let seed = UInt32.random(in: 1...1_000_000)
        var confirmed = 1
        for number in 1...8 as ClosedRange<UInt32> {
            let hook = try StartedProgram(
                [scene.bare + "/hooks/post-receive"], environment: scene.environment.merging(["GIT_DIR": "."]) { $1 },
                folder: scene.bare, input: line)
            usleep((seed &* number &* 2_654_435_761) % 200_000)
            kill(hook.pid, SIGKILL)
            if hook.wait().errors.contains("queued") { confirmed += 1 }
        }
        // One that was killed before it could start a worker leaves that to the next.
        let isQuiet = try comesToHold {
            #expect(try scene.sluice(["worker", "--once"]).status == 0)
            return try activeRuns(in: scene) == 0
        }
        #expect(isQuiet)
        let runs = try scene.runCount()
        #expect(runs >= confirmed && runs <= 9, "seed \(seed): \(confirmed) of \(runs) were confirmed")
        #expect(scene.lines(of: "runs") == runs, "seed \(seed)")
        for run in 1...runs { #expect(try scene.show(run).outcome == "succeeded", "seed \(seed), run \(run)") }
    }

    @Test("of two workers at once, each run is executed by one")
    func twoWorkers() throws {
        let scene = try Scene(withHook: false)
        try scene.commit(Toy.single("run: echo x >> \(scene.ledger("runs"))\ncache: false"))
        try scene.push()
        for _ in 0..<5 { _ = try spool(in: scene) }
        let workers = try (0..<3).map { _ in try scene.start(["worker", "--once"]) }
        for worker in workers { #expect(worker.wait().status == 0) }
        #expect(try activeRuns(in: scene) == 0)
        #expect(try scene.runCount() == 5 && scene.lines(of: "runs") == 5)
        for run in 1...5 { #expect(try scene.show(run).attempts(of: "only").count == 1) }
    }

    @Test("a worker that is told to stop cancels what runs, and leaves what is queued for the next one")
    func stoppedWorker() throws {
        let scene = try Scene()
        let marker = try startLongRun(in: scene)
        try scene.git(["commit", "--quiet", "--allow-empty", "--message", "Next"])
        try scene.git(["push", "--quiet", "origin", "main"])
        let worker = try #require(Processes.workers(of: scene.home).first)
        kill(worker, SIGTERM)
        #expect(comesToHold { Processes.workers(of: scene.home).isEmpty })
        #expect(Processes.containing("sleep\0\(marker)").isEmpty)
        #expect(try scene.show(1).outcome == "cancelled")
        #expect(try scene.show(2).state == "queued")
        scene.touch("go")
        #expect(try scene.sluice(["worker", "--once"]).status == 0)
        #expect(try scene.show(2).outcome == "succeeded")
    }
}

// MARK: - What the tests share

extension CrashTests {
    /// Two stages that count themselves; the second waits until the file `go` is there, or is tried again.
    @discardableResult
    private func commitLongRun(in scene: Scene) throws -> String {
        let marker = seconds()
        let files = [
            "pipelines/long.yaml": """
            schema: sluice/v1
            name: long
            triggers: { push: { branches: [main] } }
            defaults: { timeout: 5m }
            stages:
              first:
                run: echo x >> \(scene.ledger("first"))
                sources: []
              second:
                run: |
                  echo x >> \(scene.ledger("second"))
                  [ -e \(scene.ledger("go")) ] || { trap '' TERM; setsid sleep \(marker) & sleep \(marker); }
                needs: [first]
                sources: []
                grace: 1s
            """
        ]
        try scene.commit(files)
        return marker
    }

    @discardableResult
    private func startLongRun(in scene: Scene) throws -> String {
        let marker = try commitLongRun(in: scene)
        try scene.git(["push", "--quiet", "origin", "main"])
        #expect(comesToHold { Processes.containing("sleep\0\(marker)").count == 2 })
        return marker
    }

    private func killWorker(of scene: Scene) throws {
        let worker = try #require(Processes.workers(of: scene.home).first, "a worker runs")
        kill(worker, SIGKILL)
        #expect(comesToHold { Processes.workers(of: scene.home).isEmpty })
    }

    private func expectRecovered(_ scene: Scene, _ record: RunView) throws {
        #expect(record.outcome == "succeeded", "\(record.json)")
        #expect(record.outcomes == ["first": "succeeded", "second": "succeeded"])
        #expect(record.attempts(of: "first").count == 1 && scene.lines(of: "first") == 1)
        #expect(record.attempts(of: "second").map { $0["outcome"] as? String } == ["lost", "succeeded"])
        #expect(scene.lines(of: "second") == 2)
    }

    /// A duration that no other process sleeps for.
    private func seconds() -> String { "\(Int.random(in: 100_000...999_999)).\(Int.random(in: 10...99))" }

    private func deployFiles(script: String) -> [String: String] {
        var files = Toy.single("uses: odd\ntimeout: 5m\nsources: []")
        files["plugins/odd/plugin.yaml"] = """
            name: odd
            version: 1.0.0
            protocol: command
            role: deploy
            effects: deploy
            command: [sh, ./odd.sh]
            grace: 1s
            """
        files["plugins/odd/odd.sh"] = script + "\n"
        return files
    }

    private func activeRuns(in scene: Scene) throws -> Int? {
        (try scene.json(scene.sluice(["status", "--json"]))["runs"] as? [Any])?.count
    }

    /// What a hook writes before anything else, without the hook.
    private func spool(in scene: Scene) throws -> (text: String, path: String, folder: String) {
        let id = (0..<32).map { _ in String(Int.random(in: 0...15), radix: 16) }.joined()
        let text = """
            {"schema": "sluice.intake/v1", "id": "\(id)", "time": "2026-01-31T23:59:59.123Z", "trigger": "push",
             "repository": {"gitDirectory": "\(scene.bare)", "isBare": true}, "options": [],
             "updates": [{"old": "\(String(repeating: "0", count: 40))", "new": "\(try scene.head())",
                          "reference": "refs/heads/main"}]}
            """
        let folder = scene.home + "/spool/new"
        _ = try scene.sluice(["runs", "list"])
        let path = folder + "/0000000000000000001-\(id).json"
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        return (text, path, folder)
    }
}
