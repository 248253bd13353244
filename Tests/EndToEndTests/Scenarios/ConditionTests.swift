import Foundation
import Testing

/// Which stages run, and with what, by what the definition says and what earlier stages made.
@Suite struct ConditionTests {
    @Test("`if` on the reference: a stage for another branch is skipped, and so is what needs its data")
    func reference() throws {
        let scene = try Scene(
            pipeline(
                """
                there:
                  if: reference == 'refs/heads/main'
                  run: echo there > ${outputs.x}
                  outputs: { x: file }
                elsewhere:
                  if: reference != 'refs/heads/main'
                  run: echo x > ${outputs.x}
                  outputs: { x: file }
                behind:
                  run: cat ${inputs.x}
                  inputs: { x: elsewhere.x }
                """), withHook: false)
        let run = try scene.run()
        #expect(run.outcome == "succeeded", "\(run.json)")
        #expect(run.outcomes == ["there": "succeeded", "elsewhere": "skipped", "behind": "skipped"])
        #expect(run.reason(of: "behind")?.contains("elsewhere") == true, "\(run.stage("behind"))")
        try scene.git(["checkout", "--quiet", "-b", "other"])
        let other = try scene.run()
        #expect(other.outcomes == ["there": "skipped", "elsewhere": "succeeded", "behind": "succeeded"])
    }

    @Test("`if` on a metric: the plan counts the stage, and the measured value decides")
    func metric() throws {
        let scene = try Scene(
            pipeline(
                """
                measure:
                  run: |
                    printf '{"auc": %s}' ${params.auc} > metrics.json
                  metrics: metrics.json
                good:
                  if: stages.measure.metrics.auc >= 0.9
                  needs: [measure]
                  run: 'true'
                bad:
                  if: stages.measure.metrics.auc < 0.9
                  needs: [measure]
                  run: 'true # bad'
                """,
                head: "params: { auc: 0.95 }"), withHook: false)
        let plan = try scene.json(scene.sluice(["plan", "--json"]))
        let conditions = (plan["stages"] as? [[String: Any]])?.map { $0["condition"] as? String }
        #expect(conditions == ["holds", "unknown", "unknown"], "\(plan)")
        #expect(try scene.run().outcomes == ["measure": "succeeded", "good": "succeeded", "bad": "skipped"])
        let low = try scene.run(["--set", "auc=0.5"])
        #expect(low.outcomes == ["measure": "succeeded", "good": "skipped", "bad": "succeeded"])
    }

    @Test("`changed` follows what the commit changed, and what a push replaced")
    func changed() throws {
        var files = pipeline(
            """
            data:
              if: changed("data/**")
              run: 'true'
            code:
              if: changed("*.py") && !changed("data/**")
              run: 'true'
            """, head: "triggers: { push: { branches: [main] } }")
        files["data/a/rows.csv"] = "1\n"
        files["train.py"] = "pass\n"
        let scene = try Scene(files)
        let first = try scene.run()
        #expect(first.outcomes == ["data": "succeeded", "code": "skipped"], "everything is new")
        try scene.push()
        try scene.commit(["train.py": "print()\n"])
        #expect(try scene.run().outcomes == ["data": "skipped", "code": "succeeded"])
        // Two commits in one push: what counts is the difference to what was there before.
        try scene.commit(["data/a/rows.csv": "2\n"])
        try scene.commit(["notes.txt": "x"])
        #expect(try scene.run().outcomes == ["data": "skipped", "code": "skipped"])
        let since = try scene.run(["--changed-since", "HEAD~2"])
        #expect(["succeeded", "cached"].contains(since.outcome(of: "data")), "\(since.outcomes)")
        try scene.push()
        let pushed = try scene.lastRun()
        #expect(["succeeded", "cached"].contains(pushed.outcome(of: "data")), "\(pushed.outcomes)")
        #expect(pushed.outcome(of: "code") == "skipped")
    }

    @Test("`after: any` runs behind a failed stage; without it a stage is skipped, with the reason upstream")
    func afterAny() throws {
        let scene = try Scene(
            pipeline(
                """
                broken:
                  run: exit 3
                clean:
                  needs: [broken]
                  after: any
                  run: 'true'
                strict:
                  needs: [broken]
                  run: 'true'
                """), withHook: false)
        let done = try scene.sluice(["run", "--json"])
        let run = RunView(try scene.json(done))
        #expect(done.status == 1 && run.outcome == "failed")
        #expect(run.outcomes == ["broken": "failed", "clean": "succeeded", "strict": "skipped"], "\(run.json)")
        #expect(run.reason(of: "strict")?.hasPrefix("upstream") == true)
        #expect(run.attempts(of: "broken").count == 1, "an exit of a script is the user's, and is not retried")
    }

    @Test("a selection takes the instance with the best metric, and a failed instance does not stop it")
    func selection() throws {
        let scene = try Scene(
            pipeline(
                """
                train:
                  matrix: { model: [a, b, c], fail_fast: false }
                  run: |
                    case ${matrix.model} in a) v=0.2;; b) v=0.9;; c) exit 10;; esac
                    echo ${matrix.model} > ${outputs.model}
                    printf '{"score": %s}' $v > metrics.json
                  metrics: metrics.json
                  outputs: { model: model }
                best:
                  select: { from: train, metric: score, direction: maximize }
                  inputs: { model: train.model }
                  run: cp ${inputs.model} ${outputs.model}
                  outputs: { model: model }
                worst:
                  select: { from: train, metric: score, direction: minimize }
                  inputs: { model: train.model }
                  run: cp ${inputs.model} ${outputs.model}
                  outputs: { model: model }
                """), withHook: false)
        let run = try scene.run()
        #expect(run.outcome == "failed" && run.outcome(of: "train[model=c]") == "failed", "\(run.outcomes)")
        #expect(run.outcome(of: "best") == "succeeded" && run.outcome(of: "worst") == "succeeded")
        #expect(try text(of: "1/best/model", in: scene) == "b\n")
        #expect(try text(of: "1/worst/model", in: scene) == "a\n")
    }

    @Test("a failed stage stops what has not begun; with --keep-going only what depends on it")
    func keepGoing() throws {
        let scene = try Scene(
            pipeline(
                """
                broken:
                  run: exit 1
                  cache: false
                quick:
                  run: until [ -e LEDGER ]; do sleep 0.02; done
                  sources: []
                  cache: false
                independent:
                  needs: [quick]
                  run: 'true'
                  cache: false
                dependent:
                  needs: [broken]
                  run: 'true'
                """), withHook: false)
        let capacity = "executors: { local: { capacity: { cpus: 2, memory: 2GiB } } }\n"
        try scene.configure(capacity, in: scene.clone + "/.git")
        let path = scene.clone + "/pipelines/it.yaml"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try scene.commit(["pipelines/it.yaml": text.replacingOccurrences(of: "LEDGER", with: scene.ledger("go"))])
        let program = try scene.start(["run", "--json"])
        #expect(try comesToHold { try scene.runCount() == 1 && scene.lastRun().outcome(of: "broken") == "failed" })
        scene.touch("go")
        let halted = RunView(try scene.json(program.wait()))
        #expect(
            halted.outcomes["independent"] == "skipped" && halted.outcomes["quick"] == "succeeded", "\(halted.json)")
        let going = try scene.run(["--keep-going"])
        #expect(going.outcome == "failed" && going.outcomes["independent"] == "succeeded", "\(going.outcomes)")
        #expect(going.outcomes["dependent"] == "skipped")
    }

    @Test("a plugin's transient error is tried again, within the limit")
    func retry() throws {
        let scene = try Scene(withHook: false)
        let script = """
            echo x >> \(scene.ledger("tries"))
            if [ $(wc -l < \(scene.ledger("tries"))) -lt 3 ]; then
              say '"type":"error","class":"transient","code":"net.reset","message":"connection reset"'
              exit 20
            fi
            say '"type":"result","status":"ok"'
            """
        let policy = "retry: { limit: LIMIT, backoff: { initial: 10ms, max: 20ms } }"
        try scene.commit(
            Toy.plugin(script, stage: policy.replacingOccurrences(of: "LIMIT", with: "2")))
        let run = try scene.run()
        #expect(run.outcome == "succeeded")
        #expect(run.attempts(of: "only").map { $0["outcome"] as? String } == ["failed", "failed", "succeeded"])
        let error = run.attempts(of: "only").first?["error"] as? [String: Any]
        #expect(error?["class"] as? String == "transient" && error?["code"] as? String == "net.reset")

        for (limit, attempts) in [("1", 2), ("0", 1)] {
            try FileManager.default.removeItem(atPath: scene.ledger("tries"))
            try scene.commit(Toy.plugin(script + "\n#", stage: policy.replacingOccurrences(of: "LIMIT", with: limit)))
            let failed = try scene.run()
            #expect(failed.outcome == "failed" && failed.attempts(of: "only").count == attempts, "limit \(limit)")
        }
    }

    @Test("an error whose class is not listed is not tried again, and a crash is not with a limit of 0")
    func noRetry() throws {
        let user = try Scene(
            Toy.plugin("say '\"type\":\"error\",\"class\":\"user\",\"code\":\"x\",\"message\":\"no\"'\nexit 12"),
            withHook: false)
        let first = try user.run()
        #expect(first.attempts(of: "only").count == 1, "\(first.json)")
        let error = first.attempts(of: "only").first?["error"] as? [String: Any]
        #expect(error?["class"] as? String == "user")
        let crash = try Scene(Toy.single("run: kill -SEGV $$$$\nretry: { limit: 0 }"), withHook: false)
        #expect(try crash.run().attempts(of: "only").count == 1)
    }

    @Test("a plugin that says skipped skips its stage and what needs its data, and the run succeeds")
    func pluginSkips() throws {
        var files = Toy.plugin(
            "say '\"type\":\"result\",\"status\":\"skipped\",\"reason\":\"nothing new\"'",
            manifest: "outputs: { x: { type: file } }")
        files["pipelines/one.yaml"] = files["pipelines/one.yaml"].map {
            $0 + "\n  next:\n    run: cat ${inputs.x}\n    inputs: { x: only.x }\n"
        }
        let scene = try Scene(files, withHook: false)
        let run = try scene.run()
        #expect(run.outcome == "succeeded", "\(run.json)")
        #expect(run.outcomes == ["only": "skipped", "next": "skipped"])
        #expect(run.reason(of: "only")?.contains("nothing new") == true)
    }

    @Test("`cache: false` runs every time, and a result older than `max_age` does not count")
    func caching() throws {
        let scene = try Scene(
            pipeline(
                """
                never: { run: 'true', cache: false }
                brief: { run: 'true #', cache: { max_age: 1s } }
                long: { run: 'true ##', cache: { max_age: 1h } }
                """), withHook: false)
        let first = try scene.run()
        #expect(first.outcomes.values.allSatisfy { $0 == "succeeded" })
        let second = try scene.run()
        #expect(second.outcome(of: "never") == "succeeded" && second.outcome(of: "long") == "cached")
        #expect(try comesToHold { try scene.run().outcome(of: "brief") == "succeeded" })
        #expect(try scene.run().outcome(of: "long") == "cached")
    }

    @Test("an output value of a stage is used in a later stage's script, and a changed value reruns that")
    func outputValues() throws {
        var files = Toy.plugin(
            "say '\"type\":\"output\",\"name\":\"word\",\"value\":\"two  words; `id` \\\"q\\\"\"'\n"
                + "say '\"type\":\"result\",\"status\":\"ok\"'")
        files["pipelines/one.yaml"] = files["pipelines/one.yaml"].map {
            $0 + """

                  next:
                    needs: [only]
                    run: printf '%s' "${stages.only.outputs.word}" > ${outputs.x}
                    outputs: { x: file }
                """
        }
        let scene = try Scene(files, withHook: false)
        let run = try scene.run()
        #expect(run.outcome == "succeeded", "\(run.json)")
        #expect(try text(of: "1/next/x", in: scene) == "two  words; `id` \"q\"")
        #expect(try scene.run().outcome(of: "next") == "cached")
        let script = files["plugins/odd/odd.sh"]?.replacingOccurrences(of: "two  words", with: "three") ?? ""
        try scene.commit(["plugins/odd/odd.sh": script])
        #expect(try scene.run().outcome(of: "next") == "succeeded")
        #expect(try text(of: "3/next/x", in: scene) == "three; `id` \"q\"")
    }

    @Test("hostile values of params reach a script as data, whole and unexecuted")
    func hostileValues() throws {
        let values = [
            "$(touch PWNED)", "`touch PWNED`", "'; touch PWNED; '", "\"; touch PWNED; \"", "a\nb\n\n", "  lead", "*",
            "${params.other}", "$$HOME \\ \\n", "-rf", "", "ümlaut 🦊", "%s%n", "x\\", "!!", "\t",
        ]
        let scene = try Scene(withHook: false)
        let mark = scene.ledger("pwned")
        let hostile = values.map { $0.replacingOccurrences(of: "PWNED", with: mark) }
        var stages = ""
        for index in hostile.indices {
            stages += """
                s\(index):
                  run: |
                    printf '%s' ${params.v\(index)} > ${outputs.bare}
                    printf '%s' "${params.v\(index)}" > ${outputs.quoted}
                  outputs: { bare: file, quoted: file }

                """
        }
        var files = pipeline(stages, head: "params: params.yaml")
        let params = Dictionary(uniqueKeysWithValues: hostile.enumerated().map { ("v\($0)", $1) })
        files["params.yaml"] = String(decoding: try JSONSerialization.data(withJSONObject: params), as: UTF8.self)
        try scene.commit(files)
        let run = try scene.run()
        #expect(run.outcome == "succeeded", "\(run.json)")
        for (index, value) in hostile.enumerated() {
            #expect(try text(of: "1/s\(index)/bare", in: scene) == value, "bare: \(value.debugDescription)")
            #expect(try text(of: "1/s\(index)/quoted", in: scene) == value, "quoted: \(value.debugDescription)")
        }
        #expect(!FileManager.default.fileExists(atPath: mark))
    }

    @Test("a limit that forces it degrades the run, the record says so, and a deploy refuses unless it allows that")
    func degrading() throws {
        let degrades = """
            train:
              run: echo ${params.x} > ${outputs.model}
              outputs: { model: model }
              profiles:
                - { use: small, name: full, estimate: 1h }
                - { use: small, name: sketch, estimate: 60s, penalty: 5, degraded: true }
            """
        let head = """
            params: { x: 1 }
            profiles: { small: { cpus: 1, memory: 64MiB, price: 1 } }
            budget: { limits: { cost: 0.5 } }
            """
        let deploy = "\nship:\n  uses: ship\n  inputs: { model: train.model }\n  profile: small\n  estimate: 60s\n"
        var files = pipeline(degrades, head: head)
        files["plugins/ship/plugin.yaml"] = Toy.shipManifest
        files["plugins/ship/ship.sh"] = Toy.shipScript
        let scene = try Scene(files, withHook: false)
        let run = try scene.run()
        #expect(run.outcome == "succeeded" && run.json["degraded"] as? Bool == true, "\(run.json)")
        #expect((run.json["decision"] as? [String: Any])?["verdict"] as? String == "degrade")
        #expect(run.attempts(of: "train").first?["profile"] as? String == "sketch")

        try scene.commit(pipeline(degrades + deploy, head: head))
        let refused = try scene.sluice(["run", "--json"])
        let record = RunView(try scene.json(refused))
        #expect(refused.status == 77 && record.outcome == "refused", "\(refused.transcript)")
        #expect("\(record.json["decision"] ?? "")".contains("allow_degraded"), "\(record.json)")
        #expect(record.stages.allSatisfy { ($0["attempts"] as? [Any])?.isEmpty == true })

        try scene.commit(pipeline(degrades + deploy + "  allow_degraded: true\n", head: head))
        let allowed = try scene.run()
        #expect(allowed.outcome == "succeeded" && allowed.outcome(of: "ship") == "succeeded", "\(allowed.json)")
        #expect(allowed.json["degraded"] as? Bool == true)
    }

    @Test("a deploy behind `!plan.degraded` is skipped in a degraded run")
    func skippedWhenDegraded() throws {
        var files = pipeline(
            """
            train:
              run: echo x > ${outputs.model}
              outputs: { model: model }
              profiles:
                - { use: small, name: full, estimate: 1h }
                - { use: small, name: sketch, estimate: 60s, penalty: 5, degraded: true }
            ship:
              uses: ship
              if: "!plan.degraded"
              inputs: { model: train.model }
              profile: small
              estimate: 60s
            """,
            head: "profiles: { small: { cpus: 1, memory: 64MiB, price: 1 } }\nbudget: { limits: { cost: 0.5 } }")
        files["plugins/ship/plugin.yaml"] = Toy.shipManifest
        files["plugins/ship/ship.sh"] = Toy.shipScript
        let scene = try Scene(files, withHook: false)
        let run = try scene.run()
        #expect(run.outcome == "succeeded", "\(run.json)")
        #expect(run.outcomes == ["train": "succeeded", "ship": "skipped"])
    }
}

extension ConditionTests {
    /// A pipeline `it` of the given stages.
    private func pipeline(_ stages: String, head: String = "") -> [String: String] {
        let body = stages.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }
        return [
            "pipelines/it.yaml": "schema: sluice/v1\nname: it\n\(head)\nstages:\n" + body.joined(separator: "\n") + "\n"
        ]
    }

    private func text(of artifact: String, in scene: Scene) throws -> String {
        let path = scene.root + "/" + UUID().uuidString
        let got = try scene.sluice(["artifact", "get", artifact, "-o", path])
        #expect(got.status == 0, "\(got.transcript)")
        return try String(contentsOfFile: path, encoding: .utf8)
    }
}
