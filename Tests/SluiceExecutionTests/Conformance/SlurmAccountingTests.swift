import Glibc
import SluiceModel
import Testing

@testable import SluiceExecution

/// A cluster that keeps accounts, of `ACCOUNTING=1 scripts/slurm-up`: what it has is optional, and so are these tests.
@Suite(
    "Slurm with accounts", .enabled(if: accounts != nil, "SLUICE_TEST_SLURM_ACCOUNTING names no cluster with slurmdbd"))
struct SlurmAccountingTests {
    private static func engine(_ account: String? = "team", qos: String? = nil, tasks: Int = 2) -> SlurmEngine {
        let terms = SlurmTerms(account: account, qos: qos, sharedRoot: "/", configuration: accounts)
        return SlurmEngine(terms: terms, programs: SlurmPrograms(terms, Slurm.searchPath), leastTasks: tasks)
    }

    private func slurm(_ name: String, _ arguments: [String]) -> [String] {
        SlurmPrograms(configuration: accounts, searchPath: Slurm.searchPath).run(name, arguments).lines
    }

    @Test(
        "how a job ended that the controller has forgotten is what the accounts say, also of an array's task",
        arguments: [1, 2])
    func forgotten(_ tasks: Int) async throws {
        let attempts = try Attempts()
        let request = attempts.script("touch ran")
        let files = AttemptFiles(of: request)
        mkdir(files.folder, 0o700)
        let key = Token.random()
        #expect(files.write(JobRecord(key: key), to: files.job) && files.write(request, to: files.request))
        let engine = Self.engine(tasks: tasks)
        var order = JobOrder(key: key, request: request, files: files, sluice: "/bin/sleep", on: engine)
        order.program = ["/bin/sleep", "attempt", "600", "600"]
        guard case .accepted(let job) = engine.submit(order) else { throw TestFailure("it was not accepted") }
        #expect(job.contains("_") == (tasks == 1))
        #expect(files.write(JobRecord(key: key, id: job), to: files.job))
        _ = slurm("scancel", [job])
        // A controller that is to forget at once does so once a minute.
        for _ in 0..<180 where !slurm("squeue", ["--noheader", "--states=all", "--array"]).isEmpty {
            try await Task.sleep(for: .seconds(1))
        }
        #expect(engine.find(order) == .none)
        let result = await attempts.run(request, by: Lane.remote(Self.engine(), attempts))
        #expect(result.outcome == .cancelled && result.reason?.contains("CANCELLED") == true, "\(result)")
        #expect(attempts.read("workspace/ran") == nil)
    }

    @Test("a user's limit in a QOS is a wait with its reason, and what it waits for ends it")
    func limit() async throws {
        let (first, second) = (try Attempts(), try Attempts())
        async let one = first.run(
            first.script("touch ready; while [ ! -e go ]; do sleep 0.05; done"),
            by: Lane.remote(Self.engine(qos: "narrow"), first))
        try await first.appearance(of: "workspace/ready")
        async let two = second.run(second.script("true"), by: Lane.remote(Self.engine(qos: "narrow"), second))
        let words = "its user or account may hold no more in this QOS (QOSMaxCpuPerUserLimit)"
        try await second.holds { $0.events.contains(.waiting(reason: words)) }
        let job = try #require(AttemptFiles(of: second.script("")).readJob()?.id)
        #expect(slurm("squeue", ["--noheader", "--jobs=\(job)", "--format=%a %q"]) == ["team narrow"])
        try first.write("workspace/go", "")
        #expect(await [one.outcome, two.outcome] == [.succeeded, .succeeded])
    }

    @Test("an account or a QOS that there is not is refused in Slurm's words")
    func unknown() async throws {
        for engine in [Self.engine("nobodys"), Self.engine(qos: "golden")] {
            let attempts = try Attempts()
            let result = await attempts.run(attempts.script("true"), by: Lane.remote(engine, attempts))
            #expect(result.outcome == .failed && result.error?.code == "slurm.refused", "\(result)")
            #expect(result.error?.message.contains("nvalid") == true, "\(result)")
        }
    }
}

private let accounts = getenv("SLUICE_TEST_SLURM_ACCOUNTING").map { String(cString: $0) }
