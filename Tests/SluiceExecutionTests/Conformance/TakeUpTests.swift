import Glibc
import SluiceModel
import Synchronization
import Testing

@testable import SluiceExecution

/// The runner dies at whatever moment, the engine is deaf for a while: an attempt runs once, and its end is found.
@Suite("An attempt outlives its runner")
struct TakeUpTests {
    /// Leaves a trace for every time that it runs.
    private static let body = "echo ran >> trace; [ -e go ] || while [ ! -e go ]; do sleep 0.02; done"

    private func handedOver(_ attempts: Attempts) throws -> (AttemptRequest, AttemptFiles, JobRecord) {
        let request = attempts.script(Self.body)
        let files = AttemptFiles(of: request)
        let record = JobRecord(key: Token.random())
        mkdir(files.folder, 0o700)
        #expect(files.write(record, to: files.job) && files.write(request, to: files.request))
        return (request, files, record)
    }

    private func order(
        _ record: JobRecord, _ request: AttemptRequest, _ files: AttemptFiles, on engine: some JobEngine
    ) -> JobOrder {
        JobOrder(
            key: record.key, request: request, files: files, sluice: Kubernetes.real?.sluice ?? Slurm.sluice, on: engine
        )
    }

    /// Handed over, submitted, and noted.
    private func submitted(_ attempts: Attempts, to engine: any JobEngine) throws -> (AttemptRequest, job: String) {
        let (request, files, record) = try handedOver(attempts)
        guard case .accepted(let job) = engine.submit(order(record, request, files, on: engine)) else {
            throw TestFailure("it was not accepted")
        }
        #expect(files.write(JobRecord(key: record.key, id: job), to: files.job))
        return (request, job)
    }

    private func expectOneRun(_ attempts: Attempts, _ result: AttemptResult) {
        #expect(result.outcome == .succeeded, "\(result)")
        #expect(attempts.read("workspace/trace") == "ran\n")
    }

    @Test("before it was submitted: it is submitted", arguments: Lane.durable)
    func handedOver(_ lane: Lane) async throws {
        let attempts = try Attempts()
        let (request, _, _) = try handedOver(attempts)
        try attempts.write("workspace/go", "")
        let executor = Lane.remote(lane.engine(), attempts)
        #expect(executor.holds(""))
        expectOneRun(attempts, await attempts.run(request, by: executor))
        executor.forget("")
        #expect(!executor.holds(""))
    }

    @Test("after it was submitted and before anybody noted that: it is found by its key", arguments: Lane.durable)
    func submitted(_ lane: Lane) async throws {
        let attempts = try Attempts()
        let (request, files, record) = try handedOver(attempts)
        try attempts.write("workspace/go", "")
        let engine = lane.engine()
        guard case .accepted(let job) = engine.submit(order(record, request, files, on: engine)) else {
            throw TestFailure("it was not accepted")
        }
        expectOneRun(attempts, await attempts.run(request, by: Lane.remote(engine, attempts)))
        #expect(files.readJob()?.id == job)
    }

    @Test("while it runs: it is followed to its end, with what it said before", arguments: Lane.durable)
    func running(_ lane: Lane) async throws {
        let attempts = try Attempts()
        let engine = lane.engine()
        let (request, _) = try submitted(attempts, to: engine)
        try await attempts.appearance(of: "workspace/trace")
        async let taken = attempts.run(request, by: Lane.remote(engine, attempts))
        try attempts.write("workspace/go", "")
        expectOneRun(attempts, await taken)
    }

    @Test("after it has ended: its result is there", arguments: Lane.durable)
    func ended(_ lane: Lane) async throws {
        let attempts = try Attempts()
        try attempts.write("workspace/go", "")
        let engine = lane.engine()
        let (request, _) = try submitted(attempts, to: engine)
        try await attempts.appearance(of: "node/result.json")
        expectOneRun(attempts, await attempts.run(request, by: Lane.remote(engine, attempts)))
    }

    @Test("submitted twice by whatever accident, it runs once", arguments: Lane.durable)
    func twice(_ lane: Lane) async throws {
        let attempts = try Attempts()
        let (request, files, record) = try handedOver(attempts)
        let engine = lane.engine()
        _ = engine.submit(order(record, request, files, on: engine))
        _ = engine.submit(order(record, request, files, on: engine))
        try await attempts.appearance(of: "workspace/trace")
        async let taken = attempts.run(request, by: Lane.remote(engine, attempts))
        try attempts.write("workspace/go", "")
        let result = await taken
        // The one that was found may be the one that had nothing to do.
        if result.outcome == .succeeded { expectOneRun(attempts, result) }
        #expect(attempts.read("workspace/trace") == "ran\n")
    }

    @Test("what nobody wants any more is ended, and never begins", arguments: Lane.durable)
    func unwanted(_ lane: Lane) async throws {
        let attempts = try Attempts()
        let engine = lane.engine()
        let (_, job) = try submitted(attempts, to: engine)
        try await attempts.appearance(of: "workspace/trace")
        Lane.remote(engine, attempts).endLeftovers(of: "")
        try await attempts.holds { _ in
            switch engine.sighting(of: job, in: attempts.root + "/node") {
            // Kubernetes removes what is deleted.
            case .ended, .gone: true
            case .unseen, .pending, .running, .unstarted, .unreachable, .impossible: false
            }
        }
        #expect(attempts.read("node/result.json.claim") != nil)
    }

    @Test("a job that the engine does not know and that left nothing is lost", arguments: Lane.durable)
    func unknown(_ lane: Lane) async throws {
        let attempts = try Attempts()
        let (request, files, record) = try handedOver(attempts)
        #expect(files.write(JobRecord(key: record.key, id: "99999999"), to: files.job))
        let result = await attempts.run(request, by: Lane.remote(lane.engine(), attempts))
        #expect(result.outcome == .lost && result.error?.errorClass == .transient, "\(result)")
    }

    @Test("a cancel is heard on the node though the engine is deaf")
    func deafCancel() async throws {
        let attempts = try Attempts()
        let engine = ThreadEngine()
        let request = try attempts.plugin(
            python: """
                open("ready", "w").close()
                open("heard", "w").write(sys.stdin.readline()); say("result", status="failed"); sys.exit(30)
                """)
        let cancellation = Cancellation()
        async let running = attempts.run(request, cancellation, by: Lane.remote(engine, attempts))
        try await attempts.appearance(of: "workspace/ready")
        engine.state.withLock { $0.deafCalls = .max }
        cancellation.cancel(.superseded)
        let result = await running
        #expect(result.outcome == .cancelled && result.reason == "superseded", "\(result)")
        #expect(attempts.read("workspace/heard")?.contains("superseded") == true)
    }

    @Test("an engine that is deaf for a while, or whose answer is lost, does not make it run twice")
    func deaf() async throws {
        let attempts = try Attempts()
        let engine = ThreadEngine()
        engine.state.withLock { $0.lostAnswers = 1 }
        let request = attempts.script(Self.body)
        async let running = attempts.run(request, by: Lane.remote(engine, attempts))
        try await attempts.appearance(of: "workspace/trace")
        engine.state.withLock { $0.deafCalls = 8 }
        try attempts.write("workspace/go", "")
        expectOneRun(attempts, await running)
        #expect(engine.submitted == 1)
        #expect(attempts.events.contains(.waiting(reason: "threads does not answer: the answer was lost")))
    }

    @Test("a wait is told with every new reason, the longer it lasts the more seldom")
    func waits() {
        var telling = WaitTelling()
        var told: [Int64] = []
        for second: Int64 in 0..<200_000 where telling.takes("\(second) of 9 nodes", second * 1000 + 7) {
            told.append(second)
        }
        #expect(told.first == 0 && told.dropFirst().first == 5 && (50..<150).contains(told.count), "\(told)")
        var same = WaitTelling()
        let again = [(0, "Priority"), (100, "Resources"), (6000, "Resources"), (7_000_000, "Resources")]
            .map { same.takes($0.1, $0.0) }
        #expect(again == [true, false, true, false])
    }

    @Test("that it began is said once, by whoever follows it", arguments: Lane.durable)
    func began(_ lane: Lane) async throws {
        let attempts = try Attempts()
        let result = await attempts.run(attempts.script("true"), by: lane.executor(attempts))
        #expect(result.outcome == .succeeded && attempts.events.count { $0 == .began } == 1)
    }

    @Test("cancelled while it waits in the queue, it never begins")
    func cancelledInQueue() async throws {
        let attempts = try Attempts()
        let engine = ThreadEngine()
        engine.state.withLock { $0.holds = .pending(reason: "Resources") }
        let cancellation = Cancellation()
        async let running = attempts.run(attempts.script("true"), cancellation, by: Lane.remote(engine, attempts))
        try await attempts.holds { $0.events.contains(.waiting(reason: "Resources")) }
        cancellation.cancel(.user)
        let result = await running
        #expect(result.outcome == .cancelled && result.reason == "user")
        #expect(attempts.read("node/result.json.claim") != nil, "no supervisor can have it any more")
    }

    @Test("what has begun and waits in the queue again is lost, once the engine's patience with it is over")
    func waitsAgain() async throws {
        let attempts = try Attempts()
        let engine = ThreadEngine()
        engine.state.withLock { $0.holds = .pending(reason: "another one took its place") }
        let (request, _) = try submitted(attempts, to: engine)
        try attempts.write("node/result.json.claim", "", mode: 0o600)
        async let running = attempts.run(request, by: Lane.remote(engine, attempts))
        try await attempts.holds { $0.events.contains(.began) }
        engine.state.withLock { $0.jobs["1"]?.sighting = .impossible("no node has room for it") }
        let result = await running
        #expect(result.outcome == .lost && result.error?.message.contains("no node has room") == true, "\(result)")
    }

    @Test("given up because its engine lost its node, it is stopped where it still runs")
    func cutOff() async throws {
        let attempts = try Attempts()
        let engine = ThreadEngine()
        let request = try attempts.plugin(
            python: "open('ready', 'w').close(); open('heard', 'w').write(sys.stdin.readline()); sys.exit(30)")
        async let running = attempts.run(request, by: Lane.remote(engine, attempts))
        try await attempts.appearance(of: "workspace/ready")
        engine.state.withLock { $0.jobs["1"]?.sighting = .ended(JobEnding(cause: .nodeFailed, words: "NODE_FAIL")) }
        #expect(await running.error?.code == "threads.node_failed")
        try await attempts.holds { $0.read("workspace/heard")?.contains("shutdown") == true }
    }

    @Test("given up before it began, it never begins")
    func fenced() async throws {
        let attempts = try Attempts()
        let engine = ThreadEngine()
        engine.state.withLock { $0.holds = .gone }
        let (request, files, _) = try handedOver(attempts)
        #expect(await attempts.run(request, by: Lane.remote(engine, attempts)).outcome == .lost)
        #expect(NodeAttempt(files: files).run(cancellation: Cancellation()) == .claimed)
        #expect(attempts.read("workspace/trace") == nil)
    }

    @Test("a request that others may read is not run")
    func readable() throws {
        let attempts = try Attempts()
        let (_, files, _) = try handedOver(attempts)
        chmod(files.request, 0o644)
        let ending = NodeAttempt(files: files).run(cancellation: Cancellation())
        guard case .failed(let message) = ending else { throw TestFailure("\(ending)") }
        #expect(message.contains("0600") && attempts.read("workspace/trace") == nil)
    }

    private static let verdicts: [(cause: JobEnding.Cause, outcome: Outcome, code: String?)] = [
        (.outOfMemory, .overLimit, "limit.memory"), (.timeout, .timedOut, nil), (.preempted, .lost, "e.preempted"),
        (.nodeFailed, .lost, "e.node_failed"), (.cancelled, .cancelled, nil), (.completed, .lost, "e.no_result"),
        (.failed, .lost, "e.supervisor_lost"),
    ]

    @Test("what an engine says of a job without a result becomes an outcome of its own")
    func verdicts() {
        for (cause, outcome, code) in Self.verdicts {
            let result = JobVerdict(engine: "e", job: "1", memory: 5).result(JobEnding(cause: cause, words: "WORDS"))
            #expect(result.outcome == outcome && result.error?.code == code)
            let words = [result.error?.message, result.reason].compactMap(\.self)
            #expect(words.contains { $0.contains("WORDS") }, "\(result)")
        }
    }
}
