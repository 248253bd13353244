import Foundation
import Glibc
import SluiceTesting
import Testing

/// Pushes and runs whose stages go to a real, throw-away Slurm cluster.
@Suite(
    "Slurm", .serialized, .enabled(if: getenv("SLUICE_TEST_SLURM") != nil, "scripts/slurm-up could start no cluster"))
struct SlurmTests {
    private func scene(_ pipeline: String, executors: [String], withHook: Bool = false) throws -> Scene {
        let scene = try Scene(withHook: withHook)
        let configuration = getenv("SLUICE_TEST_SLURM").map { String(cString: $0) } ?? ""
        let lines = executors.map { "  \($0), kind: slurm, shared_root: \(scene.shared), config: \(configuration) }" }
        let text = executors.isEmpty ? "" : "executors:\n" + lines.joined(separator: "\n") + "\n"
        try FileManager.default.createDirectory(atPath: scene.shared, withIntermediateDirectories: true)
        let path = scene.environment["PATH"] ?? ""
        try scene.configure(text + "path: \(path)\n", in: withHook ? scene.bare : scene.clone + "/.git")
        let body = pipeline.replacingOccurrences(of: "LEDGER", with: scene.root)
        try scene.commit(["pipelines/p.yaml": "schema: sluice/v1\nname: p\n" + body])
        return scene
    }

    private static func shell(_ line: String) throws -> String {
        let configuration = getenv("SLUICE_TEST_SLURM").map { String(cString: $0) } ?? ""
        return try Scene.shell("export SLURM_CONF='\(configuration)'; " + line, in: "/")
    }

    private func executors(_ run: RunView, _ stage: String) -> [String] {
        run.attempts(of: stage).compactMap { $0["executor"] as? String }
    }

    private static let trainOnCluster = """
        triggers: { push: { branches: [main] } }
        profiles:
          small: { cpus: 1, memory: 64MiB }
          node: { cpus: 2, memory: 64MiB, gpus: 1, executor: cluster }
        stages:
          prepare: { run: "echo 1 2 3 > data", outputs: { data: { type: file, path: data } }, profile: small }
          train:
            run: |
              echo x >> LEDGER/trained
              echo "gpu $CUDA_VISIBLE_DEVICES"
              while [ ! -e LEDGER/go ]; do sleep 0.05; done
              { cat ${inputs.data}; echo 4; } > model
            inputs: { data: prepare.data }
            outputs: { model: { type: file, path: model } }
            profile: node
          evaluate: { run: "cp ${inputs.model} LEDGER/evaluated", inputs: { model: train.model }, profile: small }
        """

    @Test("a push whose train runs on Slurm while the rest is local")
    func push() throws {
        let scene = try scene(
            Self.trainOnCluster, executors: ["cluster: { partition: main, price: 2"], withHook: true)
        scene.touch("go")
        let pushed = try scene.push()
        #expect(pushed.status == 0, "\(pushed.transcript)")
        let run = try scene.lastRun()
        #expect(run.outcome == "succeeded", "\(run.json)")
        #expect(["prepare", "train", "evaluate"].map { executors(run, $0) } == [["local"], ["cluster"], ["local"]])
        let attempt = try #require(run.attempts(of: "train").first)
        #expect(attempt["queued_s"] is Double && attempt["gpus"] as? [String] != nil, "\(attempt)")
        #expect((attempt["used"] as? [String: Any])?["cost"] as? Double ?? 0 > 0)
        #expect(try String(contentsOfFile: scene.ledger("evaluated"), encoding: .utf8) == "1 2 3\n4\n")
        #expect(try scene.sluice(["logs", "1/train"], in: scene.bare).output.contains("gpu "))
        let left = try FileManager.default.subpathsOfDirectory(atPath: scene.shared)
        #expect(!left.contains { $0.contains("/runs/") }, "nothing of what was handed over stays: \(left)")
    }

    @Test(
        "a runner that is killed loses nothing: the attempt goes on, and the next worker takes up its result",
        arguments: [true, false])
    func killedRunner(_ endsMeanwhile: Bool) throws {
        let scene = try scene(Self.trainOnCluster, executors: ["cluster: { partition: main"])
        let run = try scene.start(["run"])
        #expect(comesToHold { scene.lines(of: "trained") == 1 })
        kill(run.pid, SIGKILL)
        _ = run.wait()
        if endsMeanwhile {
            scene.touch("go")
            #expect(comesToHold { results(scene).count == 1 })
        }
        let worker = try scene.start(["worker", "--once"])
        scene.touch("go")
        #expect(worker.wait().status == 0)
        let record = try scene.show(1)
        #expect(record.outcome == "succeeded", "\(record.json)")
        #expect(record.attempts(of: "train").count == 1 && scene.lines(of: "trained") == 1, "\(record.json)")
        #expect((record.stage("train")["warnings"] as? [String])?.contains { $0.contains("goes on") } == true)
    }

    private func results(_ scene: Scene) -> [String] {
        let all = (try? FileManager.default.subpathsOfDirectory(atPath: scene.shared)) ?? []
        return all.filter { $0.hasSuffix("/node/result.json") }
    }

    @Test("a stage for which its node has no room waits in Slurm's queue, says since when and why, and then runs")
    func queued() throws {
        let body = "touch LEDGER/began-${matrix.n}; while [ ! -e LEDGER/go ]; do sleep 0.05; done"
        let scene = try scene(
            """
            profiles: { node: { cpus: 8, memory: 64MiB, executor: cluster } }
            stages: { train: { run: "\(body)", matrix: { n: [1, 2] }, profile: node, estimate: 30s } }
            """, executors: ["cluster: { partition: only-n1, capacity: { cpus: 16, memory: 1GiB }"])
        let run = try scene.start(["run"])
        defer { scene.touch("go") }
        var queued: [String: Any] = [:]
        #expect(
            try comesToHold {
                let status = try scene.json(scene.sluice(["status", "--json"]))
                let active = (status["runs"] as? [[String: Any]])?.first ?? [:]
                let all = active["stages_queued"] as? [[String: Any]] ?? []
                queued = all.count == 1 ? all[0] : [:]
                return queued["reason"] is String && (active["stages_running"] as? [String])?.count == 1
            })
        let name = try #require(queued["stage"] as? String)
        let why = "other jobs hold what it needs (Resources)"
        #expect(queued["reason"] as? String == why && queued["executor"] as? String == "cluster", "\(queued)")
        let explained = try scene.sluice(["explain", "1/\(name)"]).output
        #expect(explained.contains("1/\(name) waits in the queue of cluster for "), "\(explained)")
        #expect(explained.contains(why) && explained.contains("since 2"), "\(explained)")
        #expect(try scene.sluice(["explain", "1"]).output.contains("\(name) waits in the queue of cluster for "))
        #expect(try scene.sluice(["status"]).output.contains("\(name) waits in the queue of cluster for "))
        let shown = try scene.sluice(["runs", "show", "1"]).output
        #expect(shown.contains("waits since ") && shown.contains("in its queue"), "\(shown)")
        Thread.sleep(forTimeInterval: 2)
        scene.touch("go")
        #expect(run.wait().status == 0)
        let record = try scene.show(1)
        let attempt = try #require(record.attempts(of: name).first)
        #expect(attempt["began"] is String && (attempt["waits"] as? [[String: Any]])?.last?["until"] is String)
        let (wall, wait) = (attempt["wall_s"] as? Double ?? 9, attempt["queued_s"] as? Double ?? 0)
        #expect(wait >= 2 && wall < 2, "what it waited is not what it took: \(attempt)")
        #expect(record.stage(name)["actual_s"] as? Double == wall)
        #expect(try scene.sluice(["explain", "1/\(name)"]).output.contains("it waited "))
    }

    @Test(
        "instances of a matrix with odd names run side by side, and a runner that dies loses and doubles none of them")
    func array() throws {
        let scene = try scene(
            """
            profiles: { node: { cpus: 1, memory: 64MiB, executor: cluster } }
            stages:
              train:
                run: |
                  echo ${matrix.n} >> LEDGER/trained
                  while [ ! -e LEDGER/go ]; do sleep 0.05; done
                matrix: { n: [one, "it's 5%", "three $(x)", four] }
                profile: node
            """, executors: ["cluster: { partition: main"])
        let run = try scene.start(["run"])
        #expect(comesToHold { scene.lines(of: "trained") == 4 })
        let jobs = try notes(scene).map { try id(Data(contentsOf: $0)) }
        #expect(Set(jobs).count == 4, "\(jobs)")
        let record = try takenUp(scene, from: run)
        #expect(record.outcome == "succeeded" && scene.lines(of: "trained") == 4, "\(record.json)")
        #expect(record.stages.allSatisfy { ($0["attempts"] as? [Any])?.count == 1 })
        let left = try FileManager.default.subpathsOfDirectory(atPath: scene.shared)
        #expect(!left.contains { $0.contains("/runs/") }, "nothing stays: \(left)")
    }

    private func id(_ note: Data) throws -> String {
        let fields = try JSONSerialization.jsonObject(with: note) as? [String: Any]
        return fields?["id"] as? String ?? ""
    }

    /// What a runner noted of the jobs that it handed over.
    private func notes(_ scene: Scene) throws -> [URL] {
        let all = try FileManager.default.subpathsOfDirectory(atPath: scene.shared)
        return all.filter { $0.hasSuffix("/result.json.job") }.map { URL(filePath: scene.shared + "/" + $0) }
    }

    /// Kills a run's process, and lets a worker take the run up.
    private func takenUp(_ scene: Scene, from run: StartedProgram) throws -> RunView {
        kill(run.pid, SIGKILL)
        _ = run.wait()
        let worker = try scene.start(["worker", "--once"])
        scene.touch("go")
        #expect(worker.wait().status == 0)
        return try scene.show(1)
    }

    /// How many jobs of a scene Slurm has ever had, by the folders in which they began.
    private func jobs(_ scene: Scene) throws -> Int {
        try Self.shell("squeue --noheader --states=all --format=%Z").split(separator: "\n")
            .filter { $0.contains(scene.shared + "/") }.count
    }

    private static let manySmallOnes = """
        defaults: { timeout: 5m, profile: node }
        profiles: { node: { cpus: 1, memory: 64MiB, executor: cluster } }
        stages:
          one: { run: "echo 1 > o", outputs: { o: { type: file, path: o } } }
          two: { run: "cat ${inputs.i} > o", inputs: { i: one.o }, outputs: { o: { type: file, path: o } } }
          many:
            run: |
              echo ${matrix.n} >> LEDGER/many
              while [ ! -e LEDGER/go ]; do sleep 0.05; done
              cat ${inputs.i} > o
            inputs: { i: two.o }
            outputs: { o: { type: file, path: o } }
            matrix: { n: [1, 2, 3, 4] }
        """
    private static let shared = "cluster: { partition: main, allocation: { cpus: 4, memory: 2GiB, time: 1h }"

    @Test("many small stages, one after the other and side by side, are one job of Slurm's that ends with the run")
    func allocation() throws {
        let scene = try scene(Self.manySmallOnes, executors: [Self.shared])
        scene.touch("go")
        let run = try scene.run()
        #expect(run.outcome == "succeeded" && run.stages.count == 6, "\(run.json)")
        #expect(try jobs(scene) == 1)
        #expect(
            comesToHold {
                (try? Self.shell("squeue --noheader --format=%Z"))?.contains(scene.shared + "/") == false
            }, "it is not held for its idle time when there is nothing to come")
        let left = try FileManager.default.subpathsOfDirectory(atPath: scene.shared)
        #expect(!left.contains { $0.contains("/runs/") }, "nothing stays: \(left)")
    }

    @Test("a runner that dies loses and doubles none of the attempts in its allocation")
    func allocationTakenUp() throws {
        let scene = try scene(Self.manySmallOnes, executors: [Self.shared])
        let run = try scene.start(["run"])
        #expect(comesToHold { scene.lines(of: "many") == 4 })
        let record = try takenUp(scene, from: run)
        #expect(record.outcome == "succeeded" && scene.lines(of: "many") == 4, "\(record.json)")
        #expect(record.stages.allSatisfy { ($0["attempts"] as? [Any])?.count == 1 })
        #expect(try jobs(scene) == 1)
    }

    @Test("the operator's sandbox holds on the node: a stage sees what it was given of the shared folder, and no more")
    func sandbox() throws {
        let scene = try scene(
            """
            profiles:
              small: { cpus: 1, memory: 64MiB }
              node: { cpus: 1, memory: 64MiB, executor: cluster }
            stages:
              here: { run: "echo given > data", outputs: { data: { type: file, path: data } }, profile: small }
              there:
                run: |
                  cat ${inputs.data}
                  find LEDGER-shared -name request.json 2>&1 || true
                  cat LEDGER/state/sluice.db || echo no state
                inputs: { data: here.data }
                profile: node
            """, executors: ["cluster: { partition: main, sandbox: strict"])
        let run = try scene.run()
        #expect(run.outcome == "succeeded", "\(run.json)")
        let attempts = ["here", "there"].compactMap { run.attempts(of: $0).first }
        #expect(attempts.map { $0["sandbox"] as? String } == ["none", "bubblewrap"], "\(attempts)")
        #expect((attempts[1]["isolation"] as? [String: Any])?["strict"] as? Bool == true)
        let log = try scene.sluice(["logs", "1/there"]).output
        #expect(log.contains("given") && log.contains("no state") && !log.contains("/request.json"), "\(log)")
    }

    @Test("load is balanced over two partitions, and the plan says why")
    func balance() throws {
        let scene = try scene(
            """
            profiles:
              l: { cpus: 8, memory: 64MiB, executor: left }
              r: { cpus: 8, memory: 64MiB, executor: right }
            stages:
              train:
                run: "echo ${matrix.n}; sleep 1"
                matrix: { n: [1, 2, 3, 4] }
                profiles: [{ use: l, penalty: 0 }, { use: r, penalty: 0 }]
                estimate: 30s
            """, executors: ["left: { partition: only-n1", "right: { partition: only-n2"])
        #expect(
            comesToHold { (try? Self.shell("squeue --noheader --partition=main,only-n1,only-n2")) == "" },
            "what still runs would be a queue")
        let plan = try scene.sluice(["plan"])
        let reasons = plan.output.matches(
            of: /runs on (left|right) as [lr]: 30s, cost .*; (left|right) as .*, no room then/)
        #expect(reasons.count == 4 && reasons.allSatisfy { $0.1 != $0.2 }, "\(plan.transcript)")
        let planned = try scene.json(scene.sluice(["plan", "--json"]))["stages"] as? [[String: Any]]
        #expect(planned?.compactMap { $0["profile"] as? String }.sorted() == ["l", "l", "r", "r"])
        let run = try scene.run()
        #expect(run.outcome == "succeeded", "\(run.json)")
        // What frees sooner takes the next one, so three may end up on one side.
        #expect(Set((1...4).flatMap { executors(run, "train[n=\($0)]") }) == ["left", "right"])
    }

    @Test("the cheaper partition is chosen by its price, the freer one by its queue")
    func priceAndQueue() throws {
        func scene(_ objective: String) throws -> Scene {
            try self.scene(
                """
                budget: { objective: [\(objective)] }
                profiles:
                  l: { cpus: 8, memory: 64MiB, executor: left }
                  r: { cpus: 8, memory: 64MiB, executor: right }
                stages:
                  train:
                    run: "true"
                    profiles: [{ use: l, penalty: 0 }, { use: r, penalty: 0 }]
                    estimate: 30s
                """, executors: ["left: { partition: only-n1, price: 3", "right: { partition: only-n2, price: 5"])
        }
        let cheap = try scene("cost, makespan").sluice(["plan", "--json"])
        #expect(
            cheap.output.contains(#""profile":"l""#) || cheap.output.contains(#""profile" : "l""#), "\(cheap.output)")
        let squatter = try Self.shell(
            "sbatch --parsable --partition=only-n1 --cpus-per-task=8 --mem=64M --time=30 --output=/dev/null "
                + "--wrap='sleep 600'")
        let job = squatter.filter(\.isWholeNumber)
        defer { _ = try? Self.shell("scancel \(job)") }
        #expect(
            comesToHold {
                (try? Self.shell("squeue -h -j \(job) -o %T"))?.contains("RUNNING") ?? false
            })
        let busy = try scene("makespan, cost").sluice(["plan"])
        #expect(
            busy.output.contains("train runs on right as r") && busy.output.contains("in its queue"), "\(busy.output)")
    }

    @Test("a pipeline for a cluster runs where there is none, if a profile allows it, and says what does not count")
    func laptop() throws {
        let scene = try scene(
            """
            profiles:
              gpu: { cpus: 1, memory: 64MiB, executor: nowhere }
              small: { cpus: 1, memory: 64MiB }
            stages:
              train: { run: "true", profiles: [gpu, small] }
            """, executors: [])
        let run = try scene.run()
        #expect(run.outcome == "succeeded" && executors(run, "train") == ["local"], "\(run.json)")
        let lint = try scene.sluice(["lint"])
        #expect(lint.transcript.contains("pipeline.unknown-executor") && lint.status == 0, "\(lint.transcript)")
    }
}
