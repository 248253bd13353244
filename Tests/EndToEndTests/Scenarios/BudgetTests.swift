import Foundation
import Glibc
import SluiceModel
import SluiceTesting
import Testing

/// Budgets of runs and accounts on the built binary: what is stopped, what is charged, what is reused.
@Suite struct BudgetTests {
    @Test("a stage that asked for it is stopped once what comes behind it cannot be paid for; record and answer say so")
    func futile() throws {
        let scene = try Scene(withHook: false)
        // By its estimate it costs 0.1; after three seconds nothing is left for the next stage.
        try scene.commit([
            "pipelines/futile.yaml": """
            schema: sluice/v1
            name: futile
            profiles: { dear: { cpus: 0.1, memory: 64MiB, price: 360 } }
            budget: { limits: { cost: 0.5 } }
            defaults: { profile: dear }
            stages:
              train: { run: "echo x > \(scene.ledger("started")); exec sleep 300", estimate: 1s, stop_when_futile: true, grace: 1s }
              evaluate: { run: "true", needs: [train], estimate: 2s }
            """
        ])
        let done = try scene.sluice(["run", "--json"])
        let run = RunView(try scene.json(done))
        #expect(
            done.status == 1 && run.outcomes == ["train": "overLimit", "evaluate": "skipped"], "\(done.transcript)")
        #expect(scene.started() == 1 && run.attempts(of: "train").count == 1)
        #expect(run.reason(of: "train")?.hasPrefix("cost: at least 0.5") == true, "\(run.json)")
        #expect(run.reason(of: "train")?.hasSuffix("needed with what is still to come, 0.5 allowed") == true)
        let why = try scene.sluice(["explain", "1/train"])
        #expect(why.output.contains("was stopped early: cost: at least 0.5"), "\(why.transcript)")
    }

    @Test(
        "what a run stores is measured and counts; what it sends counts as declared, marked so, run and account alike")
    func bytes() throws {
        let scene = try Scene(withHook: false)
        try scene.configureAccounts(
            "accounts: { team: { window: month, limits: { storage: 1MiB, egress: 10MiB } } }\n")
        try scene.commit([
            "pipelines/bytes.yaml": """
            schema: sluice/v1
            name: bytes
            budget: { limits: { storage: 1MiB, egress: 8MiB }, on_exceed: refuse }
            stages:
              small:
                run: head -c 100000 /dev/zero > ${outputs.out}
                outputs: { out: file }
                cache: false
                egress: 6MiB
                storage: 200KiB
              next: { run: "true", needs: [small], storage: 800KiB, cache: false }
            """
        ])
        let run = try scene.run()
        #expect(run.outcome == "succeeded", "\(run.json)")
        let attempt = run.attempts(of: "small").first ?? [:]
        #expect(attempt["stored_bytes"] as? Int == 100_000 && attempt["declared"] as? [String] == ["egress"])
        #expect((attempt["used"] as? [String: Any])?["egress"] as? Int == 6 << 20)
        #expect(try scene.balance("storage")["used"] == 100_000)
        #expect(try scene.balance("egress")["used"] == Double(6 << 20))
        let entries = try JSON(parsing: scene.sluice(["budget", "--entries", "--json"], in: scene.bare).output)
        let settled = (entries["entries"]?.items ?? []).filter {
            $0["kind"]?.text == "settle" && ["egress", "storage"].contains($0["resource"]?.text)
        }
        #expect(settled.count == 2, "\(settled)")
        for entry in settled {
            #expect(entry["declared"] == .bool(entry["resource"]?.text == "egress"), "\(entry)")
        }
        // The account has room for 4 MiB more, the run's own limit would hold the 6.
        let refused = try scene.sluice(["run", "--json"])
        #expect(refused.status == 77, "\(refused.transcript)")
        #expect(try JSON(parsing: refused.output)["decision"]?["conflict"]?.items.compactMap(\.text) == ["team.egress"])
    }

    @Test("a plan that degrades takes what its worse way and those behind it have made before, and pays nothing")
    func degradedCached() throws {
        let scene = try Scene(withHook: false)
        try scene.configureAccounts(AccountScene.account("month", cost: "1.5"))
        scene.touch("go")
        try AccountScene.use("1", of: .month, at: AccountScene.now, in: scene)
        let evaluate =
            "  evaluate: { run: \"cat ${inputs.model}\", inputs: { model: train.model }, sources: [], estimate: 1s }"
        var files = AccountScene.pipeline(scene, "degrade", more: evaluate)
        for (name, text) in files {
            files[name] = text.replacing("    cache: false\n", with: "").replacing(
                "penalty: 3,", with: "penalty: 3, with: {},")
        }
        try scene.commit(files)
        #expect(try scene.run().outcomes == ["train": "succeeded", "evaluate": "succeeded"])
        let again = try scene.run()
        #expect(
            again.outcomes == ["train": "cached", "evaluate": "cached"] && again.json["degraded"] as? Bool == true,
            "\(again.json)")
        #expect(scene.started() == 1)
        let why = try scene.sluice(["explain", "3/train"]).output
        #expect(why.contains("was reused") && why.contains("  it runs as small instead of large: penalty 3"), "\(why)")
        // Nothing is left, and nothing is needed: also what comes behind the degraded result is there.
        try AccountScene.use("0.5", of: .month, at: AccountScene.now, in: scene)
        let plan = try JSON(parsing: scene.sluice(["plan", "--json"]).output)
        #expect(plan["degraded"] == .bool(true) && plan["decision"]?["objective"]?["cost"]?.number == 0)
        let states = plan["stages"]?.items.map { $0["cache"]?["state"]?.text }
        #expect(states == ["hit", "hit"], "\(plan)")
    }

    @Test("a condition asks what share of an account is left")
    func share() throws {
        let scene = try Scene(withHook: false)
        try scene.configureAccounts(AccountScene.account("month", cost: "10"))
        try scene.commit(
            Toy.single("run: echo x >> \(scene.ledger("started"))\nif: budget.left('team') > 0.3\ncache: false"))
        #expect(try scene.run().outcomes == ["only": "succeeded"])
        try AccountScene.use("7.5", of: .month, at: AccountScene.now, in: scene)
        #expect(try scene.run().outcomes == ["only": "skipped"])
        #expect(scene.started() == 1)
    }

    @Test(
        "an account holds for the pipeline, the repository or everybody, and a pipeline may name one that it does not match",
        arguments: [
            ("match: { pipeline: toy }, ", "", 77), ("match: { pipeline: other }, ", "", 0), ("", "", 77),
            ("match: { repository: \"**/server.git\" }, ", "", 77),
            ("match: { repository: \"/elsewhere/**\" }, ", "", 0),
            ("match: { branch: \"exp/**\" }, ", "", 0), ("match: { branch: \"exp/**\" }, ", "accounts: [team], ", 77),
        ])
    func scopes(match: String, named: String, status: Int32) throws {
        let scene = try Scene(withHook: false)
        try scene.configure(AccountScene.account("month", cost: "0.5", match: match), in: scene.bare)
        let pipeline = AccountScene.pipeline(scene, "refuse").mapValues {
            $0.replacing("on_exceed: refuse", with: named + "on_exceed: refuse")
        }
        try scene.commit(pipeline)
        try scene.git(["push", "--quiet", "origin", "main"])
        let plan = try scene.sluice(["plan", "--json"], in: scene.bare)
        #expect(plan.status == status, "\(plan.transcript)")
        if status != 0 {
            #expect(try JSON(parsing: plan.output)["decision"]?["conflict"]?.items.compactMap(\.text) == ["team.cost"])
        }
    }

    @Test("of two pushes that race for one account one runs first, the other waits and follows by itself")
    func pushesRace() throws {
        let scene = try Scene()
        try scene.configure(
            AccountScene.account("month", cost: "1.5") + "trust: { branches: [\"**\"] }\n", in: scene.bare)
        try scene.commit(AccountScene.pipeline(scene, "wait"))
        for branch in ["one", "two"] {
            try scene.git(["checkout", "--quiet", "-b", branch])
            try scene.commit(["note": branch])
        }
        let pushes = try ["one", "two"].map { branch in
            try StartedProgram(
                ["git", "push", "origin", branch], environment: scene.environment, folder: scene.clone)
        }
        #expect(pushes.map { $0.wait().status } == [0, 0])
        // The hooks' worker is busy with one of them; another one looks at the other.
        let second = try scene.start(["worker", "--once"])
        #expect(
            try comesToHold {
                try scene.runCount() == 2 && Set([1, 2].map { try scene.show($0).state }) == ["running", "waiting"]
            })
        #expect(try scene.balance()["reserved"] == 1 && scene.started() == 1)
        scene.touch("go")
        try scene.waitForQuiet()
        #expect(second.wait().status == 0)
        #expect(try [1, 2].map { try scene.show($0).outcome } == ["succeeded", "succeeded"])
        #expect(try scene.balance()["reserved"] == 0 && scene.started() == 2)
    }

    @Test("what a lost attempt held is charged to its account and against the limits of its own run")
    func lostCounts() throws {
        let scene = try Scene(withHook: false)
        try scene.configureAccounts(AccountScene.account("month", cost: "10"))
        try scene.commit(
            AccountScene.pipeline(scene, "refuse").mapValues {
                $0.replacing("budget: { ", with: "budget: { limits: { cost: 1.5 }, ")
            })
        let run = try scene.start(["run"])
        #expect(comesToHold { scene.started() == 1 }, "\(run.errorsSoFar)")
        kill(run.pid, SIGKILL)
        _ = run.wait()
        scene.touch("go")
        #expect(try scene.sluice(["worker", "--once"]).status == 0)
        // One of 1.00 was lost, and another does not fit below 1.5.
        let record = try scene.show(1)
        #expect(record.outcome == "refused", "\(record.json)")
        #expect((record.json["usage"] as? [String: Any])?["cost"] as? Double == 1)
        let lost = record.attempts(of: "train").first ?? [:]
        #expect(lost["outcome"] as? String == "lost" && (lost["declared"] as? [String])?.contains("cost") == true)
        #expect(try scene.balance()["used"] == 1 && scene.balance()["reserved"] == 0)
    }

    @Test("the same plans on the same ledger are decided the same, byte for byte, whatever they decide")
    func deterministic() throws {
        let scene = try Scene(withHook: false)
        try scene.configureAccounts(AccountScene.account("month", cost: "2"))
        let shapes = [
            ("admit", "cost: 1.9"), ("degrade", "cost: 0.5"), ("refuse", "cost: 0.01"),
            ("deadline", "wall: 30s"), ("memory", "memory_gib_hours: 0.001"),
        ]
        var files: [String: String] = [:]
        for (name, limit) in shapes {
            files["pipelines/\(name).yaml"] = AccountScene.pipeline(scene, "degrade", name: name).values.first?
                .replacing("budget: { ", with: "budget: { limits: { \(limit) }, ")
                .replacing(
                    "stages:\n", with: "stages:\n  first: { run: \"true\", estimate: 10s, matrix: { i: [1, 2, 3] } }\n")
        }
        try scene.commit(files)
        var verdicts: Set<String> = []
        for used in ["0", "0.95"] {
            if used != "0" { try AccountScene.use(used, of: .month, at: AccountScene.now, in: scene) }
            for (name, _) in shapes {
                let plans = try (0..<3).map { _ in try scene.sluice(["plan", name, "--json"]).output }
                #expect(Set(plans).count == 1, "\(name) after \(used)")
                verdicts.insert(try JSON(parsing: plans[0])["decision"]?["verdict"]?.text ?? "")
            }
        }
        #expect(verdicts == ["admit", "degrade", "refuse"])
    }
}
