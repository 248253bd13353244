import GRDB
import Glibc
import SluiceModel
import Testing

@testable import SluiceStore

@Suite("the queue")
struct QueueTests {
    let sandbox: StateSandbox
    let store: Store
    private let time = StateSandbox.time

    init() throws {
        sandbox = try StateSandbox()
        store = try sandbox.store()
    }

    @Test("an event makes its runs once: the second time returns the same, whatever is asked for")
    func idempotent() throws {
        let event = try StateSandbox.event()
        let runs = [try StateSandbox.newRun(pipeline: "a"), try StateSandbox.newRun(pipeline: "b")]
        let first = try store.enqueue(event, runs: runs)
        #expect(first.map(\.pipeline) == ["a", "b"])
        #expect(try store.enqueue(event, runs: [try StateSandbox.newRun(pipeline: "c")]) == first)
        #expect(try store.heads(limit: 10).count == 2)
        #expect(try store.isTakenIn(event.id))
        #expect(try !store.isTakenIn(String(repeating: "f", count: 32)))
    }

    @Test("a head comes back as it was queued, with a reference that is no UTF-8")
    func headRoundTrip() throws {
        var run = try StateSandbox.newRun(reference: Reference(bytes: [0x72, 0xff, 0x00]))
        run.revision.isWorktree = true
        let head = try store.enqueue(try StateSandbox.event(), runs: [run])[0]
        let expected = RunHead(
            id: head.id, pipeline: run.pipeline, path: run.path, repository: run.repository, revision: run.revision,
            trigger: .push, queued: time, previous: run.previous, options: run.options)
        #expect(head == expected)
        #expect(try store.head(of: head.id) == expected)
    }

    @Test("the highest priority goes first, then the oldest, each once")
    func order() throws {
        let runs = [
            try StateSandbox.newRun(pipeline: "low", priority: -1), try StateSandbox.newRun(pipeline: "first"),
            try StateSandbox.newRun(pipeline: "second"), try StateSandbox.newRun(pipeline: "high", priority: 5),
        ]
        try store.enqueue(try StateSandbox.event(), runs: runs)
        #expect(try store.hasQueued())
        #expect(try store.nextQueued()?.pipeline == "high")
        var order: [String] = []
        while let head = try store.claimNext(at: time) { order.append(head.pipeline) }
        #expect(order == ["high", "first", "second", "low"])
    }

    @Test("a claimed run is running from then on and cannot be claimed again")
    func claimOnce() throws {
        let run = try store.enqueue(try StateSandbox.event(), runs: [try StateSandbox.newRun()])[0].id
        let later = time.advanced(bySeconds: 3)
        let head = try store.claim(run, at: later)
        #expect(head?.state == .running && head?.started == later)
        #expect(try store.claim(run, at: later) == nil)
    }

    @Test("a queued run can be cancelled and is not claimed then")
    func cancelQueued() throws {
        let run = try store.enqueue(try StateSandbox.event(), runs: [try StateSandbox.newRun()])[0].id
        try store.append([.runEnded(outcome: .cancelled, reason: nil)], to: run, at: time)
        #expect(try store.claimNext(at: time) == nil)
        #expect(try store.claim(run, at: time) == nil)
    }

    @Test(
        "a run that somebody drives himself is held when it can be seen first, and is not there when it cannot be held")
    func heldFromTheStart() throws {
        let other = try #require(try RunLock.tryHold(RunID(1), in: sandbox.folder))
        #expect(throws: StoreError.self) { try store.begin(try StateSandbox.newRun(), at: time) }
        #expect(try store.heads(limit: 10).isEmpty)
        withExtendedLifetime(other) {}
    }

    @Test("a run that is begun is held for as long as whoever began it keeps the lock")
    func held() throws {
        let begun = try store.begin(try StateSandbox.newRun(), at: time)
        #expect(try begun.head.state == .running && RunLock.isHeld(begun.head.id, in: sandbox.folder))
        withExtendedLifetime(begun) {}
    }

    @Test("a cancellation that was asked for is seen by who drives the run")
    func cancellation() throws {
        let run = try store.begin(try StateSandbox.newRun(), at: time).head.id
        #expect(try store.cancellation(of: run) == nil)
        try store.requestCancellation(of: run, at: time)
        #expect(try store.cancellation(of: run) == RunCancellation(reason: .user, isImmediate: false))
        try store.requestCancellation(of: run, isImmediate: true, at: time)
        try store.requestCancellation(of: run, at: time)
        #expect(try store.cancellation(of: run)?.isImmediate == true, "what is urgent stays so")
    }

    @Test("many connections that race for the queue get every run exactly once")
    func race() async throws {
        let total = 40
        try store.enqueue(
            try StateSandbox.event(), runs: try (0..<total).map { _ in try StateSandbox.newRun() })
        let folder = sandbox.folder
        let claimed = try await withThrowingTaskGroup(of: [RunID].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let own = try Store.open(folder)
                    var runs: [RunID] = []
                    while let head = try own.claimNext(at: StateSandbox.time) { runs.append(head.id) }
                    return runs
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(claimed.count == total)
        #expect(Set(claimed).count == total)
    }

    @Test("many connections that take in the same event make its runs once")
    func raceOfIntake() async throws {
        let folder = sandbox.folder
        let event = try StateSandbox.event()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { try Store.open(folder).enqueue(event, runs: [try StateSandbox.newRun()]) }
            }
            try await group.waitForAll()
        }
        #expect(try store.heads(limit: 10).count == 1)
    }

    @Test("a process that is killed within a transaction leaves nothing of it")
    func killedBetweenWrites() throws {
        let event = try StateSandbox.event()
        struct Killed: Error {}
        #expect(throws: StoreError.self) {
            try store.write { database in
                try database.execute(
                    sql: "INSERT INTO intake VALUES (?, 1, '{}')", arguments: [event.id])
                throw Killed()
            }
        }
        #expect(try !store.isTakenIn(event.id))
        // What a killed process leaves on disk: the database and its log as they are now, mid-transaction.
        let other = StateFolder(path: sandbox.path + "/copy")
        try other.prepare()
        try store.write { database in
            try database.execute(sql: "INSERT INTO intake VALUES (?, 1, '{}')", arguments: [event.id])
            for suffix in ["", "-wal"] {
                let bytes = try #require(Disk.read(sandbox.folder.database + suffix))
                try Disk.write(bytes, to: other.database + suffix)
            }
        }
        let survivor = try Store.open(other)
        #expect(try !survivor.isTakenIn(event.id))
        #expect(try survivor.enqueue(event, runs: [try StateSandbox.newRun()]).count == 1)
    }

    @Test("counts and lists tell what is where")
    func counts() throws {
        let runs = try store.enqueue(
            try StateSandbox.event(), runs: try (0..<5).map { try StateSandbox.newRun(pipeline: "p\($0 % 2)") })
        _ = try store.claim(runs[0].id, at: time)
        _ = try store.claim(runs[1].id, at: time)
        try store.append([.waiting(reason: "gpus")], to: runs[1].id, at: time)
        try store.append([.runEnded(outcome: .refused, reason: nil)], to: runs[2].id, at: time)
        let counts = try store.counts()
        #expect(counts.queued == 2 && counts.running == 1 && counts.waiting == 1 && counts.ended == [.refused: 1])
        #expect(try store.heads(in: [.running, .waiting]).map(\.id) == [runs[0].id, runs[1].id])
        #expect(try store.heads(limit: 2).map(\.id) == [runs[4].id, runs[3].id])
        #expect(try store.heads(limit: 2, before: runs[3].id).map(\.id) == [runs[2].id, runs[1].id])
        #expect(try store.heads(limit: 9, pipeline: "p1").map(\.id) == [runs[3].id, runs[1].id])
    }
}
