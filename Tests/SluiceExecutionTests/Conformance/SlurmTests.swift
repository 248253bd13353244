import Glibc
import SluiceModel
import Testing

@testable import SluiceExecution

/// What only a real cluster does. Where there is none, `ExecutorConformanceTests` says so.
@Suite("Slurm", .enabled(if: Slurm.isHere, "scripts/slurm-up could start no cluster"))
struct SlurmTests {
    private func run(
        _ attempts: Attempts, _ request: AttemptRequest, _ engine: SlurmEngine = Slurm.engine()
    ) async -> AttemptResult {
        await attempts.run(request, by: Lane.remote(engine, attempts))
    }

    @Test("an attempt gets the GPUs that Slurm gave it, and nothing of the runner's environment")
    func gpus() async throws {
        let attempts = try Attempts()
        var request = attempts.script("echo gpus $CUDA_VISIBLE_DEVICES; env | cut -d= -f1 | sort | tr '\\n' ' '")
        request.grant.request.gpus = 2
        let result = await run(attempts, request)
        #expect(result.outcome == .succeeded && result.devices == ["0", "1"], "\(result)")
        #expect(attempts.shown.contains("gpus 0,1"))
        #expect(!attempts.shown.contains { $0.contains("SLURM") || $0.contains("SLUICE_TEST") })
    }

    @Test("a request that no node can ever serve is refused instead of waiting for ever")
    func impossible() async throws {
        let attempts = try Attempts()
        var cpus = attempts.script("true")
        cpus.grant.request.cpus = Amount(64)
        let result = await run(attempts, cpus)
        #expect(result.outcome == .failed && result.error?.errorClass == .config, "\(result)")
        #expect(["slurm.impossible", "slurm.refused"].contains(result.error?.code))
        let others = try Attempts()
        var memory = others.script("true")
        memory.grant.request.memory = 1 << 50
        #expect(await run(others, memory).error?.code == "slurm.refused")
        let third = try Attempts()
        let unknown = await run(third, third.script("true"), Slurm.engine("nosuch"))
        #expect(unknown.error?.code == "slurm.refused" && unknown.error?.message.contains("partition") == true)
    }

    @Test("a partition that is down is waited for, with the reason, and given up after the operator's patience")
    func down() async throws {
        let attempts = try Attempts()
        let engine = Slurm.engine("down", patience: .seconds(2))
        let result = await run(attempts, attempts.script("true"), engine)
        #expect(result.outcome == .failed && result.error?.code == "slurm.impossible", "\(result)")
        #expect(result.error?.message.contains("PartitionDown") == true)
        #expect(attempts.events.contains(.waiting(reason: "its partition is down (PartitionDown)")))
    }

    @Test("what Slurm kills for its memory is over its limit, though nobody left a result")
    func memory() async throws {
        let attempts = try Attempts()
        var request = try attempts.plugin(
            python: """
                kept = []
                for _ in range(100): kept.append(bytearray(4 << 20))
                time.sleep(600)
                """)
        request.grant.request.memory = 1 << 30
        let result = await run(attempts, request, Slurm.engine(headroom: -(900 << 20)))
        #expect(result.outcome == .overLimit && result.error?.code == "limit.memory", "\(result)")
    }

    @Test("a job that somebody cancels in Slurm is cancelled, and its plugin heard it")
    func cancelled() async throws {
        let attempts = try Attempts()
        let request = try attempts.plugin(
            python: """
                open("ready", "w").close()
                open("heard", "w").write(sys.stdin.readline()); sys.exit(30)
                """)
        async let running = run(attempts, request)
        try await attempts.appearance(of: "workspace/ready")
        let job = try #require(AttemptFiles(of: request).readJob()?.id)
        _ = Slurm.run("scancel", [job])
        let result = await running
        #expect(result.outcome == .cancelled && result.reason?.contains("CANCELLED") == true, "\(result)")
    }

    @Test("while the controller does not answer, an attempt goes on and is found when it does")
    func unreachable() async throws {
        let attempts = try Attempts()
        mkdir("\(attempts.root)/bin", 0o755)
        let real = Slurm.searchPath
        for program in ["squeue", "sbatch", "scancel"] {
            try attempts.write(
                "bin/\(program)",
                """
                #!/bin/sh
                [ -e \(attempts.root)/deaf ] && { echo 'error: Unable to contact slurm controller' >&2; exit 1; }
                PATH=\(real) exec \(program) "$@"
                """, mode: 0o755)
        }
        try attempts.write("deaf", "")
        let request = attempts.script("echo ran >> trace; while [ ! -e go ]; do sleep 0.02; done")
        let engine = Slurm.engine(searchPath: "\(attempts.root)/bin:\(real)")
        async let running = run(attempts, request, engine)
        try await attempts.holds { $0.events.contains { if case .waiting = $0 { true } else { false } } }
        unlink("\(attempts.root)/deaf")
        try await attempts.appearance(of: "workspace/trace")
        try attempts.write("deaf", "")
        try await attempts.holds { $0.shown.contains { $0.contains("does not answer") } }
        try attempts.write("workspace/go", "")
        #expect(await running.outcome == .succeeded)
        #expect(attempts.read("workspace/trace") == "ran\n")
    }

    /// Six attempts of a run, and an engine whose `sbatch` does something first.
    private func matrix(_ sbatch: String) throws -> (attempts: [Attempts], engine: SlurmEngine) {
        let first = try Attempts()
        let engine = Slurm.engine(searchPath: try Slurm.searchPath(noting: first, first: sbatch), gathering: 5000)
        return (try [first] + (1...5).map { try Attempts(beside: first, stage: "a 5% stage\($0)") }, engine)
    }

    private func calls(_ attempts: [Attempts]) -> [Substring] {
        (attempts[0].read("calls") ?? "").split(separator: "\n")
    }

    @Test("attempts of a run that come at the same moment are one array: one call, and each is on its own")
    func array() async throws {
        let (attempts, engine) = try matrix("")
        let cancellation = Cancellation()
        let results = try await withThrowingTaskGroup(of: (Int, AttemptResult).self) { group in
            for (index, one) in attempts.enumerated() {
                let line = index == 2 ? "touch ready; sleep 600" : "echo \(one.root) > who; exit \(index == 4 ? 3 : 0)"
                group.addTask {
                    let executor = Lane.remote(engine, one)
                    guard index == 2 else { return (index, await one.run(one.script(line), by: executor)) }
                    return (index, await one.run(one.script(line), cancellation, by: executor))
                }
            }
            try await attempts[2].appearance(of: "workspace/ready")
            try await attempts[0].appearance(of: "node/result.json")
            cancellation.cancel(.user)
            return try await group.reduce(into: [Int: AttemptResult]()) { $0[$1.0] = $1.1 }
        }
        #expect(calls(attempts).count == 1 && calls(attempts)[0].contains("--array=0-5"), "\(calls(attempts))")
        for (index, one) in attempts.enumerated() {
            let outcome: Outcome = index == 2 ? .cancelled : index == 4 ? .failed : .succeeded
            #expect(results[index]?.outcome == outcome, "\(index): \(String(describing: results[index]))")
            if index != 2 { #expect(one.read("workspace/who") == one.root + "\n") }
        }
        let jobs = attempts.compactMap { AttemptFiles(of: $0.script("")).readJob()?.id }
        #expect(Set(jobs.map { $0.prefix { $0 != "_" } }).count == 1 && Set(jobs).count == 6, "\(jobs)")
    }

    @Test("an array whose number got lost on the way is found by its tasks, and none of them runs twice")
    func lostArray() async throws {
        let (attempts, engine) = try matrix(
            """
            [ -e "$0.lost" ] || {
              touch "$0.lost"; PATH=\(Slurm.searchPath) sbatch "$@" >/dev/null
              echo 'sbatch: error: Unable to contact slurm controller' >&2; exit 1
            }
            """)
        let outcomes = await withTaskGroup(of: Outcome.self) { group in
            for one in attempts {
                group.addTask { await one.run(one.script("echo ran >> trace"), by: Lane.remote(engine, one)).outcome }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.allSatisfy { $0 == .succeeded } && calls(attempts).count == 1, "\(outcomes)")
        #expect(attempts.allSatisfy { $0.read("workspace/trace") == "ran\n" })
    }

    @Test("where a site refuses arrays, they are handed over one by one")
    func noArrays() async throws {
        let refusal = "sbatch: error: Batch job submission failed: Invalid job array specification"
        let (attempts, engine) = try matrix("case \"$*\" in *--array*) echo '\(refusal)' >&2; exit 1;; esac")
        let outcomes = await withTaskGroup(of: Outcome.self) { group in
            for one in attempts {
                group.addTask { await one.run(one.script("true"), by: Lane.remote(engine, one)).outcome }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.allSatisfy { $0 == .succeeded } && calls(attempts).count == 7, "\(outcomes)")
    }

    @Test("a pool is what a partition's working nodes have, and its queue says when a request would start")
    func pool() throws {
        let terms = { SlurmTerms(partition: $0, sharedRoot: "/", configuration: Slurm.configuration) }
        let all = try SlurmPool(terms("main"), searchPath: Slurm.searchPath).capacity().get()
        let one = try SlurmPool(terms("only-n1"), searchPath: Slurm.searchPath).capacity().get()
        #expect(all.cpus == Amount(16) && all.gpus == 4 && one.cpus == Amount(8) && one.gpus == 2)
        #expect(all.memory == 2 * one.memory && one.memory > 0)
        let pool = SlurmPool(terms("main"), searchPath: Slurm.searchPath)
        #expect(pool.wait(for: ResourceRequest()) != nil)
        #expect(pool.wait(for: ResourceRequest(cpus: Amount(64))) == nil)
    }

    @Test(
        "Slurm's reasons are said in words, with its own behind",
        arguments: [
            ("Resources", "other jobs hold what it needs (Resources)"),
            ("QOSMaxCpuPerUserLimit", "its user or account may hold no more in this QOS (QOSMaxCpuPerUserLimit)"),
            (
                "Nodes_required_for_job_are_DOWN,_DRAINED",
                "the nodes that it needs are down, drained or reserved "
                    + "(Nodes_required_for_job_are_DOWN,_DRAINED)"
            ),
            (
                "ReqNodeNotAvail, UnavailableNodes:n1",
                "the nodes that it needs are not available "
                    + "(ReqNodeNotAvail, UnavailableNodes:n1)"
            ),
            ("SomethingNew", "SomethingNew"),
        ])
    func reasons(_ reason: String, _ words: String) { #expect(SlurmReason.words(for: reason) == words) }

    @Test("rows, nodes and starts are read as Slurm writes them, and nothing else is")
    func reading() {
        #expect(
            SlurmQueue.row("12|RUNNING|0|key|None|")
                == .init(job: "12", state: "RUNNING", reason: "None", exit: 0, comment: "key"))
        #expect(SlurmQueue.row("12_3|PENDING|0|key|None|")?.task == 3)
        let accounts = ["12_0|COMPLETED|0:0", "12_1|FAILED|3:0", "12_[2-5]|CANCELLED by 0|0:0", "13|TIMEOUT|0:1"]
        let words = ["12_1", "12_4", "13", "14_0"].map { SlurmAccounting.ending(of: $0, in: accounts)?.words }
        #expect(words == ["FAILED 3:0", "CANCELLED", "TIMEOUT 0:1", nil])
        #expect(SlurmQueue.row("") == nil && SlurmQueue.row("a|b") == nil)
        #expect(SlurmNode("n1|1/6/1/8|9642|gpu:a100:2(S:0),shard:4|mix|")?.cpus == 7)
        #expect(SlurmNode("n1|1/6/1/8|9642|gpu:a100:2(S:0),shard:4|mix|")?.gpus == 2)
        #expect(SlurmNode("n1|1/6/1/8|9642|(null)|drain|")?.works == false)
        #expect(SlurmPool.start("sbatch: Job 5 to start at 1970-01-02T00:00:01 using 1 processors") == 86_401)
        #expect(SlurmPool.start("sbatch: error: nothing") == nil)
    }
}
