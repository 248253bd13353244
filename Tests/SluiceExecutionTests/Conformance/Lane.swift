import Foundation
import Glibc
import SluiceModel
import Synchronization
import Testing

@testable import SluiceExecution

/// An executor under conformance: all of them run the same tests.
enum Lane: String, CaseIterable, Sendable, CustomTestStringConvertible {
    /// As a process of this machine.
    case local
    /// Handed over through files, with an engine that is a thread of this process.
    case files
    /// Handed over to a real Slurm cluster, where `scripts/slurm-up` could start one.
    case slurm
    /// The same as tasks of arrays.
    case slurmArray
    /// The same as steps of an allocation.
    case slurmAllocation
    /// Handed over by the real `kubectl` to a stand-in for a cluster, or to the one that `scripts/test-kubernetes` is given.
    case kubernetes

    /// The same, to pods that share no folder with the runner.
    case carried

    var testDescription: String { rawValue }

    /// Those that this machine can run; with a cluster to test, that alone.
    static var here: [Lane] {
        guard Kubernetes.real == nil else { return [.kubernetes] }
        return allCases.filter {
            (![.slurm, .slurmArray, .slurmAllocation].contains($0) || Slurm.isHere)
                && ($0 != .kubernetes || Kubernetes.isHere) && $0 != .carried
        }
    }
    /// For what needs no look into an attempt's folder while it runs.
    static var everywhere: [Lane] { here + (Kubernetes.real != nil || Kubernetes.carries ? [.carried] : []) }
    /// Those whose attempts outlive their runner.
    static var durable: [Lane] { here.filter { $0 != .local } }

    /// Those whose supervisor on a node is a process of this machine, which can be killed from here.
    static var onNodes: [Lane] { everywhere.filter { ![.local, .files].contains($0) && $0.isOfThisMachine } }

    /// Whether its processes are among this machine's.
    var isOfThisMachine: Bool { ![.kubernetes, .carried].contains(self) || Kubernetes.real == nil }

    func executor(_ attempts: Attempts) -> any Executor {
        switch self {
        case .local: LocalExecutor(devices: [])
        case .files: Lane.remote(ThreadEngine(), attempts)
        case .slurm, .slurmArray, .slurmAllocation, .kubernetes: Lane.remote(engine(), attempts)
        case .carried: Lane.remote(Kubernetes.engine(carrying: attempts.root), attempts)
        }
    }

    func engine() -> any JobEngine {
        switch self {
        case .slurm: Slurm.engine()
        case .slurmArray: Slurm.engine(leastTasks: 1)
        case .slurmAllocation: Slurm.engine(allocation: Slurm.allocation)
        case .kubernetes: Kubernetes.engine()
        case .local, .files, .carried: ThreadEngine()
        }
    }

    static func remote(_ engine: any JobEngine, _ attempts: Attempts) -> RemoteExecutor {
        RemoteExecutor(
            name: "remote", engine: engine, stateFolder: attempts.root, sluice: Kubernetes.real?.sluice ?? Slurm.sluice,
            resultPatience: 1500)
    }
}

/// The throw-away cluster of `scripts/slurm-up`.
enum Slurm {
    /// Its slurm.conf.
    static let configuration = getenv("SLUICE_TEST_SLURM").map { String(cString: $0) }
    static var isHere: Bool { configuration != nil }
    static let searchPath = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
    /// The built binary lies beside the test bundle.
    static let sluice = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "sluice").path

    static func engine(
        _ partition: String? = nil, patience: Duration = .seconds(600), headroom: Int64 = 128 << 20,
        searchPath: String = searchPath, leastTasks: Int = 2, gathering moment: Int64 = 150,
        allocation: AllocationTerms? = nil
    ) -> SlurmEngine {
        let terms = SlurmTerms(
            partition: partition, sharedRoot: "/", configuration: configuration, patience: patience,
            allocation: allocation)
        return SlurmEngine(
            terms: terms, programs: SlurmPrograms(terms, searchPath), headroom: headroom, leastTasks: leastTasks,
            gathering: moment)
    }

    /// Room for two of the suite's attempts.
    static let allocation = AllocationTerms(
        cpus: 2, memory: 1 << 30, time: .seconds(3600), idle: .seconds(5))

    /// With an `sbatch` that notes its calls in `calls` of an attempt's folder, and does something first.
    static func searchPath(noting attempts: Attempts, first lines: String = "") throws -> String {
        mkdir("\(attempts.root)/bin", 0o755)
        try attempts.write(
            "bin/sbatch",
            "#!/bin/sh\necho \"$@\" >> \(attempts.root)/calls\n\(lines)\nPATH=\(searchPath) exec sbatch \"$@\"\n",
            mode: 0o755)
        return "\(attempts.root)/bin:\(searchPath)"
    }

    /// One of Slurm's own programs.
    static func run(_ name: String, _ arguments: [String]) -> [String] {
        SlurmPrograms(configuration: configuration, searchPath: searchPath).run(name, arguments).lines
    }
}

/// An engine whose nodes are threads: it takes files and nothing else, as a cluster does, and can be told to fail.
final class ThreadEngine: JobEngine {
    struct Job {
        var key: String
        var files: AttemptFiles
        var cancellation = Cancellation()
        var sighting = JobSighting.running
    }

    struct State {
        var jobs: [String: Job] = [:]
        /// Calls that find nobody before it answers.
        var deafCalls = 0
        /// Submissions whose answer gets lost on the way.
        var lostAnswers = 0
        /// Whether jobs stay in the queue.
        var holds: JobSighting?
    }

    let name = "threads"
    let state = Mutex(State())

    var submitted: Int { state.withLock { $0.jobs.count } }

    private func isDeaf() -> Bool {
        state.withLock { state in
            guard state.deafCalls > 0 else { return false }
            state.deafCalls -= 1
            return true
        }
    }

    func submit(_ order: JobOrder) -> Submission {
        if isDeaf() { return .unreachable("nobody is there") }
        let files = AttemptFiles(request: order.program[2], result: order.program[3])
        let (id, job, holds) = state.withLock { state in
            let id = String(state.jobs.count + 1)
            let job = Job(key: order.key, files: files, sighting: state.holds ?? .running)
            state.jobs[id] = job
            return (id, job, state.holds != nil)
        }
        if !holds { start(id, job, files) }
        let isLost = state.withLock { state in
            state.lostAnswers -= 1
            return state.lostAnswers >= 0
        }
        return isLost ? .unreachable("the answer was lost") : .accepted(id)
    }

    private func start(_ id: String, _ job: Job, _ files: AttemptFiles) {
        Thread.detachNewThread { [self] in
            let ending = NodeAttempt(files: files).run(cancellation: job.cancellation)
            let words = JobEnding(cause: ending == .written ? .completed : .failed, words: "\(ending)")
            state.withLock { $0.jobs[id]?.sighting = .ended(words) }
        }
    }

    func find(_ order: JobOrder) -> JobSearch {
        if isDeaf() { return .unreachable("nobody is there") }
        return state.withLock { state in
            state.jobs.first { $0.value.key == order.key }.map { .found($0.key) } ?? .none
        }
    }

    func sighting(of job: String, in folder: String) -> JobSighting {
        if isDeaf() { return .unreachable("nobody is there") }
        return state.withLock { $0.jobs[job]?.sighting ?? .gone }
    }

    func explained(_ ending: JobEnding, in folder: String) -> JobEnding { ending }

    func unwatch(_ job: String) {}

    func stop(_ job: String, in folder: String) -> Bool {
        if isDeaf() { return false }
        guard let job = state.withLock({ $0.jobs[job] }) else { return false }
        NodeAttempt(files: job.files).stop(job.cancellation, signalled: .shutdown, killNow: false)
        return true
    }

    func cancel(_ job: String, in folder: String, isImmediate: Bool) -> Bool {
        if isDeaf() { return false }
        let cancellation = state.withLock { state in
            if state.jobs[job]?.sighting != .running {
                state.jobs[job]?.sighting = .ended(JobEnding(cause: .cancelled, words: "cancelled"))
            }
            return state.jobs[job]?.cancellation
        }
        cancellation?.killNow(.shutdown)
        return true
    }
}
