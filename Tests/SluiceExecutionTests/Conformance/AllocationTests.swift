import Glibc
import SluiceModel
import Synchronization
import Testing

@testable import SluiceExecution

/// The holder of an allocation, on its own: a `srun` that only starts what it is given stands for Slurm.
@Suite("An allocation's holder")
struct AllocationTests {
    private final class Bench: Sendable {
        let attempts: Attempts
        let folder: AllocationFolder
        private let holder = Mutex(pid_t(0))

        init(_ size: AllocationSize) throws {
            attempts = try Attempts()
            folder = AllocationFolder(path: attempts.root + "/allocation")
            guard folder.make(size) else { throw TestFailure("no folder: \(errno)") }
            mkdir("\(attempts.root)/bin", 0o755)
            try attempts.write("bin/srun", "#!/bin/sh\nexec /bin/sh -c \"$1\"\n", mode: 0o755)
        }

        /// As Slurm starts it; ends with it. What its status is.
        func hold() async -> Int32 {
            await withCheckedContinuation { continuation in
                Work { [self] in
                    let arguments = [Slurm.sluice, "attempt", "allocation", folder.path]
                    var pid = pid_t()
                    var pointers = arguments.map { strdup($0) } + [nil]
                    var variables = [strdup("PATH=\(attempts.root)/bin:/usr/bin:/bin"), nil]
                    var status: Int32 = -1
                    if posix_spawn(&pid, Slurm.sluice, nil, nil, &pointers, &variables) == 0 {
                        holder.withLock { $0 = pid }
                        waitpid(pid, &status, 0)
                    }
                    (pointers + variables).forEach { free($0) }
                    continuation.resume(returning: status)
                }.start()
            }
        }

        func stop() { _ = holder.withLock { kill($0, SIGTERM) } }

        func add(_ name: String, _ line: String, cpus: Int64 = 1, gpus: Int64 = 0, seconds: Int64 = 60) -> Bool {
            folder.add(
                AllocatedStep(
                    arguments: ["cd \(attempts.root); " + line], cpus: cpus, memory: 1, gpus: gpus, seconds: seconds,
                    errors: "\(attempts.root)/errors.\(name)"),
                as: name)
        }

        func lines(_ file: String) -> [String] {
            (attempts.read(file) ?? "").split(separator: "\n").map(String.init)
        }
    }

    private static func size(cpus: Int64 = 2, seconds: Int64 = 3600, idle: Int64 = 1) -> AllocationSize {
        AllocationSize(cpus: cpus, memory: 100, gpus: 1, seconds: seconds, idle: idle)
    }

    @Test("it starts what fits in the order of its coming, and tells how each ended")
    func order() async throws {
        let bench = try Bench(Self.size())
        #expect(bench.add("1", "echo 1 >> trace; while [ ! -e go ]; do sleep 0.02; done; exit 3"))
        #expect(bench.add("2", "echo 2 >> trace", cpus: 2) && bench.add("3", "echo 3 >> trace; kill -9 $$"))
        async let holding = bench.hold()
        try await bench.attempts.holds { _ in bench.folder.order("1") == .taken }
        try await Task.sleep(for: .milliseconds(400))
        #expect(bench.lines("trace") == ["1"] && bench.folder.order("2") == .waiting)
        #expect(bench.folder.order("3") == .waiting, "3 would fit, but 2 came before it")
        try bench.attempts.write("go", "")
        #expect(await holding == 0)
        #expect(bench.lines("trace") == ["1", "2", "3"])
        #expect(["1", "2", "3", "4"].map { bench.folder.order($0) } == [.ended(3 << 8), .ended(0), .ended(9), .none])
    }

    @Test("what was withdrawn is never started, and what was taken cannot be withdrawn")
    func withdrawn() async throws {
        let bench = try Bench(Self.size(cpus: 1))
        #expect(bench.add("1", "while [ ! -e go ]; do sleep 0.02; done") && bench.add("2", "echo 2 >> trace"))
        async let holding = bench.hold()
        try await bench.attempts.holds { _ in bench.folder.order("1") == .taken }
        #expect(bench.folder.withdraw("2") && !bench.folder.withdraw("1"))
        try bench.attempts.write("go", "")
        #expect(await holding == 0)
        #expect(bench.folder.order("2") == .none && bench.lines("trace") == [])
    }

    @Test("what it has no time for any more is given back, and nothing new is taken")
    func time() async throws {
        let bench = try Bench(Self.size(seconds: 100))
        #expect(bench.add("1", "echo 1 >> trace", seconds: 71) && bench.add("2", "echo 2 >> trace", seconds: 60))
        #expect(await bench.hold() == 0)
        #expect(bench.folder.order("1") == .returned && bench.folder.order("2") == .ended(0))
        #expect(bench.lines("trace") == ["2"] && !bench.add("3", "echo 3 >> trace"))
    }

    @Test("whatever is handed over while it decides to end, it is started or refused, and never lost")
    func closing() async throws {
        let bench = try Bench(Self.size(idle: 0))
        async let holding = bench.hold()
        var taken = 0
        while bench.add("\(taken + 100)", "echo x >> trace") {
            taken += 1
            // About as long as it waits with nothing to do.
            try await Task.sleep(for: .milliseconds(Int.random(in: 1900..<2600)))
        }
        #expect(await holding == 0)
        #expect(bench.lines("trace").count == taken)
    }

    @Test("it ends at once when the folder of its run is gone")
    func gone() async throws {
        let bench = try Bench(Self.size(idle: 3600))
        #expect(bench.add("1", "touch began"))
        async let holding = bench.hold()
        try await bench.attempts.appearance(of: "began")
        removeTree(bench.folder.path)
        #expect(await holding == 0)
    }

    @Test("asked to end it starts nothing, and says of nothing how it ended: the allocation's end is what counts")
    func stopped() async throws {
        let bench = try Bench(Self.size(cpus: 1))
        #expect(bench.add("1", "while [ ! -e go ]; do sleep 0.02; done") && bench.add("2", "echo 2 >> trace"))
        async let holding = bench.hold()
        try await bench.attempts.holds { _ in bench.folder.order("1") == .taken }
        bench.stop()
        // A thread of the holder's takes the signal; nobody can see that it has.
        try await Task.sleep(for: .seconds(2))
        try bench.attempts.write("go", "")
        #expect(await holding == 0)
        #expect(bench.folder.order("1") == .taken && bench.folder.order("2") == .waiting)
        #expect(bench.lines("trace") == [])
    }

    @Test("a file that is no order, or one that is too large, holds nothing up")
    func noOrder() async throws {
        let bench = try Bench(Self.size())
        try bench.attempts.write("allocation/orders/0", "{ broken")
        #expect(bench.add("1", "echo 1 >> trace", cpus: 3) && bench.add("2", "echo 2 >> trace", cpus: -1))
        #expect(bench.add("3", "echo 3 >> trace", gpus: .max) && bench.add("4", "echo 4 >> trace"))
        #expect(await bench.hold() == 0)
        #expect(bench.lines("trace") == ["4"])
        removeTree(bench.folder.path)
        #expect(await bench.hold() != 0, "there is no allocation any more")
    }

    private static let preempted = JobEnding(cause: .preempted, words: "PREEMPTED")
    private static let completed = JobEnding(cause: .completed, words: "COMPLETED")

    @Test(
        "an order and its holder together are what is known of an attempt",
        arguments: [
            (.waiting, .pending(reason: "r"), .pending(reason: "r")), (.taken, .running, .running),
            (.waiting, .ended(completed), .unstarted), (.waiting, .ended(preempted), .unstarted),
            (.returned, .running, .unstarted), (.taken, .ended(preempted), .ended(preempted)),
            (.ended(1 << 8), .ended(preempted), .ended(preempted)),
            (
                .ended(0), .ended(JobEnding(cause: .failed, words: "FAILED 0:9")),
                .ended(JobEnding(cause: .nodeFailed, words: "FAILED 0:9, with the allocation of its run"))
            ),
            (.ended(0), .running, .ended(JobEnding(cause: .completed, words: "COMPLETED 0:0"))),
            (.ended(9), .ended(completed), .ended(JobEnding(cause: .failed, words: "FAILED 0:9"))),
            (.waiting, .running, .pending(reason: "attempts before it fill the allocation of its run")),
            (.waiting, .gone, .unstarted), (.taken, .gone, .gone), (.none, .running, .gone),
            (.waiting, .unreachable("w"), .unreachable("w")),
            (.waiting, .impossible("w"), .impossible("the allocation of its run: w")),
        ] as [(AllocationFolder.Order, JobSighting, JobSighting)])
    func sightings(_ order: AllocationFolder.Order, _ holder: JobSighting, _ known: JobSighting) throws {
        #expect(AllocatedJob.sighting(of: order, since: .seconds(5), in: holder) == known)
    }

    @Test(
        "how Slurm ended a step stands in what its `srun` said",
        arguments: [
            ("slurmstepd: error: *** STEP 12.3 ON n1 CANCELLED AT 2026-11-27T14:00:00 DUE TO TIME LIMIT ***", .timeout),
            ("srun: error: n1: task 0: Out Of Memory", .outOfMemory), ("srun: error: n1: task 0: Killed", .failed),
        ] as [(String, JobEnding.Cause)])
    func words(_ said: String, _ cause: JobEnding.Cause) throws {
        let attempts = try Attempts()
        try attempts.write("errors.5f3a9c01", said + "\n")
        let ending = JobEnding(cause: .failed, words: "FAILED 137:0")
        #expect(Slurm.engine().explained(ending, in: attempts.root).cause == cause)
    }
}
