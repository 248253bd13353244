import SluiceModel
import Testing

@testable import SluiceStore

@Suite("the journal")
struct JournalTests {
    let sandbox: StateSandbox
    let store: Store
    let run: RunID
    private let time = StateSandbox.time

    init() throws {
        sandbox = try StateSandbox()
        store = try sandbox.store()
        run = try store.begin(try StateSandbox.newRun(), at: StateSandbox.time).head.id
    }

    @Test("events are numbered from 1 without holes over several calls, and come back as they went in")
    func numbered() throws {
        let first = try store.append([.planned(EventSamples.planned), .waiting(reason: "gpus")], to: run, at: time)
        let second = try store.append([.warning(stage: nil, message: "w")], to: run, at: time.advanced(bySeconds: 1))
        #expect((first + second).map(\.sequence) == [1, 2, 3])
        #expect(try store.events(of: run) == first + second)
        #expect(try store.events(of: run, after: 2) == second)
    }

    @Test("the head follows the events: waiting, running again, ended with its outcome")
    func headFollows() throws {
        try store.append([.planned(EventSamples.planned), .waiting(reason: "gpus")], to: run, at: time)
        #expect(try store.head(of: run).state == .waiting)
        #expect(try store.head(of: run).isDegraded)
        try store.append([.attemptStarted(stage: "s", JournalSamples.started(1))], to: run, at: time)
        #expect(try store.head(of: run).state == .running)
        let end = time.advanced(bySeconds: 9)
        try store.append([.runEnded(outcome: .failed, reason: "s failed")], to: run, at: end)
        let head = try store.head(of: run)
        #expect(head.state == .ended && head.outcome == .failed && head.ended == end)
        let record = try store.record(of: run)
        #expect(record.head == head && record.reason == "s failed")
    }

    @Test("nothing is added to a run that has ended, not even in the same call, and then nothing of the call stays")
    func afterTheEnd() throws {
        let both: [RunEvent.Kind] = [.runEnded(outcome: .failed, reason: nil), .warning(stage: nil, message: "late")]
        expectConstraint { try store.append(both, to: run, at: time) }
        #expect(try store.events(of: run).isEmpty)
        #expect(try store.head(of: run).state == .running)
        try store.append([.runEnded(outcome: .failed, reason: nil)], to: run, at: time)
        expectConstraint { try store.append([.warning(stage: nil, message: "late")], to: run, at: time) }
    }

    @Test("an attempt starts once, ends once, ends only when it started, and one runs at a time")
    func attempts() throws {
        try store.append([.attemptStarted(stage: "s", JournalSamples.started(1))], to: run, at: time)
        expectConstraint {
            try store.append([.attemptStarted(stage: "s", JournalSamples.started(2))], to: run, at: time)
        }
        try store.append([.attemptStarted(stage: "other", JournalSamples.started(1))], to: run, at: time)
        try store.append([.attemptEnded(stage: "s", JournalSamples.ended(1))], to: run, at: time)
        expectConstraint { try store.append([.attemptEnded(stage: "s", JournalSamples.ended(1))], to: run, at: time) }
        expectConstraint { try store.append([.attemptEnded(stage: "s", JournalSamples.ended(7))], to: run, at: time) }
        expectConstraint {
            try store.append([.attemptStarted(stage: "s", JournalSamples.started(1))], to: run, at: time)
        }
        try store.append([.attemptStarted(stage: "s", JournalSamples.started(2))], to: run, at: time)
        #expect(try store.events(of: run).count == 4)
    }

    @Test("a stage ends once, and its artifacts are found by name")
    func stageEnd() throws {
        try store.append([.stageEnded(stage: "train", EventSamples.end)], to: run, at: time)
        expectConstraint { try store.append([.stageEnded(stage: "train", EventSamples.end)], to: run, at: time) }
        #expect(try store.artifact("model", of: "train", in: run) == EventSamples.artifact)
        let error = #expect(throws: StoreError.self) { try store.artifact("modle", of: "train", in: run) }
        #expect(error?.code == .notFound && error?.hint == "there are: model")
    }

    @Test("the end of a stage, its cache entry and its deploy are written together or not at all")
    func finish() throws {
        let completion = try JournalSamples.completion(run: run, isDeploy: true)
        let kinds: [RunEvent.Kind] = [.stageEnded(stage: "train", EventSamples.end)]
        let written = try store.finish(completion, events: kinds, to: run, at: time)
        #expect(written.map(\.sequence) == [1])
        #expect(try store.entry(for: EventSamples.digest, trusted: true) == completion.entry)
        #expect(try store.latest(pipeline: "p", stage: "train", repository: "/srv/a.git") == completion.entry)
        let deploy = try store.lastDeploy(
            pipeline: "p", stage: "train", repository: "/srv/a.git", reference: "refs/heads/m")
        #expect(deploy?.key == EventSamples.digest && deploy?.run == run)
        expectConstraint {
            try store.finish(completion, events: [.warning(stage: nil, message: "again")], to: run, at: time)
        }
        #expect(try store.events(of: run).count == 1)
    }

    @Test("a trusted reader never sees what an untrusted run made; an untrusted one sees the newest of both")
    func trust() throws {
        let untrusted = try store.begin(try StateSandbox.newRun(trusted: false), at: time).head.id
        _ = try store.finish(
            try JournalSamples.completion(run: untrusted, trusted: false), events: [], to: untrusted, at: time)
        #expect(try store.entry(for: EventSamples.digest, trusted: true) == nil)
        #expect(try store.entry(for: EventSamples.digest, trusted: false)?.run == untrusted)
        _ = try store.finish(try JournalSamples.completion(run: run), events: [], to: run, at: time)
        #expect(try store.entry(for: EventSamples.digest, trusted: false)?.run == run)
        #expect(try store.entry(for: EventSamples.digest, trusted: true)?.run == run)
        expectConstraint {
            try store.finish(
                try JournalSamples.completion(stage: "x", run: untrusted), events: [], to: untrusted, at: time)
        }
    }

    @Test("an unknown run is not found")
    func unknown() throws {
        let error = #expect(throws: StoreError.self) { try store.append([], to: RunID(77), at: time) }
        #expect(error?.code == .notFound)
        #expect(throws: StoreError.self) { try store.record(of: RunID(77)) }
    }

    private func expectConstraint(_ body: () throws -> Void) {
        let error = #expect(throws: StoreError.self, performing: body)
        #expect(error?.code == .constraint, "\(String(describing: error))")
    }

    private func expectConstraint(_ body: () throws -> [RunEvent]) {
        expectConstraint { _ = try body() as [RunEvent] }
    }
}
