import SluiceModel
import Testing

@testable import SluiceStore

@Suite("groups of the queue, and turns")
struct ConcurrencyTests {
    let sandbox: StateSandbox
    let store: Store
    private let time = StateSandbox.time
    private let letters = Array("abcdef0123456789")

    init() throws {
        sandbox = try StateSandbox()
        store = try sandbox.store()
    }

    /// Queues each run by an event of its own.
    private func queue(_ runs: [NewRun]) throws -> [RunID] {
        try runs.enumerated().flatMap { index, run in
            try store.enqueue(try StateSandbox.event(letters[index]), runs: [run]).map(\.id)
        }
    }

    private func run(
        _ reference: String = "refs/heads/m", _ concurrency: Concurrency = Concurrency(), trusted: Bool = true,
        priority: Int = 0, repository: String = "/srv/a.git"
    ) throws -> NewRun {
        try StateSandbox.newRun(
            priority: priority, trusted: trusted, reference: Reference(reference), concurrency: concurrency,
            repository: repository)
    }

    private func end(_ run: RunID) throws {
        try store.append([.runEnded(outcome: .succeeded, reason: nil)], to: run, at: time)
    }

    @Test(
        "one run of a reference goes at a time, the oldest first whatever its priority; other references go beside it")
    func oneOfAReference() throws {
        let runs = try queue([run(), run(priority: 5), run("refs/heads/other")])
        #expect(try store.claimNext(at: time)?.id == runs[0])
        #expect(try store.claimNext(at: time)?.id == runs[2])
        #expect(try store.claimNext(at: time) == nil, "its group is busy")
        try store.append([.waiting(reason: "accounts")], to: runs[0], at: time)
        #expect(try store.claimNext(at: time) == nil, "a run that waits is still going on")
        try end(runs[0])
        #expect(try store.claimNext(at: time)?.id == runs[1])
    }

    @Test("group pipeline holds all references together, none holds nothing, and a run by hand belongs to no group")
    func otherGroups() throws {
        let whole = Concurrency(group: .pipeline)
        let runs = try queue([run("refs/heads/a", whole), run("refs/heads/b", whole)])
        _ = try store.begin(try StateSandbox.newRun(reference: Reference("refs/heads/a")), at: time)
        #expect(try store.claimNext(at: time)?.id == runs[0])
        #expect(try store.claimNext(at: time) == nil)
        try end(runs[0])
        #expect(try store.claimNext(at: time)?.id == runs[1])
        let free = Concurrency(group: .none, onNew: .cancel)
        let side = try store.enqueue(
            try StateSandbox.event("f"), runs: [try run("refs/heads/c", free), try run("refs/heads/c", free)])
        #expect(try store.claimNext(at: time)?.id == side[0].id)
        #expect(try store.claimNext(at: time)?.id == side[1].id)
    }

    @Test("a newer run drops the older ones of its group that have not begun, and asks the one that runs to end")
    func supersede() throws {
        let runs = try queue([run(), run(), run(trusted: false), run("refs/heads/other")])
        #expect(try store.claimNext(at: time)?.id == runs[0])
        let newest = try store.enqueue(
            try StateSandbox.event("f"), runs: [try run("refs/heads/m", Concurrency(onNew: .cancel))])[0].id
        let dropped = try store.record(of: runs[1])
        #expect(dropped.head.outcome == .cancelled && dropped.reason == "cancelled (superseded)")
        #expect(dropped.warnings == ["superseded by run \(newest)"])
        #expect(try store.head(of: runs[0]).state == .running, "whoever drives it ends it, with its stages' grace")
        #expect(try store.cancellation(of: runs[0]) == RunCancellation(reason: .superseded, isImmediate: false))
        #expect(try store.superseded(by: [newest]).map(\.id) == [runs[0], runs[1]])
        for untouched in [runs[2], runs[3]] { #expect(try store.cancellation(of: untouched) == nil) }
    }

    @Test("what is not trusted neither supersedes nor holds up what is, and goes after it")
    func untrusted() throws {
        let evil = Concurrency(group: .pipeline, onNew: .cancel)
        let runs = try queue([run("refs/heads/m", evil, trusted: false), run("refs/heads/m", evil)])
        #expect(try store.claimNext(at: time)?.id == runs[1])
        #expect(try store.claimNext(at: time)?.id == runs[0])
        _ = try store.enqueue(try StateSandbox.event("f"), runs: [try run("refs/heads/m", evil, trusted: false)])
        #expect(try store.cancellation(of: runs[1]) == nil)
        #expect(try store.cancellation(of: runs[0])?.reason == .superseded)
    }

    @Test("repositories take turns, whatever one of them queues first or calls important")
    func turns() throws {
        let free = Concurrency(group: .none)
        var runs = try (0..<4).map { _ in try run("refs/heads/m", free, priority: 100) }
        runs += try (0..<2).map { _ in try run("refs/heads/m", free, repository: "/srv/b.git") }
        _ = try queue(runs)
        var order: [String] = []
        for step in 0..<6 {
            guard let head = try store.claimNext(at: time.advanced(bySeconds: Double(step))) else { break }
            order.append(String(head.repository.gitDirectory.dropFirst(5).prefix(1)))
            try end(head.id)
        }
        #expect(order.joined() == "ababaa")
    }

    @Test("of repositories that wait, the one with less going on goes first")
    func fewestRunning() throws {
        let free = Concurrency(group: .none)
        let runs = try queue([
            run("refs/heads/m", free, repository: "/srv/b.git"), run("refs/heads/m", free),
            run("refs/heads/m", free), run("refs/heads/m", free, repository: "/srv/b.git"),
        ])
        #expect(try store.claimNext(at: time)?.id == runs[0])
        #expect(try store.claimNext(at: time)?.id == runs[1])
        try end(runs[0])
        #expect(try store.claimNext(at: time.advanced(bySeconds: 1))?.id == runs[3], "a has one running, b none")
    }

    @Test("a queued run can be dropped, one that has begun cannot")
    func drop() throws {
        let runs = try queue([run(), run("refs/heads/other")])
        #expect(try store.dropQueued(runs[1], at: time))
        #expect(try store.head(of: runs[1]).outcome == .cancelled)
        #expect(try store.claimNext(at: time)?.id == runs[0])
        #expect(try !store.dropQueued(runs[0], at: time))
    }

    @Test("a long queue of many groups is looked through in one step each")
    func manyGroups() throws {
        let runs = try (0..<300).map { try run("refs/heads/\($0 % 100)") }
        try store.enqueue(try StateSandbox.event(), runs: runs)
        var claimed: [RunID] = []
        while let head = try store.claimNext(at: time) { claimed.append(head.id) }
        #expect(claimed.count == 100, "one of each group")
    }
}
