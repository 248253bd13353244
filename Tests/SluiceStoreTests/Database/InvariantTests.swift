import GRDB
import SluiceModel
import Testing

@testable import SluiceStore

/// Every constraint of the tables is violated once, past the code that would never do so.
@Suite("the database refuses what may not be")
struct InvariantTests {
    @Test(
        "a statement that breaks an invariant is refused as a constraint",
        arguments: [
            "UPDATE runs SET outcome = 'failed' WHERE id = 1",
            "UPDATE runs SET state = 'ended', ended = 5 WHERE id = 1",
            "UPDATE runs SET state = 'ended', outcome = 'failed' WHERE id = 1",
            "UPDATE runs SET state = 'asleep' WHERE id = 1",
            "UPDATE runs SET started = NULL WHERE id = 1",
            "UPDATE runs SET state = 'queued' WHERE id = 1",
            "UPDATE runs SET degraded = 2 WHERE id = 1",
            "UPDATE runs SET oid = 'abc' WHERE id = 1",
            "UPDATE runs SET options = 'no json' WHERE id = 1",
            "UPDATE runs SET intake = 'nobody', ordinal = 0 WHERE id = 1",
            "UPDATE runs SET priority = 'high' WHERE id = 1",
            "INSERT INTO intake VALUES ('short', 1, '{}')",
            "INSERT INTO run_events VALUES (1, 3, 1, 'warning', NULL, '{}')",
            "INSERT INTO run_events VALUES (1, 1, 1, 'warning', NULL, '{}')",
            "INSERT INTO run_events VALUES (99, 1, 1, 'warning', NULL, '{}')",
            "UPDATE run_events SET body = '{}' WHERE run = 1",
            "DELETE FROM run_events WHERE run = 1",
            "INSERT INTO attempts (run, stage, number, profile, executor, folder, started) "
                + "VALUES (1, 's', 1, 'p', 'local', 'f', 1)",
            "INSERT INTO attempts (run, stage, number, profile, executor, folder, started) "
                + "VALUES (1, 's', 2, 'p', 'local', 'f', 1)",
            "INSERT INTO attempts (run, stage, number, profile, executor, folder, started) "
                + "VALUES (1, 't', 0, 'p', 'local', 'f', 1)",
            "UPDATE attempts SET ended = 5 WHERE stage = 's'",
            "UPDATE attempts SET outcome = 'failed' WHERE stage = 's'",
            "INSERT INTO artifacts VALUES ('md5:1', 'file', 1)",
            "INSERT INTO stage_artifacts VALUES (1, 's', 'n', 'file', 'sha256:none', 'file')",
            "INSERT INTO deploys (key, repository, pipeline, stage, run, time, body) "
                + "VALUES ('k', 'r', 'p', 's', 1, 1, '{}')",
        ])
    func refused(statement: String) throws {
        let sandbox = try StateSandbox()
        let store = try sandbox.store()
        let run = try store.begin(try StateSandbox.newRun(), at: StateSandbox.time).head.id
        try store.append([.attemptStarted(stage: "s", JournalSamples.started(1))], to: run, at: StateSandbox.time)
        let error = #expect(throws: StoreError.self) { try store.write { try $0.execute(sql: statement) } }
        #expect(error?.code == .constraint, "\(String(describing: error))")
    }

    @Test("an event's ordinal makes one run")
    func ordinal() throws {
        let sandbox = try StateSandbox()
        let store = try sandbox.store()
        try store.enqueue(try StateSandbox.event(), runs: [try StateSandbox.newRun(), try StateSandbox.newRun()])
        let error = #expect(throws: StoreError.self) {
            try store.write { try $0.execute(sql: "UPDATE runs SET ordinal = 0") }
        }
        #expect(error?.code == .constraint)
    }
}
