import Foundation
import Glibc
import SluiceTesting
import Testing

/// Plugins that are asked what their stages would take.
@Suite("Estimates of plugins")
struct PluginEstimateTests {
    private static let good = answer("100", "200")

    private static func answer(_ p50: String, _ p90: String) -> String {
        #"say '"type":"estimate","profiles":[{"name":"'"$profile"'","duration_s":{"p50":"#
            + p50 + #","p90":"# + p90 + #"},"memory":1000}]'; "# + Self.ok
    }

    private static let ok = #"say '"type":"result","status":"ok"'"#

    /// Its stage declares 36 s. `marker` is a file that the question makes.
    private func files(_ answering: String, marker: String = "/dev/null", stage: String = "") -> [String: String] {
        let script = """
            profile=$(printf '%s' "$start" | sed 's/.*"profile":"\\([^"]*\\)".*/\\1/')
            if [ "$1" = estimate ]; then
              echo asked >>\(marker)
              \(answering)
            else
              say '"type":"output","name":"v","value":1'
              \(Self.ok)
            fi
            """
        let all = Toy.plugin(script, manifest: "verbs: [run, estimate]", stage: "estimate: 36s\n" + stage)
        return all.mapValues { $0.replacingOccurrences(of: "branches: [main]", with: "branches: [\"**\"]") }
    }

    private func estimate(_ run: RunView) -> [String: Any] { run.stage("only")["estimate"] as? [String: Any] ?? [:] }

    private func warnings(_ run: RunView) -> [String] { run.json["warnings"] as? [String] ?? [] }

    @Test("a run takes what its plugin says, by a person or a push, and record and texts say so")
    func used() throws {
        let scene = try Scene(files(Self.good))
        let ran = try scene.sluice(["run"])
        #expect(ran.status == 0, "\(ran.transcript)")
        for number in 0..<2 {
            let run = try scene.lastRun()
            #expect(run.outcome == "succeeded" && warnings(run) == [], "\(run.json)")
            let estimate = estimate(run)
            #expect(estimate["source"] as? String == "plugin", "\(estimate)")
            #expect(estimate["duration_s"] as? Double == 200)
            #expect(estimate["memory"] as? Int == 1000)
            try scene.commit(["plugins/odd/notes": "so that nothing is cached: \(number)"])
            try scene.push()
        }
        let shown = try scene.sluice(["runs", "show"])
        #expect(shown.output.contains("plugin") && shown.output.contains("3m"), "\(shown.transcript)")
    }

    @Test("plans, lints, explanations and verdicts on pushes ask nobody, nor does a run of an untrusted reference")
    func neverAsked() throws {
        let scene = try Scene()
        let marker = scene.root + "/asked"
        try scene.commit(files(Self.good, marker: marker))
        for arguments in [["plan"], ["plan", "--json"], ["lint"]] {
            let done = try scene.sluice(arguments)
            #expect(done.status == 0, "\(done.transcript)")
        }
        #expect(try scene.sluice(["plan"]).output.contains("declared"))
        try scene.push(["origin", "main:evil"])
        #expect(try scene.lastRun().outcome == "refused")
        _ = try scene.sluice(["explain"])
        #expect(!FileManager.default.fileExists(atPath: marker))
        if SandboxTests.works {
            try scene.configure("untrusted: { run: true }\n", in: scene.bare)
            try scene.push(["origin", "main:evil2"])
            let run = try scene.lastRun()
            #expect(estimate(run)["source"] as? String == "declared", "\(run.json)")
            let places = try FileManager.default.subpathsOfDirectory(atPath: scene.home + "/runs")
            #expect(places.contains { $0.hasSuffix("only/1") } && !places.contains { $0.hasSuffix("only/0") })
            #expect(!FileManager.default.fileExists(atPath: marker))
        }
        try scene.push(["origin", "main"])
        _ = try scene.lastRun()
        #expect(FileManager.default.fileExists(atPath: marker), "and a trusted one is asked")
    }

    @Test(
        "an answer that cannot be used is a warning with its code, and the declared estimate counts",
        arguments: [
            ("trap '' TERM; sleep 600", "estimate.failed: odd does not say what only would take"),
            ("echo garbage; echo '{\"type\":'; exit 0", "estimate.failed"), ("exit 3", "estimate.failed"),
            ("kill -SEGV $$", "estimate.failed"), (ok, "it sent no `estimate`"),
            (#"echo '{"type":"estimate","profiles":[]}'; "# + ok, "it sent no `estimate`"),
            (answer("NaN", "NaN"), "estimate.failed"), (answer("-5", "5"), "estimate.invalid"),
            (answer("1", "1e300"), "estimate.invalid"), (answer("9", "1"), "estimate.invalid"),
            ("profile=other; " + good, "it says nothing of profile"),
            (#"say '"type":"estimate","profiles":"soon"'; "# + ok, "its `profiles` is no list"),
            (#"say '"type":"error","class":"user","code":"x.y","message":"no idea"'; exit 12"#, "x.y: no idea"),
            (good + "; exit 1", "protocol.exit_mismatch"),
        ])
    func hostile(answering: String, warning: String) throws {
        let scene = try Scene(files(answering))
        let ran = try scene.sluice(["run"])
        #expect(ran.status == 0, "\(ran.transcript)")
        let run = try scene.lastRun()
        #expect(run.outcome == "succeeded")
        #expect(estimate(run)["source"] as? String == "declared" && estimate(run)["duration_s"] as? Double == 36)
        #expect(warnings(run).count == 1 && warnings(run)[0].hasPrefix("estimate."), "\(warnings(run))")
        #expect(warnings(run).first?.contains(warning) == true, "\(warnings(run))")
    }

    @Test("floods of text, and what it leaves running, keep nobody from its answer")
    func loud() throws {
        let flood = "head -c 3000000 /dev/zero | tr '\\0' x >&2; yes | head -c 300000; sleep 600 & "
        let scene = try Scene(files(flood + Self.good))
        #expect(try scene.sluice(["run"]).status == 0)
        let run = try scene.lastRun()
        #expect(estimate(run)["source"] as? String == "plugin", "\(run.json)")
    }

    @Test("one that fails is asked once for a matrix")
    func once() throws {
        let scene = try Scene()
        let marker = scene.root + "/asked"
        try scene.commit(files("exit 3", marker: marker, stage: "matrix: { n: [1, 2, 3] }\n"))
        #expect(try scene.sluice(["run"]).status == 0)
        #expect(try String(contentsOfFile: marker, encoding: .utf8) == "asked\n")
        #expect(try warnings(scene.lastRun()).count == 1)
    }

    @Test("a cancel while a plugin is asked ends the question and the run at once")
    func cancelled() throws {
        let scene = try Scene()
        let marker = scene.root + "/asked"
        try scene.commit(files("trap '' TERM; sleep 600", marker: marker))
        let program = try scene.start(["run"])
        for _ in 0..<3000 where !FileManager.default.fileExists(atPath: marker) { usleep(10_000) }
        let asked = ContinuousClock.now
        kill(program.pid, SIGINT)
        let ended = program.wait()
        #expect(ended.status == 130 && ContinuousClock.now - asked < .seconds(8), "\(ended.transcript)")
        #expect(try scene.lastRun().outcome == "cancelled")
    }

    @Test("`runs cancel` is heard while a plugin is asked: nothing waits for the question's end")
    func cancelledElsewhere() throws {
        let scene = try Scene()
        let marker = scene.root + "/asked"
        try scene.commit(files("trap '' TERM; sleep 600", marker: marker))
        let program = try scene.start(["run"])
        #expect(comesToHold { FileManager.default.fileExists(atPath: marker) })
        let cancelled = try scene.sluice(["runs", "cancel", "1"])
        #expect(cancelled.status == 0 && program.wait().status == 130, "\(cancelled.transcript)")
        let run = try scene.lastRun()
        #expect(run.outcome == "cancelled" && run.stages.isEmpty && run.json["reason"] as? String != nil, "\(run.json)")
        #expect(warnings(run) == [], "it was the cancel that ended the question, and not its time")
    }

    @Test("a run whose runner died goes on with the answers that it had: nobody is asked again")
    func resumed() throws {
        let scene = try Scene(withHook: false)
        let marker = scene.root + "/asked"
        var all = files(Self.good, marker: marker)
        all["plugins/odd/odd.sh"] = all["plugins/odd/odd.sh"]?.replacingOccurrences(
            of: "else\n", with: "else\n  echo x >>\(scene.ledger("ran")); [ -e \(scene.ledger("go")) ] || sleep 600\n")
        try scene.commit(all)
        let program = try scene.start(["run"])
        #expect(comesToHold { scene.lines(of: "ran") == 1 })
        kill(program.pid, SIGKILL)
        _ = program.wait()
        scene.touch("go")
        let resumed = try scene.sluice(["runs", "resume"])
        #expect(resumed.status == 0, "\(resumed.transcript)")
        let run = try scene.show(1)
        #expect(run.attempts(of: "only").map { $0["outcome"] as? String } == ["lost", "succeeded"], "\(run.json)")
        #expect(estimate(run)["source"] as? String == "plugin" && estimate(run)["duration_s"] as? Double == 200)
        #expect(try String(contentsOfFile: marker, encoding: .utf8) == "asked\n")
    }

    @Test("what-if decides on the answer without asking again; walled in the plugin answers too")
    func walledIn() throws {
        let scene = try Scene()
        let marker = scene.root + "/asked"
        try scene.commit(files(Self.good, marker: marker))
        #expect(try scene.sluice(["run"]).status == 0)
        try FileManager.default.removeItem(atPath: marker)
        let short = try scene.sluice(["explain", "1", "--what-if", "wall=100s"])
        #expect(short.output.contains("refuse"), "\(short.transcript)")
        let long = try scene.sluice(["explain", "1", "--what-if", "wall=300s"])
        #expect(!long.output.contains("refuse"), "\(long.transcript)")
        #expect(!FileManager.default.fileExists(atPath: marker))
        try scene.configure("executors: { local: { sandbox: auto } }\n", in: scene.clone + "/.git")
        try scene.commit(["plugins/odd/notes": "so that nothing is cached"])
        #expect(try scene.sluice(["run"]).status == 0)
        #expect(try estimate(scene.lastRun())["source"] as? String == "plugin")
    }

    @Test("about a stage that reads what is not made yet nobody is asked")
    func notYet() throws {
        var all = files(Self.good)
        all["pipelines/one.yaml"]? +=
            "\n  next: { uses: odd, estimate: 7s, needs: [only], with: { x: \"${stages.only.outputs.v}\" } }\n"
        let scene = try Scene(all)
        let ran = try scene.sluice(["run"])
        #expect(ran.status == 0, "\(ran.transcript)")
        let run = try scene.lastRun()
        #expect(estimate(run)["source"] as? String == "plugin")
        #expect((run.stage("next")["estimate"] as? [String: Any])?["source"] as? String == "declared")
        #expect(warnings(run) == [])
    }
}
