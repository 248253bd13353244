import Foundation
import Glibc
import Testing

/// `sluice explain` and `sluice plan --against` on the built binary: the first line answers, six lines are the most.
@Suite struct ExplainTests {
    /// The lines of an explanation; fails when there are more than six.
    private func explain(_ scene: Scene, _ arguments: String...) throws -> [String] {
        let run = try scene.sluice(["explain"] + arguments)
        #expect(run.status == 0, "\(run.transcript)")
        let lines = run.output.split(separator: "\n").map(String.init)
        #expect(lines.count <= 6, "\(run.output)")
        return lines
    }

    @Test("a cache miss after an edit names the edit, and the stages behind it name the stage before them")
    func miss() throws {
        let scene = try Scene(Toy.files)
        try scene.push()
        try scene.commit(["params.yaml": "lr: 0.3\n"])
        try scene.push()
        let lines = try explain(scene)
        #expect(lines.first?.hasPrefix("✓ run 2 of toy succeeded in ") == true, "\(lines)")
        #expect(lines.contains("  train ran: params.lr changed 0.1 → 0.3"), "\(lines)")
        #expect(lines.contains("  evaluate ran because train ran"), "\(lines)")
        let stage = try explain(scene, "2/evaluate")
        #expect(stage.contains("  train ran: params.lr changed 0.1 → 0.3"), "\(stage)")
        #expect(try explain(scene, "2/prepare") == ["◆ 2/prepare was reused: same inputs as in run 1"])
        #expect(try explain(scene, "1/prepare").contains("  it ran: first run"))

        let answer = try scene.json(scene.sluice(["explain", "2/evaluate", "--json"]))
        #expect(answer["schema"] as? String == "sluice.explain/v1" && answer["run"] as? Int == 2)
        #expect(answer["kind"] as? String == "succeeded" && answer["stage"] as? String == "evaluate")
        #expect((answer["causes"] as? [[String: Any]])?.isEmpty == false)
    }

    private static let choosing = """
        schema: sluice/v1
        name: choosing
        triggers: { push: { branches: [main] } }
        profiles:
          small: { cpus: 0.1, memory: 64MiB, price: 1 }
          large: { cpus: 0.1, memory: 64MiB, price: 10 }
        budget:
          limits: { cost: 0.5 }
        stages:
          train:
            run: echo ${matrix.model} > ${outputs.model}
            matrix: { model: [forest, linear] }
            sources: []
            outputs: { model: model }
            profiles:
              - { use: large, estimate: 6m }
              - { use: small, estimate: 6m, penalty: 2, degraded: true }
        """

    @Test("a degraded run declares its loss and says which limit forced it; more budget would admit it")
    func degraded() throws {
        let scene = try Scene(["pipelines/choosing.yaml": Self.choosing])
        try scene.push()
        let lines = try explain(scene, "1")
        #expect(lines.first?.hasSuffix("degraded") == true, "\(lines)")
        #expect(lines.contains { $0.contains("as small instead of large: penalty 2") }, "\(lines)")
        #expect(lines.contains { $0.contains("the best profiles need cost 2, 0.5 is left: 1.5 short") }, "\(lines)")
        let instance = try explain(scene, "1/train[model=forest]")
        #expect(instance.contains { $0.hasPrefix("  it runs as small instead of large") }, "\(instance)")
        #expect(instance.contains("    the best profiles need cost 2, 0.5 is left: 1.5 short"), "\(instance)")

        let before = try scene.json(scene.sluice(["runs", "show", "1", "--json"])) as NSDictionary
        let more = try explain(scene, "1", "--what-if", "cost=2")
        #expect(more.first?.contains("cost 0.50 → 2.00: ✓ admitted, est. 6 min, cost 2.00") == true, "\(more)")
        #expect(more.last?.contains("as it is: ▲ degraded") == true, "\(more)")
        let less = try scene.json(scene.sluice(["explain", "1", "--what-if", "cost=0.1", "--json"]))
        let after = (less["what_if"] as? [String: Any])?["after"] as? [String: Any]
        #expect((after?["decision"] as? [String: Any])?["verdict"] as? String == "refuse", "\(less)")
        #expect(try scene.json(scene.sluice(["runs", "show", "1", "--json"])) as NSDictionary == before)
        #expect(try scene.runCount() == 1)
    }

    @Test("a refused push says what is short by how much, and the fix that it names makes it fit")
    func refused() throws {
        var files = Toy.files
        files["pipelines/toy.yaml"] = Toy.pipeline.replacingOccurrences(of: "cost: 1.00", with: "cost: 0.004")
        let scene = try Scene(files)
        try scene.push(["--no-verify", "origin", "main"])
        let lines = try explain(scene)
        #expect(lines.first == "✗ run 1 of toy was refused: cost is 0.001 short", "\(lines)")
        #expect(
            lines.contains { $0.contains("cost: at least 0.005 needed, 0.004 left: 0.001 short; train 0.002") },
            "\(lines)")
        #expect(lines.contains("  fix: cost 0.004 → 0.005"), "\(lines)")
        let fix = try #require(lines.last?.split(separator: " ").last.map(String.init), "\(lines)")
        let train = try explain(scene, "1/train")
        #expect(train.first == "✗ 1/train never started: run 1 of toy was refused: cost is 0.001 short", "\(train)")
        let mended = try explain(scene, "1", "--what-if", fix)
        #expect(mended.first?.contains("✓ admitted") == true, "\(mended)")
    }

    @Test("a push of a definition with errors is explained with file and line")
    func invalid() throws {
        var files = Toy.files
        files["pipelines/toy.yaml"] = Toy.pipeline.replacingOccurrences(of: "    metrics:", with: "    metrix:")
        let scene = try Scene(files)
        try scene.push(["--no-verify", "origin", "main"])
        let lines = try explain(scene)
        #expect(lines.first == "✗ run 1 of toy was refused: its definition has 1 error", "\(lines)")
        #expect(lines.contains { $0.contains("pipelines/toy.yaml:") && $0.contains("metrix") }, "\(lines)")
    }

    @Test("a stage that failed after a retry says how often it was tried, why, and where its log is")
    func failedAfterRetry() throws {
        let script = """
            echo 'connecting to the feature store' >&2
            say '"type":"error","class":"transient","code":"store.down","message":"the store did not answer","hint":"see its status page"'
            exit 20
            """
        let scene = try Scene(
            Toy.plugin(script, stage: "retry: { limit: 2, classes: [transient], backoff: { initial: 1ms } }"),
            withHook: false)
        #expect(try scene.sluice(["run", "-q"]).status == 1)
        let lines = try explain(scene, "1/only")
        #expect(lines.first == "✗ 1/only failed after 3 attempts: the store did not answer", "\(lines)")
        #expect(lines.contains("  hint: see its status page"), "\(lines)")
        #expect(
            lines.contains { $0.hasPrefix("  it was tried again 2 times, after ") && $0.contains("transient") },
            "\(lines)")
        #expect(
            try explain(scene).first == "✗ run 1 of one failed: only failed after 3 attempts: the store did not answer")
    }

    @Test("unknown runs, stages and limits are answered with what was probably meant")
    func unknown() throws {
        let scene = try Scene(Toy.files)
        #expect(try scene.sluice(["explain"]).status == 64)
        try scene.push()
        let run = try scene.sluice(["explain", "7"])
        #expect(run.status == 74 && run.errors.contains("there is no run 7 (the newest is run 1"), "\(run.transcript)")
        let stage = try scene.sluice(["explain", "1/trian"])
        #expect(stage.status == 64 && stage.errors.contains("did you mean `train`?"), "\(stage.transcript)")
        let limit = try scene.sluice(["explain", "1", "--what-if", "csot=3"])
        #expect(limit.status == 64 && limit.errors.contains("did you mean `cost`?"), "\(limit.transcript)")
    }

    @Test("while they wait, a running run says what runs, and a queued one what is before it")
    func unfinished() throws {
        let scene = try Scene()
        let wait = "run: until [ -e \(scene.ledger("go")) ]; do sleep 0.05; done"
        try scene.commit(Toy.single(wait))
        for _ in 1...2 {
            try scene.commit([:])
            try scene.git(["push", "--quiet", "origin", "main"])
        }
        #expect(try comesToHold { try scene.sluice(["explain", "1"]).output.contains("runs only for ") })
        let running = try explain(scene, "1")
        #expect(running.first?.hasPrefix("● run 1 of one runs only for ") == true, "\(running)")
        let queued = try explain(scene, "2")
        #expect(queued.first?.hasPrefix("○ run 2 of one is queued behind 1 run") == true, "\(queued)")
        #expect(queued.contains("  run 1 of one is running"), "\(queued)")
        scene.touch("go")
        try scene.waitForQuiet()
    }

    @Test("a run that waits for an account says for what, how much is left and who or what gives room")
    func waits() throws {
        let stage =
            "run: echo ${params.n} > ${outputs.x}\nsources: []\noutputs: { x: file }\nestimate: 36s\nprofile: dear\n"
        var files = Toy.single(stage)
        files["pipelines/one.yaml"]? += """

            params: params.yaml
            profiles: { dear: { cpus: 0.1, memory: 64MiB, price: 100000 } }
            """
        files["params.yaml"] = "n: 1\n"
        let scene = try Scene(files, withHook: false)
        try scene.configure(
            "accounts: { team: { window: 7d, limits: { cost: 1000.01 } } }\n", in: scene.clone + "/.git")
        #expect(try scene.sluice(["run", "-q"]).status == 0)
        try scene.commit(["params.yaml": "n: 2\n"])
        let waiter = try scene.start(["run", "-q"])
        #expect(try comesToHold { try scene.sluice(["explain", "2"]).output.contains("waits for") })
        let lines = try explain(scene, "2")
        #expect(lines.first?.hasPrefix("○ run 2 of one waits for team.cost: 1000 asked, ") == true, "\(lines)")
        #expect(lines.contains { $0.contains("there may be room at ") && $0.contains("window rolls over") }, "\(lines)")
        let more = try explain(scene, "2", "--what-if", "team.cost=3000")
        #expect(more.first?.contains("✓ admitted") == true && more.last?.contains("○ waits") == true, "\(more)")
        let other = try scene.sluice(["explain", "2", "--what-if", "other.cost=1"])
        #expect(other.status == 64 && other.errors.contains("there is team.cost"), "\(other.transcript)")
        kill(waiter.pid, SIGTERM)
        #expect(waiter.wait().status == 130)
        let ended = try explain(scene, "2")
        #expect(ended.first?.hasPrefix("▲ run 2 of one was cancelled") == true, "\(ended)")
        #expect(ended.contains { $0.contains("it waited ") && $0.contains("for team.cost: 1000 asked") }, "\(ended)")
    }

    @Test("what a commit changes in time and cost is said by stage, before anything runs")
    func against() throws {
        let scene = try Scene(Toy.files)
        try scene.push()
        try scene.commit(["params.yaml": "lr: 0.3\n"])
        let compared = try scene.sluice(["plan", "--against", "HEAD~1"])
        #expect(compared.status == 0, "\(compared.transcript)")
        #expect(compared.output.contains("params.lr changed 0.1 → 0.3"), "\(compared.output)")
        #expect(compared.output.contains("unchanged: prepare"), "\(compared.output)")
        #expect(compared.output.contains("reads what train makes"), "\(compared.output)")

        let answer = try scene.json(scene.sluice(["plan", "--against", "HEAD~1", "--json"]))
        let against = try #require(answer["against"] as? [String: Any])
        let stages = try #require(against["stages"] as? [[String: Any]])
        #expect(stages.map { $0["change"] as? String } == ["same", "changed", "changed", "same"])
        let totals = try #require(against["totals"] as? [[String: Any]])
        let time = try #require(totals.first { $0["name"] as? String == "time" })
        // Both commits would be deployed from here; train and evaluate are new.
        #expect(time["before"] as? Double == 36 && time["after"] as? Double == 144, "\(totals)")

        let comment = try scene.sluice(["plan", "--against", "HEAD~1", "--markdown"])
        #expect(comment.output.contains("| train | params.lr changed 0.1 → 0.3 |"), "\(comment.output)")
        #expect(try scene.sluice(["plan", "--markdown"]).status == 64)
        #expect(try scene.sluice(["plan", "--against", "nowhere"]).status != 0)
        #expect(try scene.runCount() == 1)
    }

    @Test("history takes the place of declared estimates, and shows beside what attempts took")
    func estimates() throws {
        var files = Toy.single("run: date +%N > ${outputs.x}\ncache: false\nestimate: 10s\noutputs: { x: file }\n")
        files["pipelines/one.yaml"]? += "\nbudget: { estimate: { min_samples: 3 } }\n"
        let scene = try Scene(files, withHook: false)
        #expect(try scene.sluice(["plan"]).output.contains("no history yet: 1 declared"))
        for _ in 0..<3 { #expect(try scene.sluice(["run", "-q"]).status == 0) }
        let plan = try scene.json(scene.sluice(["plan", "--json"]))
        let stage = try #require((plan["stages"] as? [[String: Any]])?.first)
        let estimate = try #require(stage["estimate"] as? [String: Any])
        #expect(estimate["source"] as? String == "history" && estimate["samples"] as? Int == 3, "\(estimate)")
        #expect(try #require(estimate["duration_s"] as? Double) < 10)
        let run = try scene.lastRun().stage("only")
        #expect((run["actual_s"] as? Double ?? -1) > 0, "\(run)")
        #expect(try scene.sluice(["runs", "show"]).output.contains(#/10s +took /#))
        #expect(try scene.sluice(["budget", "--estimates"]).output.contains(#/stage:only +default +declared/#))
        let held = try scene.json(scene.sluice(["budget", "--estimates", "--json"]))["estimates"] as? [[String: Any]]
        #expect(held?.first?["attempts"] as? Int == 3 && held?.first?["coverage"] as? Double == 1, "\(held ?? [])")
    }
}
