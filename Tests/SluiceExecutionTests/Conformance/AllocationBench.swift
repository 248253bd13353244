import Glibc
import SluiceModel
import Testing

@testable import SluiceExecution

/// Attempts of one run, and an engine that notes each call of `sbatch`.
struct AllocationBench: Sendable {
    let attempts: [Attempts]
    let engine: SlurmEngine

    init(_ count: Int, _ terms: AllocationTerms, partition: String? = nil) throws {
        let first = try Attempts()
        attempts = try [first] + (1..<count).map { try Attempts(beside: first, stage: "a 5% stage\($0)") }
        engine = Slurm.engine(partition, searchPath: try Slurm.searchPath(noting: first), allocation: terms)
    }

    var submissions: Int { (attempts[0].read("calls") ?? "").split(separator: "\n").count }
    /// `12/5f3a9c01` in an allocation, `12` elsewhere.
    var jobs: [String] { attempts.compactMap { AttemptFiles(of: $0.script("")).readJob()?.id } }
    var holders: Set<Substring> { Set(jobs.filter(AllocatedJob.isOne).map { $0.prefix { $0 != "/" } }) }

    func run(
        _ index: Int, _ line: String, gpus: Int64 = 0, _ cancellation: Cancellation = Cancellation(),
        changed: @escaping @Sendable (inout AttemptRequest) -> Void = { _ in }
    ) async -> AttemptResult {
        var request = attempts[index].script(line)
        request.grant.request.gpus = gpus
        changed(&request)
        return await attempts[index].run(request, cancellation, by: Lane.remote(engine, attempts[index]))
    }

    /// Waits until the allocation's job is in a state of Slurm's.
    func becomes(_ wanted: String) async throws {
        var state = ""
        for _ in 0..<300 where state != wanted {
            try await Task.sleep(for: .milliseconds(200))
            state = await withCheckedContinuation { continuation in
                Work { continuation.resume(returning: self.state()) }.start()
            }
        }
        #expect(state == wanted)
    }

    private func state() -> String {
        guard let holder = holders.first else { return "" }
        let options = ["--noheader", "--states=all", "--jobs=\(holder)", "--format=%T"]
        return Slurm.run("squeue", options).first ?? ""
    }

    static func terms(
        cpus: Int64 = 2, gpus: Int64 = 0, time: Duration = .seconds(3600), idle: Duration = .seconds(60)
    ) -> AllocationTerms {
        AllocationTerms(cpus: cpus, memory: 2 << 30, gpus: gpus, time: time, idle: idle)
    }
}
