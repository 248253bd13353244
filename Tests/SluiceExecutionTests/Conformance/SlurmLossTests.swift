import SluiceModel
import Testing

@testable import SluiceExecution

/// What takes a job's node away. They share the node `spare`, so one runs at a time.
@Suite(
    "A node that Slurm takes away", .serialized, .enabled(if: Slurm.isHere, "scripts/slurm-up could start no cluster"))
struct SlurmLossTests {
    /// All of the node, in the partition whose jobs make way.
    private func whole(_ attempts: Attempts) -> AttemptRequest {
        attempts.script("touch ready; sleep 600").with {
            $0.grant.request = ResourceRequest(cpus: Amount(8), memory: 64 << 20, gpus: 2)
            $0.grace = .seconds(1)
        }
    }

    private func run(_ attempts: Attempts, _ request: AttemptRequest) async -> AttemptResult {
        await attempts.run(request, by: Lane.remote(Slurm.engine("patient"), attempts))
    }

    private func makeWay() throws {
        let urgent = ["--parsable", "--partition=urgent", "--cpus-per-task=8", "--mem=64M"]
        #expect(Slurm.run("sbatch", urgent + ["--output=/dev/null", "--wrap=sleep 1"]).count == 1)
    }

    @Test("a job that has to make way for a more urgent one is lost, so that it is tried again")
    func preempted() async throws {
        let attempts = try Attempts()
        async let running = run(attempts, whole(attempts))
        try await attempts.appearance(of: "workspace/ready")
        try makeWay()
        let result = await running
        #expect(result.outcome == .lost && result.error?.code == "slurm.preempted", "\(result)")
    }

    @Test("where an allocation has to make way, what ran is lost, and what waited goes on elsewhere")
    func allocationPreempted() async throws {
        let bench = try AllocationBench(2, AllocationBench.terms(cpus: 8), partition: "patient")
        async let first = bench.run(0, "touch ready; sleep 600") { request in
            request.grant.request.cpus = Amount(8)
            request.grace = .seconds(1)
        }
        try await bench.attempts[0].appearance(of: "workspace/ready")
        async let second = bench.run(1, "echo ran >> trace")
        try await bench.attempts[1].holds { $0.events.contains { if case .waiting = $0 { true } else { false } } }
        try makeWay()
        let lost = await first
        #expect(lost.outcome == .lost && lost.error?.code == "slurm.preempted", "\(lost)")
        #expect(await second.outcome == .succeeded)
        #expect(bench.attempts[1].read("workspace/trace") == "ran\n" && bench.submissions == 2)
    }

    @Test("a job whose node fails is lost, so that it is tried again")
    func nodeFailed() async throws {
        let attempts = try Attempts()
        async let running = run(attempts, whole(attempts))
        try await attempts.appearance(of: "workspace/ready")
        _ = Slurm.run("scontrol", ["update", "NodeName=spare", "State=DOWN", "Reason=test"])
        let result = await running
        _ = Slurm.run("scontrol", ["update", "NodeName=spare", "State=RESUME"])
        #expect(result.outcome == .lost && result.error?.code == "slurm.node_failed", "\(result)")
    }
}
