import Foundation
import Glibc
import SluiceModel
import SluiceTesting
import Testing

/// Accounts that runs of several processes draw on, on the built binary.
@Suite struct AccountTests {
    @Test("of several runs that race for an account with room for one, exactly one is admitted; the others are refused")
    func raceRefuses() throws {
        let scene = try Scene(withHook: false)
        try scene.configureAccounts(AccountScene.account("month", cost: "1.5"))
        try scene.commit(AccountScene.pipeline(scene, "refuse"))
        let runs = try (0..<4).map { try scene.start(["run", "--json", "--set", "tag=r\($0)"]) }
        #expect(comesToHold { runs.count(where: { kill($0.pid, 0) == 0 && !Self.hasEnded($0) }) == 1 })
        #expect(try scene.balance()["reserved"] == 1)
        scene.touch("go")
        let ends = runs.map { $0.wait() }
        #expect(ends.map(\.status).sorted() == [0, 77, 77, 77], "\(ends.map(\.transcript))")
        #expect(scene.started() == 1)
        for refused in ends where refused.status == 77 {
            let decision = try JSON(parsing: refused.output)["decision"]
            #expect(decision?["verdict"]?.text == "refuse" && decision?["reason"]?.text == "budget")
            #expect(decision?["conflict"]?.items.compactMap(\.text) == ["team.cost"])
        }
        #expect(try scene.balance()["reserved"] == 0)
    }

    @Test("runs that wait go on by themselves, one after the other, in the order of their coming")
    func raceWaits() throws {
        let scene = try Scene(withHook: false)
        try scene.configureAccounts(AccountScene.account("month", cost: "1.5"))
        try scene.commit(AccountScene.pipeline(scene, "wait"))
        var runs: [StartedProgram] = []
        for number in 0..<3 {
            runs.append(try scene.start(["run", "--json", "--set", "tag=r\(number)"]))
            let wanted = number == 0 ? "running" : "waiting"
            #expect(
                try comesToHold { try scene.runCount() > number && scene.show(number + 1).state == wanted },
                "\(runs.last?.errorsSoFar ?? "")")
        }
        let waiting = try scene.show(2)
        let decision = waiting.json["decision"] as? [String: Any]
        #expect(decision?["verdict"] as? String == "wait")
        let holders = decision?["holders"] as? [[String: Any]] ?? []
        #expect(holders.map { $0["run"] as? Int } == [1] && holders.first?["until"] is String, "\(waiting.json)")
        #expect(try scene.sluice(["status"]).output.contains("team.cost: 1 asked, 0.5 left of 1.5"))
        let impatient = try scene.sluice(["run", "--no-wait"])
        #expect(impatient.status == 75, "\(impatient.transcript)")
        #expect(try scene.sluice(["plan"]).status == 75)
        scene.touch("go")
        let ends = runs.map { $0.wait() }
        #expect(ends.map(\.status) == [0, 0, 0], "\(ends.map(\.transcript))")
        let order = try String(contentsOfFile: scene.ledger("started"), encoding: .utf8)
        #expect(order == "r0\nr1\nr2\n")
    }

    @Test("a push that waits is put aside: another one runs past it, and it goes on by itself when there is room")
    func parkedPush() throws {
        let scene = try Scene()
        try scene.configureAccounts(AccountScene.account("month", cost: "1.5", match: "match: { branch: main }, "))
        try scene.configure(
            AccountScene.account("month", cost: "1.5", match: "match: { branch: main }, ")
                + "trust: { branches: [\"**\"] }\n", in: scene.bare)
        try scene.commit(AccountScene.pipeline(scene, "wait"))
        let holder = try scene.start(["run"])
        #expect(comesToHold { scene.started() == 1 }, "\(holder.errorsSoFar)")
        let pushed = try ProgramRun.run(
            ["git", "push", "origin", "main"], environment: scene.environment, folder: scene.clone)
        #expect(pushed.transcript.contains("waits"), "what the pusher sees: \(pushed.transcript)")
        #expect(try comesToHold { try scene.show(2).state == "waiting" })
        // Another branch is charged on no account.
        try scene.git(["checkout", "--quiet", "-b", "other"])
        try scene.commit(
            Toy.single("run: \"true\"").mapValues { $0.replacing("branches: [main]", with: "branches: [other]") })
        try scene.git(["rm", "--quiet", "pipelines/toy.yaml"])
        try scene.commit([:])
        try scene.git(["push", "--quiet", "origin", "other"])
        #expect(try comesToHold { try scene.runCount() == 3 && scene.show(3).outcome == "succeeded" })
        #expect(try scene.show(2).state == "waiting")
        scene.touch("go")
        #expect(holder.wait().status == 0)
        try scene.waitForQuiet()
        #expect(try scene.show(2).outcome == "succeeded")
        #expect(try scene.balance()["reserved"] == 0)
    }

    @Test("a month's use is gone on the first of the next one, and stands until then")
    func monthRollsOver() throws {
        let scene = try Scene(withHook: false)
        try scene.configureAccounts(AccountScene.account("month", cost: "1.5"))
        try scene.commit(AccountScene.pipeline(scene, "wait"))
        scene.touch("go")
        let first = AccountScene.now.startOfMonth
        try AccountScene.use("1.4", of: .month, at: Timestamp(milliseconds: first.milliseconds - 1), in: scene)
        #expect(try scene.balance()["used"] == 0)
        let run = try scene.sluice(["run", "--json"])
        #expect(run.status == 0, "\(run.transcript)")

        try AccountScene.use("1.4", of: .month, at: AccountScene.now, in: scene)
        let plan = try scene.sluice(["plan", "--json"])
        #expect(plan.status == 75, "\(plan.transcript)")
        let until = try JSON(parsing: plan.output)["decision"]?["until"]?.text
        #expect(until == AccountScene.now.startOfNextMonth.description)
    }

    @Test("a run that waits for a window goes on by itself when it has rolled over")
    func windowRollsOver() throws {
        let scene = try Scene(withHook: false)
        try scene.configureAccounts(AccountScene.account("4s", cost: "1.5"))
        try scene.commit(AccountScene.pipeline(scene, "degrade"))
        scene.touch("go")
        try AccountScene.use("1.45", of: .rolling(milliseconds: 4000), at: AccountScene.now, in: scene)
        let run = try scene.sluice(["run", "--events", "-"])
        #expect(run.status == 0, "\(run.transcript)")
        #expect(run.output.contains("\"type\":\"waiting\""), "\(run.transcript)")
    }

    @Test("a large training is degraded to fit the account; the deploy refuses it, or its condition leaves it out")
    func degradedDeploy() throws {
        let scene = try Scene(withHook: false)
        try scene.configureAccounts(AccountScene.account("month", cost: "1.5"))
        scene.touch("go")
        try AccountScene.use("1", of: .month, at: AccountScene.now, in: scene)
        let ship = """
              deploy:
                uses: ship
                profile: small
                inputs: { model: train.model }
                estimate: 1s
            """
        let plugin = ["plugins/ship/plugin.yaml": Toy.shipManifest, "plugins/ship/ship.sh": Toy.shipScript]
        try scene.commit(AccountScene.pipeline(scene, "degrade", more: ship).merging(plugin) { $1 })
        let refused = try scene.sluice(["plan"])
        #expect(refused.output.contains("only a degraded run fits, and deploy refuses one"), "\(refused.transcript)")
        #expect(refused.status == 75)

        try scene.commit(AccountScene.pipeline(scene, "degrade", more: ship + "\n    if: \"!plan.degraded\""))
        let run = try scene.run()
        #expect(run.outcome == "succeeded" && run.json["degraded"] as? Bool == true, "\(run.json)")
        #expect(run.outcomes == ["train": "succeeded", "deploy": "skipped"])
        #expect(run.attempts(of: "train").first?["profile"] as? String == "small")
        let decision = run.json["decision"] as? [String: Any]
        #expect(decision?["verdict"] as? String == "degrade")
        let lines = decision?["explanation"] as? [String] ?? []
        #expect(lines.contains { $0.hasPrefix("train runs as small instead of large: penalty 3") })
    }

    @Test(
        "a run that is degraded only while it runs is stamped; a deploy that refuses such a model keeps it from degrading",
        arguments: [("if: \"!plan.degraded\"", 0), ("allow_degraded: true", 0), ("description: plain", 77)])
    func degradedWhileRunning(deploy: String, status: Int32) throws {
        let scene = try Scene(withHook: false)
        try scene.configureAccounts(AccountScene.account("month", cost: "1000"))
        try scene.commit([
            "pipelines/late.yaml": """
            schema: sluice/v1
            name: late
            profiles:
              large: { cpus: 0.1, memory: 64MiB, price: 36000 }
              small: { cpus: 0.1, memory: 64MiB, price: 36000 }
            budget: { on_exceed: degrade }
            defaults: { profile: large }
            stages:
              first: { run: sleep 1, cache: false, estimate: 100ms }
              train:
                run: echo m > ${outputs.model}
                needs: [first]
                outputs: { model: model }
                profiles:
                  - { use: large, estimate: 99200ms }
                  - { use: small, estimate: 100ms, penalty: 1, degraded: true }
              deploy: { uses: ship, inputs: { model: train.model }, estimate: 100ms, \(deploy) }
            """, "plugins/ship/plugin.yaml": Toy.shipManifest, "plugins/ship/ship.sh": Toy.shipScript,
        ])
        #expect(try scene.sluice(["plan", "late"]).output.contains("admitted"))
        let done = try scene.sluice(["run", "--json", "--no-wait"])
        let run = RunView(try scene.json(done))
        #expect(try scene.balance()["reserved"] == 0)
        guard status == 0 else {
            #expect(done.status == 77 && run.outcome == "refused", "\(done.transcript)")
            #expect(run.outcomes == ["first": "succeeded", "train": "skipped", "deploy": "skipped"])
            return
        }
        #expect(done.status == 0 && run.json["degraded"] as? Bool == true, "\(done.transcript)")
        #expect(run.attempts(of: "train").first?["profile"] as? String == "small")
        #expect(run.outcome(of: "deploy") == (deploy.hasPrefix("if") ? "skipped" : "succeeded"))
    }

    @Test("equal ledgers decide equally, byte for byte")
    func deterministic() throws {
        let scene = try Scene(withHook: false)
        try scene.configureAccounts(AccountScene.account("month", cost: "1.5"))
        try scene.commit(AccountScene.pipeline(scene, "degrade"))
        for used in ["0.2", "0.5", "0.75"] {
            try AccountScene.use(used, of: .month, at: AccountScene.now, in: scene)
            let plans = try (0..<2).map { _ in try scene.sluice(["plan", "--json"]).output }
            #expect(plans[0] == plans[1] && plans[0].contains("team"), "after \(used)")
        }
    }

    @Test("a run that is killed at any moment leaves no reservation behind once a worker has looked")
    func killed() throws {
        for moment in 1...6 {
            let scene = try Scene(withHook: false)
            try scene.configureAccounts(AccountScene.account("month", cost: "10"))
            try scene.commit(AccountScene.pipeline(scene, "wait"))
            let run = try scene.start(["run", "--events", "-"])
            if moment > 2 { scene.touch("go") }
            _ = comesToHold {
                run.outputSoFar.split(separator: "\n").count >= moment || Self.hasEnded(run)
            }
            kill(run.pid, SIGKILL)
            _ = run.wait()
            scene.touch("go")
            #expect(try scene.sluice(["worker", "--once"]).status == 0)
            #expect(try scene.show(1).state == "ended")
            #expect(try scene.balance()["reserved"] == 0, "killed after event \(moment)")
        }
    }

    @Test("what a killed run held is free for the one that waits, without any worker")
    func killedHolder() throws {
        let scene = try Scene(withHook: false)
        try scene.configureAccounts(AccountScene.account("month", cost: "2.5"))
        try scene.commit(AccountScene.pipeline(scene, "wait"))
        let holders = try (0..<2).map { _ in try scene.start(["run"]) }
        #expect(comesToHold { scene.started() == 2 })
        let waiting = try scene.start(["run"])
        #expect(try comesToHold { try scene.runCount() == 3 && scene.show(3).state == "waiting" })
        kill(holders[0].pid, SIGKILL)
        _ = holders[0].wait()
        // Nobody measured what it used, so it counts as it was reserved: there is room when the other one has ended.
        #expect(try comesToHold { try scene.balance()["used"] == 1 })
        scene.touch("go")
        #expect(holders[1].wait().status == 0)
        #expect(waiting.wait().status == 0)
    }

    @Test("two processes never hold more of the machine than it has, and a dead one holds nothing")
    func sharedPool() throws {
        let scene = try Scene(withHook: false)
        try scene.configure(
            "executors: { local: { capacity: { cpus: 2, memory: 1GiB } } }\n", in: scene.clone + "/.git")
        let place = scene.ledger("place")
        try scene.commit(
            Toy.single(
                """
                run: |
                  mkdir \(place) || echo overlap >> \(scene.ledger("overlaps"))
                  echo x >> \(scene.ledger("started"))
                  while [ ! -e \(scene.ledger("go")) ]; do sleep 0.02; done
                  rmdir \(place)
                cache: false
                resources: { cpus: 2, memory: 64MiB }
                """))
        let dead = try scene.start(["run"])
        #expect(comesToHold { scene.started() == 1 }, "\(dead.errorsSoFar)")
        let second = try scene.start(["run"])
        #expect(try comesToHold { try scene.runCount() == 2 && scene.show(2).stages.count == 1 })
        #expect(try comesToHold { try scene.show(2).state == "waiting" })
        #expect(try scene.sluice(["status"]).output.contains("the pool, held by run 1"))
        let impatient = try scene.sluice(["run", "--no-wait"])
        #expect(impatient.status == 75, "\(impatient.transcript)")
        #expect(scene.started() == 1)
        kill(dead.pid, SIGKILL)
        _ = dead.wait()
        rmdir(place)
        #expect(comesToHold { scene.started() == 2 }, "\(second.errorsSoFar)")
        let others = try (0..<2).map { _ in try scene.start(["run"]) }
        scene.touch("go")
        #expect(([second] + others).map { $0.wait().status } == [0, 0, 0])
        #expect(scene.lines(of: "overlaps") == 0)
    }

    private static func hasEnded(_ program: StartedProgram) -> Bool {
        let text = (try? String(contentsOfFile: "/proc/\(program.pid)/stat", encoding: .utf8)) ?? ""
        return text.isEmpty || text.split(separator: ")").last?.hasPrefix(" Z") == true
    }
}
