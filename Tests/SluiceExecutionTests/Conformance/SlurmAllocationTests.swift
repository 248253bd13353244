import Glibc
import SluiceModel
import Testing

@testable import SluiceExecution

/// Several attempts of a run in one allocation of a real cluster. That each of them is like any other is said by
/// `ExecutorConformanceTests`.
@Suite("A Slurm allocation", .enabled(if: Slurm.isHere, "scripts/slurm-up could start no cluster"))
struct SlurmAllocationTests {
    @Test("attempts of a run are steps of one job, one after the other and at once, each with GPUs of its own")
    func steps() async throws {
        let bench = try AllocationBench(4, AllocationBench.terms(gpus: 2))
        #expect(await bench.run(0, "echo gpu $CUDA_VISIBLE_DEVICES").outcome == .succeeded)
        #expect(bench.attempts[0].shown.contains { $0 == "gpu " || $0 == "gpu" }, "\(bench.attempts[0].shown)")
        #expect(await bench.run(1, "exit 3").outcome == .failed)
        let meeting = bench.attempts[0].root
        func together(_ index: Int) async -> AttemptResult {
            let line = "touch \(meeting)/\(index); until [ -e \(meeting)/2 -a -e \(meeting)/3 ]; do sleep 0.02; done"
            return await bench.run(index, line, gpus: 1)
        }
        async let left = together(2)
        async let right = together(3)
        let devices = await [left.devices, right.devices]
        #expect(Set(devices.flatMap(\.self)) == ["0", "1"] && devices.allSatisfy { $0.count == 1 }, "\(devices)")
        #expect(bench.submissions == 1 && bench.holders.count == 1 && bench.jobs.count == 4, "\(bench.jobs)")
    }

    @Test("an attempt as large as the whole allocation finds its place in it, also in no whole MiB")
    func whole() async throws {
        let terms = AllocationTerms(cpus: 2, memory: (1 << 30) + 1, time: .seconds(3600))
        let bench = try AllocationBench(1, terms)
        let result = await bench.run(0, "true") { request in
            request.grant.request.memory = terms.memory
            request.grant.request.cpus = Amount(2)
        }
        #expect(result.outcome == .succeeded && bench.holders.count == 1, "\(result)")
    }

    @Test("what asks for more than the allocation, or may take longer than it is held, is a job of its own")
    func tooLarge() async throws {
        let bench = try AllocationBench(4, AllocationBench.terms(time: .seconds(2000)))
        let changes: [@Sendable (inout AttemptRequest) -> Void] = [
            { $0.grant.request.cpus = Amount(3) }, { $0.grant.request.gpus = 1 }, { $0.timeout = .seconds(1900) },
        ]
        for (index, change) in changes.enumerated() {
            #expect(await bench.run(index, "true", changed: change).outcome == .succeeded)
        }
        #expect(bench.submissions == 3 && bench.holders.isEmpty, "\(bench.jobs)")
        #expect(await bench.run(3, "true").outcome == .succeeded)
        #expect(bench.submissions == 4 && bench.holders.count == 1, "\(bench.jobs)")
    }

    @Test("one that finds no room waits and says so; cancelled it never begins, and the others go on")
    func full() async throws {
        let bench = try AllocationBench(3, AllocationBench.terms(cpus: 1))
        async let first = bench.run(0, "touch ready; while [ ! -e go ]; do sleep 0.02; done")
        try await bench.attempts[0].appearance(of: "workspace/ready")
        let cancellation = Cancellation()
        async let second = bench.run(1, "touch ran", cancellation)
        let why = AttemptEvent.waiting(reason: "attempts before it fill the allocation of its run")
        try await bench.attempts[1].holds { $0.events.contains(why) }
        async let third = bench.run(2, "touch ran")
        cancellation.cancel(.user)
        #expect(await second.outcome == .cancelled)
        try bench.attempts[0].write("workspace/go", "")
        #expect(await [first.outcome, third.outcome] == [.succeeded, .succeeded])
        #expect(bench.attempts[1].read("workspace/ran") == nil && bench.attempts[2].read("workspace/ran") != nil)
        #expect(bench.submissions == 1)
    }

    @Test("an allocation in which nothing runs is given up, and what comes after it gets another one")
    func idle() async throws {
        let bench = try AllocationBench(2, AllocationBench.terms(idle: .zero))
        #expect(await bench.run(0, "true").outcome == .succeeded)
        try await bench.becomes("COMPLETED")
        #expect(await bench.run(1, "true").outcome == .succeeded)
        #expect(bench.submissions == 2 && bench.holders.count == 2, "\(bench.jobs)")
    }

    @Test("an allocation ends with the folder of its run")
    func runEnded() async throws {
        let bench = try AllocationBench(1, AllocationBench.terms(idle: .seconds(3600)))
        #expect(await bench.run(0, "true").outcome == .succeeded)
        let place = try #require(AllocatedPlace.read(in: bench.attempts[0].root + "/node"))
        removeTree(place.folder)
        try await bench.becomes("COMPLETED")
    }

    @Test("one over its memory is over its limit, and does not take the others along")
    func memory() async throws {
        let bench = try AllocationBench(2, AllocationBench.terms())
        async let other = bench.run(1, "touch ready; while [ ! -e go ]; do sleep 0.02; done")
        try await bench.attempts[1].appearance(of: "workspace/ready")
        let eats = "python3 -c 'kept = [bytearray(4 << 20) for _ in range(200)]; import time; time.sleep(600)'"
        let over = await bench.run(0, eats) { $0.grant.request.memory = 64 << 20 }
        #expect(over.outcome == .overLimit && over.error?.code == "limit.memory", "\(over)")
        try bench.attempts[1].write("workspace/go", "")
        #expect(await other.outcome == .succeeded)
    }

    @Test("whoever cancels the allocation cancels what is in it")
    func cancelled() async throws {
        let bench = try AllocationBench(2, AllocationBench.terms(cpus: 1))
        async let first = bench.run(0, "touch ready; sleep 600")
        try await bench.attempts[0].appearance(of: "workspace/ready")
        async let second = bench.run(1, "touch ran")
        try await bench.attempts[1].holds { $0.events.contains { if case .waiting = $0 { true } else { false } } }
        _ = Slurm.run("scancel", [String(try #require(bench.holders.first))])
        let results = await [first, second]
        #expect(results.map(\.outcome) == [.cancelled, .cancelled], "\(results)")
        #expect(results[0].reason?.contains("CANCELLED") == true && bench.attempts[1].read("workspace/ran") == nil)
    }

    @Test("where its holder dies, what ran is lost, and what waited goes on elsewhere")
    func holderDied() async throws {
        let bench = try AllocationBench(2, AllocationBench.terms(cpus: 1))
        async let first = bench.run(0, "touch ready; sleep 600")
        try await bench.attempts[0].appearance(of: "workspace/ready")
        async let second = bench.run(1, "echo ran >> trace")
        try await bench.attempts[1].holds { $0.events.contains { if case .waiting = $0 { true } else { false } } }
        _ = Slurm.run("scancel", ["--batch", "--signal=KILL", String(try #require(bench.holders.first))])
        let lost = await first
        #expect(lost.outcome == .lost, "\(lost)")
        #expect(await second.outcome == .succeeded && bench.attempts[1].read("workspace/trace") == "ran\n")
    }

    @Test("an allocation that Slurm will never give is said to be what is wrong")
    func impossible() async throws {
        let bench = try AllocationBench(1, AllocationBench.terms(cpus: 64))
        let result = await bench.run(0, "true")
        #expect(result.outcome == .failed && result.error?.errorClass == .config, "\(result)")
        #expect(result.error?.message.contains("the allocation of its run") == true, "\(result)")
    }

    @Test("an allocation that was asked for and that nobody wants any more is given up before it begins")
    func unwanted() async throws {
        let bench = try AllocationBench(1, AllocationBench.terms(), partition: "down")
        let cancellation = Cancellation()
        async let running = bench.run(0, "touch ran", cancellation)
        try await bench.becomes("PENDING")
        cancellation.cancel(.user)
        #expect(await running.outcome == .cancelled)
        try await bench.becomes("CANCELLED")
    }
}
