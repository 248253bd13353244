import Glibc
import SluiceModel
import Synchronization

/// What an engine says of one job.
protocol JobRow: Sendable {
    /// It has not begun.
    var isPending: Bool { get }
    /// It waits for what is not available.
    var isStuck: Bool { get }
    /// What it means; `waited`: since the job was first seen stuck, `patience`: how long it may be.
    func sighting(waited: Duration, patience: Duration) -> JobSighting
}

extension JobRow {
    var isStuck: Bool { isPending }
}

/// What is known of this process's jobs on one cluster: one look a second at most for all of them.
///
/// It has no thread: of those who ask, the first after a second looks for all, and the others take what is known.
final class JobWatch<Row: JobRow>: Sendable {
    typealias Look = @Sendable () -> Result<[String: Row], UnreadableFile>
    typealias Memory = @Sendable (String) -> JobEnding?

    private struct Watched {
        var sighting = JobSighting.unseen
        var patience: Duration
        var misses = 0
        var stuckSince: Int64?

        var hasEnded: Bool {
            switch sighting {
            case .ended, .gone, .unstarted: true
            case .unseen, .pending, .running, .unreachable, .impossible: false
            }
        }
    }

    private struct State {
        var jobs: [String: Watched] = [:]
        var nextLook: Int64 = 0
        var isLooking = false
    }

    /// Milliseconds between looks.
    private let interval: Int64 = 1000
    /// Looks without a job after which the engine does not know it.
    private let patience = 3
    private let rows: Look
    private let remembered: Memory
    private let state = Mutex(State())

    /// `remembered`: how a job ended that is not among the rows any more, where the engine keeps accounts.
    init(remembered: @escaping Memory = { _ in nil }, rows: @escaping Look) {
        self.rows = rows
        self.remembered = remembered
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
        switch rows() {
        case .failure(let why):
            state.withLock { state in
                for job in asked where !(state.jobs[job]?.hasEnded ?? true) {
                    state.jobs[job]?.sighting = .unreachable(why.message)
                }
            }
        case .success(let rows):
            for job in asked { note(job, rows[job], now) }
        }
        state.withLock { state in
            state.isLooking = false
            state.nextLook = MonotonicClock.now() + interval
        }
    }

    private func note(_ job: String, _ row: Row?, _ now: Int64) {
        guard let row else { return miss(job) }
        state.withLock { state in
            guard var watched = state.jobs[job] else { return }
            watched.misses = 0
            watched.stuckSince = row.isStuck ? watched.stuckSince ?? now : nil
            let waited = Duration.milliseconds(now - (watched.stuckSince ?? now))
            watched.sighting = row.sighting(waited: waited, patience: watched.patience)
            state.jobs[job] = watched
        }
    }

    private func miss(_ job: String) {
        let isGone = state.withLock { state in
            guard let watched = state.jobs[job], !watched.hasEnded else { return false }
            state.jobs[job]?.misses += 1
            return watched.misses + 1 >= patience
        }
        guard isGone else { return }
        let sighting = remembered(job).map { JobSighting.ended($0) } ?? .gone
        state.withLock { $0.jobs[job]?.sighting = sighting }
    }
}

/// One watch for each cluster of this process.
final class SharedWatches<Cluster: Hashable & Sendable, Row: JobRow>: Sendable {
    private let all = Mutex<[Cluster: JobWatch<Row>]>([:])

    func watch(_ cluster: Cluster, _ make: () -> JobWatch<Row>) -> JobWatch<Row> {
        all.withLock { all in
            if let known = all[cluster] { return known }
            let watch = make()
            all[cluster] = watch
            return watch
        }
    }
}
