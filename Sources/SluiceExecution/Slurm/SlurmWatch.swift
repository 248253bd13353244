import Glibc
import SluiceModel
import Synchronization

/// What is known of this process's jobs on one cluster: one call a second at most for all of them.
///
/// It has no thread: of those who ask, the first after a second looks for all, and the others take what is known.
final class SlurmWatch: Sendable {
    /// Milliseconds.
    private static let interval: Int64 = 1000
    /// Answers without a job after which the controller does not know it.
    private static let patience = 3

    private struct Watched {
        var sighting = JobSighting.unseen
        var patience: Duration
        var misses = 0
        var pendingSince: Int64?

        var hasEnded: Bool {
            switch sighting {
            case .ended, .gone: true
            case .unseen, .pending, .running, .unreachable, .impossible: false
            }
        }
    }

    private struct State {
        var jobs: [String: Watched] = [:]
        var nextLook: Int64 = 0
        var isLooking = false
    }

    private static let all = Mutex<[SlurmPrograms: SlurmWatch]>([:])

    private let programs: SlurmPrograms
    private let state = Mutex(State())

    private init(programs: SlurmPrograms) { self.programs = programs }

    /// Executors on one cluster share one.
    static func shared(_ programs: SlurmPrograms) -> SlurmWatch {
        all.withLock { all in
            if let known = all[programs] { return known }
            let watch = SlurmWatch(programs: programs)
            all[programs] = watch
            return watch
        }
    }

    func remove(_ job: String) { state.withLock { $0.jobs[job] = nil } }

    /// `patience`: how long the job may wait for what is not available.
    func sighting(of job: String, patience: Duration) -> JobSighting {
        let mustLook = state.withLock { state in
            if state.jobs[job] == nil { state.jobs[job] = Watched(patience: patience) }
            guard !state.isLooking, MonotonicClock.now() >= state.nextLook else { return false }
            state.isLooking = true
            return true
        }
        if mustLook { look() }
        return state.withLock { $0.jobs[job]?.sighting ?? .unseen }
    }

    private func look() {
        let asked = state.withLock { Set($0.jobs.keys) }
        let now = MonotonicClock.now()
        switch SlurmQueue.read(programs) {
        case .failure(let why):
            state.withLock { state in
                for job in asked where !(state.jobs[job]?.hasEnded ?? true) {
                    state.jobs[job]?.sighting = .unreachable(why.message)
                }
            }
        case .success(let rows):
            let byJob = Dictionary(rows.map { ($0.job, $0) }) { first, _ in first }
            for job in asked { note(job, byJob[job], now) }
        }
        state.withLock { state in
            state.isLooking = false
            state.nextLook = MonotonicClock.now() + Self.interval
        }
    }

    private func note(_ job: String, _ row: SlurmQueue.Row?, _ now: Int64) {
        guard let row else { return miss(job) }
        state.withLock { state in
            guard var watched = state.jobs[job] else { return }
            watched.misses = 0
            watched.pendingSince = row.state == "PENDING" ? watched.pendingSince ?? now : nil
            let waited = Duration.milliseconds(now - (watched.pendingSince ?? now))
            watched.sighting = row.sighting(waited: waited, patience: watched.patience)
            state.jobs[job] = watched
        }
    }

    /// The controller forgets what ended a while ago; where there is accounting, that remembers.
    private func miss(_ job: String) {
        let isGone = state.withLock { state in
            guard let watched = state.jobs[job], !watched.hasEnded else { return false }
            state.jobs[job]?.misses += 1
            return watched.misses + 1 >= Self.patience
        }
        guard isGone else { return }
        let sighting = SlurmAccounting.ending(of: job, programs).map { JobSighting.ended($0) } ?? .gone
        state.withLock { $0.jobs[job]?.sighting = sighting }
    }
}

/// What `sacct` remembers, where the site has it.
enum SlurmAccounting {
    static func ending(of job: String, _ programs: SlurmPrograms) -> JobEnding? {
        let answer = programs.run(
            "sacct", ["--noheader", "--parsable2", "--allocations", "--jobs=\(job)", "--format=State,ExitCode"])
        guard answer.isGood, let line = answer.lines.first else { return nil }
        let fields = line.split(separator: "|").map(String.init)
        // `CANCELLED by 1000`, `0:9`
        guard let state = fields.first?.split(separator: " ").first.map(String.init) else { return nil }
        let numbers = fields.dropFirst().first?.split(separator: ":").compactMap { Int32($0) } ?? []
        let exit = numbers.count == 2 ? numbers[0] << 8 | numbers[1] : 0
        let row = SlurmQueue.Row(job: job, state: state, reason: "", exit: exit, comment: "")
        guard case .ended(let ending) = row.sighting(waited: .zero, patience: .zero) else { return nil }
        return ending
    }
}
